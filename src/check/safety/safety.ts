import { type Claim, type Invariant, type Program, slotIn } from '../../model/index.ts'
import { noException, type Step } from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import { type Slot, slotsOf } from '../../tables/automaton/by-slot.ts'
import { Conflicts } from '../../tables/automaton/conflicts.ts'
import { type Machine, Options, unmerged } from '../../tables/automaton/machine.ts'
import { RecordJudge } from '../../tables/automaton/record-judge.ts'
import { assertSlotsAlone } from '../../tables/automaton/slots-alone.ts'
import { initialRows, viewsIn } from '../../tables/automaton/views.ts'
import type { Closed } from '../../tables/closure/closed.ts'
import type { Layers } from '../../tables/passes/layers.ts'
import type { PassName } from '../../tables/passes/pass-names.ts'
import { NotSymmetric, type Symmetry } from '../../tables/passes/symmetry.ts'
import type { TablePasses } from '../../tables/passes/table-passes.ts'
import { PackedSpace } from '../../tables/space/packed-space.ts'
import type { Reports } from '../result/reports.ts'
import type { CheckedClaim } from '../result/result.ts'
import { reach } from './reach.ts'
import { type SearchLimits, type SearchOutcome, searchStates } from './search.ts'
import { stepsTo, witnessOf } from './witness.ts'

/** Is a guard that one network reaches reached in another one too? */
export type Confirm = (guard: Claim<any>, steps: readonly Step[]) => 'reached' | 'never' | 'unsure'

/** The searches of one check for its safety claims: one for all claims that look at the same things. */
export class SafetySearch {
  states = 0
  transitions = 0
  readonly #program: Program
  readonly #closed: Closed
  readonly #atoms: Atoms
  readonly #passes: TablePasses
  readonly #reports: Reports
  readonly #limits: SearchLimits
  readonly #confirm: Confirm | undefined
  /** What the way to a guard came to, by the guard's name. */
  readonly #confirmed = new Map<string, ReturnType<Confirm>>()
  #missing: string | undefined
  #unsure: string | undefined
  /** What a search that came to no end has not seen. */
  #unseen: string | undefined

  /** @param confirm asked about a way to each guard, where it is searched in a network that is not the one asked for */
  constructor(
    program: Program,
    closed: Closed,
    atoms: Atoms,
    passes: TablePasses,
    reports: Reports,
    limits: SearchLimits,
    confirm?: Confirm,
  ) {
    this.#confirm = confirm
    this.#program = program
    this.#closed = closed
    this.#atoms = atoms
    this.#passes = passes
    this.#reports = reports
    this.#limits = limits
  }

  /** Adds what another search looked at. */
  count({ states, transitions }: { readonly states: number; readonly transitions: number }): void {
    this.states += states
    this.transitions += transitions
  }

  /** A claim that nothing broke. */
  guarded(claim: string): CheckedClaim {
    if (this.#missing !== undefined)
      return { claim, verdict: 'vacuous', why: `it never happens that: ${this.#missing}` }
    if (this.#unsure === undefined) return { claim, verdict: 'holds' }
    return {
      claim,
      verdict: 'inconclusive',
      why: `where messages arrive once it is not known whether: ${this.#unsure}`,
    }
  }

  /** @param open why no claim can be reported to hold, if so */
  check(claims: readonly Claim<any>[], open: string | undefined): CheckedClaim[] {
    const { lookups, states, table } = this.#closed
    this.#reports.did('memoise', lookups, Math.min(lookups, table.calls), 'reducer calls')
    this.#reports.did('close', states, states, 'local states')
    // What cannot be reported to hold needs no proof.
    const proved = open === undefined && this.#reports.isOn('by-slot') ? this.#provedBySlot(claims) : []
    const left = claims.filter((claim) => !proved.includes(claim))
    const judged = grouped(left).flatMap((group) => this.#judge(group, open))
    return [...judged, ...proved.map(({ name }) => this.#seen(name))]
  }

  /** A claim that holds, if what should happen was seen to happen: else it may hold of nothing. */
  #seen(claim: string): CheckedClaim {
    if (this.#unseen === undefined) return this.guarded(claim)
    return { claim, verdict: 'inconclusive', why: `as far as the search got, it does not happen that: ${this.#unseen}` }
  }

  /** Claims that hold in each slot by itself. Nothing is known of the others. */
  #provedBySlot(claims: readonly Claim<any>[]): readonly Claim<any>[] {
    const wanted = claims.filter(
      (claim): claim is Invariant<any> =>
        claim.kind === 'invariant' && claim.slot !== undefined && claim.reads.length === 0,
    )
    const isAbout = (slot: Slot) => (output: unknown) => wanted.some((claim) => slotIn(claim, output) === slot)
    const slots = new Set(wanted.flatMap((claim) => slotsOf(this.#closed, (output) => slotIn(claim, output))))
    if (slots.size < 2) return []
    for (const claim of wanted) assertSlotsAlone(this.#program, this.#closed, claim)
    // An exception is no output: it is seen whichever slot is looked at.
    const holding = [...wanted, ...claims.filter(({ name }) => name === noException.name)]
    let kept = 0
    for (const slot of slots) {
      const focus = new this.#passes.bySlot(this.#closed, slot, isAbout(slot))
      kept += focus.kept
      const [program, passes, reports] = [this.#program, this.#passes, this.#reports]
      const limits = { ...this.#limits, untilBroken: true }
      const one = new SafetySearch(program, focus.closed, this.#atoms.asked({ focus }), passes, reports, limits)
      const holds = one.#holds(holding)
      this.count(one)
      if (holds) continue
      this.#reports.off('by-slot', `slot ${slot} is not proved by itself`)
      return []
    }
    this.#reports.did('by-slot', this.#closed.envelopes.length * slots.size, kept, 'envelopes')
    return holding
  }

  /** Do all these claims hold, as far as this search sees? */
  #holds(claims: readonly Claim<any>[]): boolean {
    const judge = new RecordJudge(this.#program, this.#closed, claims)
    const { searched } = this.#search(judge)
    this.count({ states: searched.states.count, transitions: searched.transitions })
    return searched.finished && searched.violations.size === 0
  }

  #judge(claims: readonly Claim<any>[], open: string | undefined): CheckedClaim[] {
    const judge = new RecordJudge(this.#program, this.#closed, claims)
    const { space, searched } = this.#search(judge)
    this.count({ states: searched.states.count, transitions: searched.transitions })
    const unreached = judge.claims.find(({ kind }, i) => kind === 'sometimes' && !searched.reached.has(i))
    if (searched.finished && !searched.isGuardOpen) this.#missing ??= unreached?.about
    else this.#unseen ??= unreached?.about
    for (const [index, way] of searched.reached) {
      const guard = judge.claims[index]!
      if (!this.#confirm || this.#confirmed.has(guard.name)) continue
      const found = this.#confirm(guard, stepsTo(space, this.#closed, this.#atoms, way.states, index, way))
      this.#confirmed.set(guard.name, found)
      if (found === 'never') this.#missing ??= guard.about
      if (found === 'unsure') this.#unsure ??= guard.about
    }
    return judge.claims.flatMap((claim, index): CheckedClaim[] => {
      if (claim.kind !== 'invariant') return []
      const violating = searched.violations.get(index)
      if (violating) {
        const { steps, witness } = witnessOf(space, this.#closed, this.#atoms, searched.states, index, violating)
        const certified = searched.finished || violating.cost <= searched.depth
        const known = certified ? 'certified' : `no shorter one in ${searched.states.count} states`
        return [{ claim: claim.name, verdict: 'violated', witness, steps, shortest: open ?? known }]
      }
      if (!searched.finished) {
        const { states, depth } = searched
        const why = `stopped after ${states.count} states; all schedules of fewer than ${depth} steps were looked at`
        const bound = open === undefined ? { atLeast: depth } : {}
        return [{ claim: claim.name, verdict: 'inconclusive', why, ...bound }]
      }
      if (open) return [{ claim: claim.name, verdict: 'inconclusive', why: open }]
      return [searched.isGuardOpen ? this.#seen(claim.name) : this.guarded(claim.name)]
    })
  }

  #machines({ notes }: RecordJudge): Machine[] {
    const machines = this.#closed.participants.map((_, p) => {
      const options = new Options(this.#atoms, this.#closed, p, notes)
      return this.#reports.isOn('quotient') ? this.#passes.quotient(options) : unmerged(options)
    })
    const states = machines.reduce((sum, { edges }) => sum + edges.length, 0)
    if (this.#reports.isOn('quotient')) this.#reports.did('quotient', this.#closed.states, states, 'local states')
    return machines
  }

  #search(judge: RecordJudge): { space: PackedSpace; searched: SearchOutcome } {
    const machines = this.#machines(judge)
    const plain: Symmetry = { groups: [], machines }
    if (!this.#reports.isOn('symmetry')) return this.#searchIn(judge, plain)
    const found = this.#passes.symmetry(this.#atoms, this.#closed, machines)
    if (found.groups.length === 0) this.#reports.off('symmetry', 'no two participants are interchangeable')
    try {
      return this.#searchIn(judge, found)
    } catch (error) {
      if (!(error instanceof NotSymmetric)) throw error
      this.#reports.off('symmetry', error.message)
      return this.#searchIn(judge, plain)
    }
  }

  #searchIn(judge: RecordJudge, { groups, machines }: Symmetry): { space: PackedSpace; searched: SearchOutcome } {
    const on = (pass: PassName): boolean => this.#reports.isOn(pass)
    const { program, closed, atoms, passes } = {
      ...{ program: this.#program, closed: this.#closed, atoms: this.#atoms, passes: this.#passes },
    }
    const layers = on('layers') ? this.#layers(judge, { groups, machines }) : undefined
    const space = new PackedSpace({ program, closed, atoms, passes, judge, on, machines, groups, layers })
    const searched = on('relaxation') ? this.#relaxed(space) : searchStates(space, this.#limits)
    const { moveCounts: moves } = space
    if (on('forget'))
      this.#reports.did('forget', closed.envelopes.length, space.envelopesKept(), 'envelopes in the state')
    const { all, left } = layers?.counts() ?? { all: 0, left: 0 }
    if (layers) this.#reports.did('layers', all, left, 'edges by level')
    if (on('big-step')) this.#reports.did('big-step', moves.edges, moves.visible, 'moves')
    if (on('lazy')) this.#reports.did('lazy', moves.visible, moves.kept, 'moves')
    if (groups.length > 0) {
      this.#reports.did('symmetry', space.arrangementsOf(searched.states), searched.states.count, 'global states')
    }
    return { space, searched }
  }

  #layers({ readsSoup }: RecordJudge, { groups, machines }: Symmetry): Layers | undefined {
    const off = (why: string): undefined => {
      this.#reports.off('layers', why)
    }
    if (readsSoup) return off('a claim reads what was sent')
    const [closed, atoms] = [this.#closed, this.#atoms]
    const views = viewsIn(this.#program, closed, machines)
    if (![...views.values()].some((view) => view > 1)) return off('there are not two views')
    const initial = initialRows(closed, atoms.rowWords)
    const layers = new this.#passes.layers({ atoms, machines, groups, initial, views })
    return layers.why === undefined ? layers : off(layers.why)
  }

  /** A search without states from which no claim can break; what guards reach, unless it was met, by itself. */
  #relaxed(space: PackedSpace): SearchOutcome {
    const { judge, groups } = space
    const conflicts = new Conflicts(this.#program, this.#closed, judge.claims, groups)
    if (conflicts.unknown !== 0) {
      this.#reports.off(
        'relaxation',
        conflicts.isLost ? 'there are too many claims' : 'a claim reads everything that was sent',
      )
      return searchStates(space, this.#limits)
    }
    const relaxation = new this.#passes.relaxation(space, conflicts)
    const searched = searchStates(space, this.#limits, relaxation)
    const { states, leftOut } = searched
    this.#reports.did('relaxation', states.count, states.count - leftOut, 'states expanded')
    const reached = new Map(searched.reached)
    let { transitions } = searched
    let isGuardOpen = false
    for (const [index, { kind }] of judge.claims.entries()) {
      if (kind !== 'sometimes' || reached.has(index) || !searched.finished) continue
      const guard = reach(space, relaxation, index, this.#limits)
      this.count({ states: guard.states.count, transitions: 0 })
      transitions += guard.transitions
      isGuardOpen ||= !guard.finished
      if (guard.way) reached.set(index, guard.way)
    }
    return { ...searched, transitions, isGuardOpen, reached }
  }
}

/** Claims that are searched together: those that look at the same things. */
function grouped(claims: readonly Claim<any>[]): Claim<any>[][] {
  const guards = claims.filter(({ kind }) => kind === 'sometimes')
  const groups = new Map<string, Claim<any>[]>()
  for (const claim of claims) {
    if (claim.kind !== 'invariant') continue
    const { reads, words, notes } = claim
    const key = reads.length === 0 ? '' : JSON.stringify([[...reads].sort(), words, notes])
    groups.set(key, [...(groups.get(key) ?? []), claim])
  }
  // Where only liveness is asked for, the guards still tell whether anything happens at all.
  if (groups.size === 0 && guards.length > 0) groups.set('', [])
  return [...groups.values()].map((group) => [...group, ...guards])
}
