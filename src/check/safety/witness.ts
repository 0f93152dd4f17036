/**
 * From a path through the tables back to a schedule of the model: the steps are taken one by one on `apply`, with the
 * coalition's messages and their proofs. What cannot be taken there, or breaks nothing, is a contradiction of our own
 * and never a verdict.
 */
import { type Claim, canonical, HarnessError, type Id, type Json, type Program, textOf } from '../../model/index.ts'
import {
  type Acting,
  attempt,
  brokenBy,
  brokenBySteps,
  coalitionSpeaksAs,
  firings,
  putOut,
  type Step,
  type System,
  start,
  take,
  triggers,
  ways,
  wordsOf,
} from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import type { GuardedEdge } from '../../tables/automaton/machine.ts'
import type { GlobalStates } from '../../tables/automaton/states.ts'
import { ANYBODY, type Closed, isCrashed, type Option } from '../../tables/closure/closed.ts'
import type { PackedSpace } from '../../tables/space/packed-space.ts'
import { CoalitionWords } from './coalition-words.ts'
import type { Violating } from './search.ts'

export interface Witnessed {
  readonly steps: readonly Step[]
  /** How the claim was broken, in the words of `apply`'s last state. */
  readonly witness: string
}

/** One step of the path: who takes which edge. */
interface Hop {
  readonly p: number
  readonly edge: GuardedEdge
  /** By state of its machine, that which stood for it. */
  readonly stands: Int32Array | undefined
}

/** @throws HarnessError where the path does not replay */
export function witnessOf(
  space: PackedSpace,
  closed: Closed,
  atoms: Atoms,
  states: GlobalStates,
  claim: number,
  violating: Violating,
): Witnessed {
  const replay = replayed(space, closed, atoms, states, claim, violating)
  const judged = space.judge.claims[claim]!
  const broken = brokenBy(closed.table.program, [judged], replay.system, replay.before)
  if (!broken[0])
    throw new HarnessError(`a schedule that should break ${judged.name} breaks nothing when it is replayed`)
  return { steps: replay.steps, witness: broken[0].witness }
}

/** How the healed run after these steps breaks a claim: they are taken on `apply`, and the run is healed there. */
export function witnessOfHealed(program: Program, claim: Claim<any>, steps: readonly Step[]): string {
  const broken = brokenBySteps(claim, take(program, steps))
  if (!broken) throw new HarnessError(`a schedule that should break ${claim.name} breaks nothing when it is replayed`)
  return broken
}

/** The steps on the way to a state that reaches a guard. Throws as `witnessOf` does. */
export function stepsTo(...way: Parameters<typeof witnessOf>): readonly Step[] {
  return replayed(...way).steps
}

function replayed(...[space, closed, atoms, states, claim, way]: Parameters<typeof witnessOf>): Replay {
  const replay = new Replay(space, closed, atoms)
  for (const hop of hops(space, states, claim, way)) replay.take(hop)
  return replay
}

/** The steps of a path, by the participants' own positions: sorting is undone. */
function hops(space: PackedSpace, states: GlobalStates, claim: number, { path, after }: Violating): Hop[] {
  if (!after) return []
  const found: Hop[] = []
  let names = space.layout.ids.map((_, p) => p)
  space.canonical(space.initial(), names)
  for (const [i, number] of path.entries()) {
    const isLast = i === path.length - 1
    const wanted = isLast ? after : states.at(path[i + 1]!)
    const hop = hopTo(space, states.at(number), wanted, isLast ? claim : undefined)
    const stands = space.stands(states.at(number)[space.layout.level]!)?.[hop.p]
    for (const edge of hop.edges) found.push({ p: names[hop.p]!, edge, stands })
    names = hop.order.map((p) => names[p]!)
  }
  return found
}

function hopTo(
  space: PackedSpace,
  state: Int32Array,
  wanted: Int32Array,
  claim: number | undefined,
): { readonly p: number; readonly edges: readonly GuardedEdge[]; readonly order: readonly number[] } {
  const { ids, stride } = space.layout
  let best: { p: number; edges: readonly GuardedEdge[]; order: readonly number[] } | undefined
  for (let p = 0; p < ids.length; p++) {
    for (const { edges, last } of space.moves(state, p)) {
      if (best && best.edges.length <= edges.length) continue
      const raw = space.after(state, p, { edges, last, cost: edges.length })
      const broken = claim === undefined || space.verdicts(raw, [p, state[p * stride + 1]!])[claim]
      const order = ids.map((_, q) => q)
      space.canonical(raw, order)
      if (broken && raw.every((word, i) => word === wanted[i])) best = { p, edges, order }
    }
  }
  if (!best) throw new HarnessError('a path through the tables cannot be walked a second time')
  return best
}

/** The model's own run along a path. */
class Replay {
  system: System
  before: System | undefined
  readonly steps: Step[] = []
  readonly #space: PackedSpace
  readonly #closed: Closed
  readonly #atoms: Atoms
  /** Local states by position, as indices of the closure. */
  readonly #locals: number[]
  readonly #coalition: CoalitionWords

  constructor(space: PackedSpace, closed: Closed, atoms: Atoms) {
    this.#space = space
    this.#closed = closed
    this.#atoms = atoms
    this.system = start(closed.table.program)
    this.#locals = closed.participants.map(() => 0)
    this.#coalition = new CoalitionWords(closed, atoms)
  }

  take(hop: Hop): void {
    const { p } = hop
    this.#proveMore()
    const used = this.steps.flatMap((before) => wordsOf(this.#closed.table.program, before))
    const { at, options } = this.#closed.participants[p]!
    for (const option of options[this.#locals[p]!]!) {
      if (!this.#fits(hop, option)) continue
      for (const step of this.#steps(at, option)) {
        const after = attempt(this.#closed.table.program, this.system, step, used)
        if (!after || !this.#arrived(p, option, after)) continue
        this.before = this.system
        this.system = after
        this.steps.push(step)
        this.#locals[p] = option.target
        return
      }
    }
    const rule = this.steps.length + 1
    throw new HarnessError(`step ${rule} of a schedule found in the tables cannot be taken in the model`)
  }

  /** Is the option one that the edge stands for? */
  #fits({ p, edge: { target, says, outputs, threw }, stands }: Hop, option: Option): boolean {
    const reached = this.#space.machines[p]!.stateOf[option.target]!
    if (stands ? stands[reached] !== stands[target] : reached !== target) return false
    if (option.threw !== threw) return false
    const row = new Int32Array(says.length)
    for (const envelope of option.says) row[envelope >> 5]! |= 1 << (envelope & 31)
    const puts = [...option.outputs, ...option.notes.filter(this.#space.judge.notes)]
    return outputs.join() === puts.join() && row.every((word, i) => word === says[i])
  }

  *#steps(at: Id, { event, trigger, senders }: Option): Generator<Step> {
    const { program, messages } = this.#closed.table
    const offered = this.#coalition.list.map((word) => ({ ...word, to: at }))
    const words = triggers(program, this.system, at, offered)
    const alone = (step: Acting): Step[] => ways(program, this.system, step, words)
    if (event.kind === 'crash') yield { at, crash: true }
    else if (event.kind === 'restart') yield { at, restart: true }
    else if (event.kind === 'input') yield* alone({ at, input: event.value })
    else if (event.kind === 'timeout') yield* alone({ at, timeout: event.timer })
    else if (event.kind === 'coin') yield* alone({ at, flip: event.coin, value: event.value })
    else if (event.kind === 'message') {
      const text = canonical(messages.values[trigger!.message]!)
      // Who is counted by number is free to choose: a Byzantine replica can send the same again, where messages are
      // delivered once.
      const isFromByzantine = ({ from }: { readonly from: Id }): boolean => coalitionSpeaksAs(program, from)
      const first =
        senders === undefined
          ? words
          : [...words].sort((a, b) => Number(isFromByzantine(b)) - Number(isFromByzantine(a)))
      for (const on of first) {
        if (trigger!.from !== ANYBODY && on.from !== trigger!.from) continue
        if (canonical(on.message) !== text) continue
        for (const step of firings(program, this.system, at, on, words)) if (step.rule === event.rule) yield step
      }
    }
  }

  /** Did the step do what the option says: not another summary of a `take`, with the same local state? */
  #arrived(p: number, option: Option, after: System): boolean {
    const { at, locals } = this.#closed.participants[p]!
    const { table, envelopes } = this.#closed
    const local = locals[option.target]!
    if (isCrashed(local)) return after.crashed.includes(at)
    const { numberOf = (one) => table.locals.number(one as never) } = this.#closed
    if (numberOf(after.locals[at]!, at) !== local) return false
    const value = (number: number): Json => table.outputs.values[number] as Json
    const put = putOut(table.program, this.system.outputs[at]!, option.outputs.map(value))
    if (canonical(put as never) !== canonical(after.outputs[at]! as never)) return false
    const made = option.notes.map((number) => (value(number) as { note: Json }).note)
    const noted = putOut(table.program, this.system.notes[at]!, made)
    if (canonical(noted as never) !== canonical(after.notes[at]! as never)) return false
    return option.says.every((envelope) => {
      const { message, to } = envelopes[envelope]!
      const text = textOf(table.messages.values[message]!)
      return after.soup.some((said) => said.from === at && said.to === to && textOf(said.message) === text)
    })
  }

  /** Looks for the proofs of messages that have become provable. */
  #proveMore(): void {
    const { sayable } = this.#space.layout
    const state = this.#record()
    const isProvable = (index: number): boolean =>
      this.#space.evaluator.isProved(this.#atoms.provable[index]!.proof, state)
    this.#coalition.proveMore(this.system, isProvable, (index) => {
      state[sayable + (index >> 5)]! |= 1 << (index & 31)
    })
  }

  /** All that was sent, and proved, as a record. */
  #record(): Int32Array {
    const { layout } = this.#space
    const state = new Int32Array(layout.words)
    const { envelopes, table } = this.#closed
    const numbers = new Map(envelopes.map(({ message, to }, envelope) => [`${message} ${to}`, envelope]))
    for (const { from, message, to } of this.system.soup) {
      const envelope = numbers.get(`${table.messages.number(message)} ${to}`)
      const p = layout.ids.indexOf(from)
      if (envelope !== undefined && p >= 0) state[p * layout.stride + 2 + (envelope >> 5)]! |= 1 << (envelope & 31)
    }
    for (const index of this.#coalition.proved) state[layout.sayable + (index >> 5)]! |= 1 << (index & 31)
    return state
  }
}
