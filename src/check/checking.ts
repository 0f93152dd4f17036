import { recombined } from '../adversary/universe.ts'
import {
  type AnyMessage,
  assertHeard,
  type Claim,
  constantsOf,
  HarnessError,
  isLockstep,
  noting,
  type Program,
  partAt,
  same,
  textOf,
} from '../model/index.ts'
import { Audit } from '../system/index.ts'
import { Atoms } from '../tables/automaton/atoms.ts'
import { close } from '../tables/closure/close.ts'
import { type Closed, type CloseLimits, Stopped, TooLarge } from '../tables/closure/closed.ts'
import { keepsVotes } from '../tables/counting/keeps-votes.ts'
import { PASSES, REDUCTIONS } from '../tables/passes/pass-names.ts'
import { NotSymmetric } from '../tables/passes/symmetry.ts'
import type { TablePasses } from '../tables/passes/table-passes.ts'
import { assertFunctions } from './assert-functions.ts'
import { forcedClaims, notForced } from './game/forced-claims.ts'
import type { LivenessResult } from './liveness/liveness.ts'
import type { OnDemand } from './on-demand.ts'
import { guardedByReference } from './reference/guarded-by-reference.ts'
import { fromReference, searchReference, whyNoTables } from './reference/reference.ts'
import { assertRequest } from './result/assert-request.ts'
import { gaveUp } from './result/gave-up.ts'
import { Reports } from './result/reports.ts'
import {
  type CheckedClaim,
  type CheckRequest,
  type CheckResult,
  DEFAULT_MAX_STATES,
  DEFAULT_MAX_UNIVERSE,
  type SearchProgress,
} from './result/result.ts'
import { reported, universeOf, type Words } from './result/universe.ts'
import { SafetySearch } from './safety/safety.ts'
import { witnessOfHealed } from './safety/witness.ts'
import { confirmIn, inNarrow, relaxed } from './settings/relaxed.ts'

/** Times that the universe grows while it is closed together with the search. */
const MOST_ROUNDS = 10
/** Local states of one participant, for each message that the universe may have. */
const LOCALS_PER_MESSAGE = 40
/** Transitions that are taken twice, to see that handlers are functions: the first ones, then a share. */
const MOST_AUDITED = 20_000
const AUDITED_FIRST = 500
const AUDITED_EVERY = 16
/** Choices of messages for one `take` or one proof. */
const MOST_CHOICES = 200_000

/**
 * Searches all that can happen in one setting, for every claim.
 *
 * @throws HarnessError where a schedule found in the tables does not replay on `apply`: never a verdict
 */
export function checking(request: CheckRequest, passes: TablePasses, onDemand: OnDemand): CheckResult {
  assertRequest(request, PASSES)
  const { protocol, setting } = request.program
  const audit = new Audit(MOST_AUDITED, AUDITED_FIRST, AUDITED_EVERY)
  const read = new Set(constantsOf(protocol, setting))
  const program = { ...request.program, audit, seen: noting(setting, read) }
  try {
    const result = checked({ ...request, program }, passes, onDemand)
    assertFunctions(audit, request)
    assertHeard(program.vocabulary)
    const boundsRead = [...read].filter((name) => name in setting.bounds).sort()
    return { ...result, audit: audit.report, boundsRead }
  } catch (error) {
    // A handler or a claim that is no function makes the engines contradict each other: that is said first.
    assertFunctions(audit, request)
    throw error
  }
}

function checked(request: CheckRequest, passes: TablePasses, onDemand: OnDemand): CheckResult {
  const wider = relaxed(request.program)
  const safety = request.claims.filter(({ kind }) => kind !== 'liveness')
  // Without reductions, the states that are counted are those of the model itself.
  const isPlain = REDUCTIONS.every((pass) => request.without?.includes(pass))
  if (!wider || isPlain || safety.every(({ kind }) => kind === 'sometimes'))
    return new Check(request, passes, onDemand).run()
  return new Check({ ...request, program: wider, claims: safety }, passes, onDemand, request.program).runWider(request)
}

class Check {
  readonly #request: CheckRequest
  readonly #passes: TablePasses
  readonly #onDemand: OnDemand
  readonly #program: Program
  readonly #maxStates: number
  readonly #reports: Reports
  /** The program in the network that was asked for, where this is a wider one: each message comes only as often as it is said. */
  readonly #narrow: Program | undefined

  constructor(request: CheckRequest, passes: TablePasses, onDemand: OnDemand, narrow?: Program) {
    this.#onDemand = onDemand
    this.#narrow = narrow && { ...narrow, copies: true }
    this.#request = request
    this.#passes = passes
    this.#program = { ...request.program, copies: true }
    this.#maxStates = request.maxStates ?? DEFAULT_MAX_STATES
    this.#reports = new Reports(request.without ?? [])
  }

  run(): CheckResult {
    const { maxUniverse = DEFAULT_MAX_UNIVERSE, maxChoices = MOST_CHOICES } = this.#request
    const words = universeOf(this.#program, maxUniverse, this.#told('universe'))
    const why = whyNoTables(this.#program, this.#request.claims)
    if (why) return this.#byReference(words, this.#request.claims, why)
    const limits = { maxLocals: maxUniverse * LOCALS_PER_MESSAGE, maxChoices }
    let { report } = words
    try {
      const found = this.#close(words, { ...limits, onProgress: this.#told('closure') })
      report = found.words.report
      const onProgress = () => this.#told('search')(0)
      const atoms = new Atoms(this.#program, found.closed, { maxChoices, onProgress })
      return this.#byTables(found.words, found.closed, atoms)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      return gaveUp(this.#request.claims, this.#reports, report, error)
    }
  }

  /** The safety claims in a wider network; liveness, where it is asked for, state by state in the one that there is. */
  runWider(request: CheckRequest): CheckResult {
    const claims = request.claims.filter(({ kind }) => kind !== 'invariant')
    const isLive = claims.some(({ kind }) => kind === 'liveness')
    const live = isLive ? new Check({ ...request, claims }, this.#passes, this.#onDemand) : undefined
    return inNarrow(request, this.run(), live?.run())
  }

  /**
   * Closes the participants; and the universe with them, where it is not closed yet: with the instances of the
   * Byzantine, until nobody can say anything that is not in it.
   */
  #close(words: Words, limits: CloseLimits): { closed: Closed; words: Words } {
    let { messages, report } = words
    const said = new Map(words.said.map((message) => [textOf(message), message]))
    for (let round = 0; ; round++) {
      const closed = this.#closing(messages, { ...limits, instances: !report.closed })
      if (report.closed) return { closed, words: { messages, said: words.said, report } }
      for (const { message } of closed.envelopes) {
        const value = closed.table.messages.values[message]!
        said.set(textOf(value), value)
      }
      const wider = recombined(this.#program, [...said.values()])
      const extent = Object.fromEntries(wider.extent)
      const isClosed = same(wider.messages, messages) && !words.leftOut
      report = { messages: wider.messages.length, closed: isClosed, inputs: 'given', extent }
      if (isClosed || round === MOST_ROUNDS) return { closed, words: { messages, said: words.said, report } }
      if (wider.messages.length > (this.#request.maxUniverse ?? DEFAULT_MAX_UNIVERSE)) {
        throw new TooLarge(`more than ${this.#request.maxUniverse ?? DEFAULT_MAX_UNIVERSE} messages in the universe`)
      }
      messages = wider.messages
    }
  }

  /** All local states; or, where votes are kept in them and make them many, those that passes 5 and 6 would leave. */
  #closing(messages: readonly AnyMessage[], limits: CloseLimits): Closed {
    // What a healed run hands over is what a step has used: that of one choice.
    const splits = this.#request.claims.every(({ kind }) => kind !== 'liveness')
    const program = { ...this.#program, splits }
    const passesOn = this.#reports.isOn('big-step') && this.#reports.isOn('lazy')
    if (!passesOn || !keepsVotes(program, this.#request.claims)) return close(program, messages, limits)
    try {
      const maxLocals = Math.min(limits.maxLocals, this.#passes.fewLocals)
      if (!this.#narrow) return close(program, messages, { ...limits, maxLocals })
    } catch (error) {
      if (!(error instanceof TooLarge) || error instanceof Stopped) throw error
    }
    const { sparse } = this.#onDemand
    if (!sparse) throw new HarnessError('votes are kept, and what closes over them is not loaded')
    return sparse(this.#program, messages, { ...limits, once: this.#narrow !== undefined })
  }

  #limits(phase: 'search' | 'liveness') {
    return { maxStates: this.#maxStates, onProgress: this.#told(phase) }
  }

  #told(phase: SearchProgress['phase']) {
    return (states: number, frontier = 0, depth = 0) => this.#request.onProgress?.({ phase, states, frontier, depth })
  }

  #byTables(words: Words, closed: Closed, atoms: Atoms): CheckResult {
    const { claims } = this.#request
    const open = words.report.closed ? undefined : 'the universe of messages is not closed'
    const limits = this.#limits('search')
    const confirm = this.#narrow && confirmIn(this.#narrow, words.messages, open === undefined, limits)
    const safety = new SafetySearch(this.#program, closed, atoms, this.#passes, this.#reports, limits, confirm)
    const game = { program: this.#program, closed, atoms, passes: this.#passes, reports: this.#reports, limits }
    const checked = [
      ...safety.check(notForced(claims), open),
      ...this.#liveness(closed, atoms, safety, open),
      ...forcedClaims(claims, game, this.#narrow ? 'unsound' : this.#onDemand.game, safety, open),
    ]
    const rules = [...new Set(closed.participants.flatMap(({ at }) => partAt(this.#program, at).rules))]
    return {
      claims: claims.flatMap(({ name }) => checked.filter(({ claim }) => claim === name)),
      states: safety.states,
      transitions: safety.transitions,
      closure: { states: closed.states, calls: closed.table.calls },
      reductions: this.#reports.all(),
      universe: reported(this.#program, words),
      cut: closed.cut,
      neverFired: rules.map(({ name }) => name).filter((name) => !closed.fired.has(name)),
      engine: 'tables',
    }
  }

  #liveness(closed: Closed, atoms: Atoms, safety: SafetySearch, open: string | undefined): CheckedClaim[] {
    const claims = this.#request.claims.filter(({ kind }) => kind === 'liveness')
    if (claims.length === 0) return []
    // What is held must not be forgotten: such claims are searched by themselves.
    const groups = [false, true].map((held) => claims.filter(({ reads }) => reads.includes('held') === held))
    return groups.flatMap((some, held) => {
      if (some.length === 0) return []
      if (held === 0 || atoms.provable.length === 0) return this.#livenessByTables(some, closed, atoms, safety, open)
      // With which evidence a step was taken is held too, and the tables know one way only.
      const messages = closed.universe.map((number) => closed.table.messages.values[number]!)
      const result = searchReference(this.#program, some, messages, this.#limits('liveness'))
      safety.count(result)
      const checked = some.map(({ name }) => fromReference(name, result, open))
      return checked.map((one) => (one.verdict === 'holds' ? safety.guarded(one.claim) : one))
    })
  }

  #livenessByTables(
    claims: readonly Claim<any>[],
    closed: Closed,
    atoms: Atoms,
    safety: SafetySearch,
    open: string | undefined,
  ): CheckedClaim[] {
    const found = this.#searchLiveness(claims, closed, atoms)
    safety.count(found)
    return claims.map((claim): CheckedClaim => {
      const steps = found.violations.get(claim.name)
      if (steps) {
        const witness = witnessOfHealed(this.#program, claim, steps)
        return { claim: claim.name, verdict: 'violated', witness, steps, shortest: open ?? 'certified' }
      }
      if (!found.finished) {
        const why = `stopped after ${found.states} states, at schedules of ${found.depth} steps`
        return { claim: claim.name, verdict: 'inconclusive', why }
      }
      return open ? { claim: claim.name, verdict: 'inconclusive', why: open } : safety.guarded(claim.name)
    })
  }

  #searchLiveness(claims: readonly Claim<any>[], closed: Closed, atoms: Atoms): LivenessResult {
    const { live } = this.#onDemand
    if (!live) throw new HarnessError('a liveness claim is checked without the engine for it')
    // The healed run knows no bounds: where one was hit, states that look alike within them may differ beyond.
    const isKept = claims.some(({ reads }) => reads.includes('held'))
    const merges = !isKept && !closed.cut && this.#reports.isOn('quotient') && this.#reports.isOn('forget')
    const sorts = !isKept && this.#reports.isOn('symmetry') && live.canSort(this.#program, atoms)
    // A replica that restarts has no longer received what it used before.
    const proves = !isKept && this.#reports.isOn('forget') && this.#program.setting.restart === undefined
    const postpones = this.#reports.isOn('big-step') && this.#reports.isOn('lazy')
    const limits = this.#limits('liveness')
    const options = { program: this.#program, claims, closed, atoms, limits, merges, proves, postpones }
    try {
      return live.checkLiveness({ ...options, sorts })
    } catch (error) {
      if (!(error instanceof NotSymmetric)) throw error
      this.#reports.off('symmetry', error.message)
      return live.checkLiveness({ ...options, sorts: false })
    }
  }

  #byReference(words: Words, claims: readonly Claim<any>[], why: string): CheckResult {
    const result = searchReference(this.#program, notForced(claims), words.messages, this.#limits('search'))
    const open = words.report.closed ? undefined : 'the universe of messages is not closed'
    return {
      claims: guardedByReference(claims, result, open),
      states: result.states,
      transitions: result.transitions,
      reductions: this.#reports.allOff(why),
      universe: reported(this.#program, words),
      // Rounds end by themselves; elsewhere nobody has looked.
      cut: !isLockstep(this.#program.protocol),
      neverFired: [],
      engine: 'reference',
      engineWhy: why,
    }
  }
}
