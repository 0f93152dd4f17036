/**
 * Liveness, in bounded form: from every state that can be reached, the canonical healed run keeps the claim.
 *
 * What the coalition's messages have done to somebody is known only from which of them it used, so every use is told
 * apart. First it is tried whether a claim can be proved where steps are postponed (see live-moves.ts); then each step
 * is looked at, and the breadth-first search makes the first violation a shortest one.
 */
import { type Claim, correctIds, type Program } from '../../model/index.ts'
import {
  apply,
  coalitionSpeaksAs,
  type Evidence,
  type ProvedMessage,
  type Step,
  sameWord,
  start,
} from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import { Evaluator, type RecordLayout } from '../../tables/automaton/evaluate.ts'
import { RecordJudge } from '../../tables/automaton/record-judge.ts'
import { States } from '../../tables/automaton/states.ts'
import type { Closed, Option } from '../../tables/closure/closed.ts'
import { sortGroups } from '../../tables/passes/symmetry.ts'
import { CoalitionWords } from '../safety/coalition-words.ts'
import type { SearchLimits } from '../safety/search.ts'
import { classesOf, type LiveClasses } from './live-classes.ts'
import { LiveForget } from './live-forget.ts'
import { LiveJudge } from './live-judge.ts'
import { type LiveMove, LiveMoves } from './live-moves.ts'
import { UsedSets } from './used-sets.ts'
import { type Numbered, type Use, Uses } from './uses.ts'

export interface LivenessResult {
  readonly states: number
  readonly transitions: number
  readonly finished: boolean
  readonly depth: number
  /** By claim name: a shortest schedule after which the claim fails. */
  readonly violations: ReadonlyMap<string, readonly Step[]>
}

export interface LivenessOptions {
  readonly program: Program
  readonly claims: readonly Claim<any>[]
  readonly closed: Closed
  readonly atoms: Atoms
  readonly limits: SearchLimits
  /** May local states be merged, and words forgotten? Only where no bound was hit: the healed run knows none. */
  readonly merges: boolean
  /** May interchangeable participants be sorted? */
  readonly sorts: boolean
  /** May steps be postponed to prove a claim? */
  readonly postpones: boolean
}

/** @throws NotSymmetric where sorted participants make a difference to a claim */
export function checkLiveness(options: LivenessOptions): LivenessResult {
  const { program, closed, claims, atoms, merges, sorts, postpones } = options
  const classes = classesOf(program, closed, atoms, merges, sorts)
  // Interchangeable participants would have to be told apart again.
  const quick = postpones && classes.groups.length === 0 ? new LivenessSearch(options, classes, true) : undefined
  const open = quick?.run() ? claims.filter(({ name }) => quick.broken.has(name)) : claims
  const before = quick?.counts() ?? { states: 0, transitions: 0, depth: 0 }
  if (open.length === 0) return { ...before, finished: true, violations: new Map() }
  const search = new LivenessSearch({ ...options, claims: open }, classes, false)
  const finished = search.run()
  const violations = new Map([...search.broken].map(([claim, number]) => [claim, search.schedule(number)]))
  const { states, transitions, depth } = search.counts()
  return { states: before.states + states, transitions: before.transitions + transitions, finished, depth, violations }
}

class LivenessSearch {
  readonly #options: LivenessOptions
  readonly #puts: RecordJudge
  readonly #judge: LiveJudge
  readonly #states: States
  /**
   * A record is, for each participant: its class, what it has put out, its row of envelopes, what it has used; and what
   * the coalition can prove.
   */
  readonly #places: RecordLayout
  readonly #classes: LiveClasses
  readonly #moves: LiveMoves
  readonly #postpones: boolean
  readonly #before: number[] = []
  readonly #used = new UsedSets()
  readonly #forget: LiveForget | undefined
  readonly #scratch: Int32Array
  readonly #evaluator: Evaluator
  /** By claim: the state in which it breaks. */
  readonly broken = new Map<string, number>()
  #transitions = 0
  #depth = 0

  /** @param postpones what is broken then is what may be broken */
  constructor(options: LivenessOptions, classes: LiveClasses, postpones: boolean) {
    const { program, closed, atoms } = options
    this.#options = options
    this.#postpones = postpones
    this.#puts = new RecordJudge(program, closed, [])
    const stride = 3 + atoms.rowWords
    this.#places = { ids: atoms.ids, rowWords: atoms.rowWords, stride, sayable: atoms.ids.length * stride }
    const words = this.#places.sayable + Math.ceil(atoms.provable.length / 32)
    this.#states = new States(words)
    this.#evaluator = new Evaluator(atoms.list, this.#places)
    this.#classes = classes
    this.#judge = new LiveJudge(program, closed, classes, this.#places, this.#puts)
    const heard = postpones ? correctIds(program.setting) : undefined
    const uses = new Uses(program, closed, atoms, this.#places)
    this.#moves = new LiveMoves(classes, this.#places, words, uses, this.#isNothing, heard)
    this.#scratch = new Int32Array(words)
    const { ahead } = classes
    const { gossip } = program.setting.network
    // What proofs rest on is not forgotten.
    if (ahead && atoms.provable.length === 0)
      this.#forget = new LiveForget(closed, this.#places, ahead, gossip, this.#used)
  }

  counts(): Pick<LivenessResult, 'states' | 'transitions' | 'depth'> {
    return { states: this.#states.count, transitions: this.#transitions, depth: this.#depth }
  }

  /** Says whether it came to an end. */
  run(): boolean {
    const { claims, limits } = this.#options
    const initial = this.#initial()
    this.#canonical(initial)
    this.#states.add(initial)
    this.#before.push(-1)
    for (let level = [0]; level.length > 0; this.#depth++) {
      const next: number[] = []
      for (const number of level) {
        this.#judgeState(number)
        if (this.broken.size === claims.length) return true
        if (limits.onProgress?.(this.#states.count, level.length, this.#depth) === true) return false
        if (this.#states.count > limits.maxStates) return false
        this.#expand(number, next)
      }
      level = next
    }
    return true
  }

  #initial(): Int32Array {
    const { stride } = this.#places
    const state = new Int32Array(this.#scratch.length)
    for (const [p, { says, outputs }] of this.#options.closed.initial.entries()) {
      state[p * stride] = this.#classes.classOf(p, 0)
      state[p * stride + 1] = this.#puts.append(0, { outputs, threw: null })
      for (const envelope of says) state[p * stride + 2 + (envelope >> 5)]! |= 1 << (envelope & 31)
    }
    this.#prove(state)
    return state
  }

  /** Notes, in place, what the coalition can prove now. */
  #prove(state: Int32Array): void {
    const { sayable } = this.#places
    for (let changed = true; changed; ) {
      changed = false
      for (const [index, { proof }] of this.#options.atoms.provable.entries()) {
        const [word, bit] = [sayable + (index >> 5), 1 << (index & 31)]
        if ((state[word]! & bit) !== 0 || !this.#evaluator.isProved(proof, state)) continue
        state[word]! |= bit
        changed = true
      }
    }
  }

  /** Forgets what can move nobody any more, and sorts, in place. */
  #canonical(state: Int32Array, order?: number[]): void {
    this.#forget?.forget(state)
    sortGroups(this.#classes.groups, this.#places, state, order)
  }

  #judgeState(number: number): void {
    const state = this.#states.at(number).slice()
    for (const claim of this.#options.claims) {
      if (claim.kind !== 'liveness' || this.broken.has(claim.name)) continue
      const fails = this.#postpones ? this.#judge.mayFail : this.#judge.fails
      if (fails.call(this.#judge, claim, state, this.#used.values)) this.broken.set(claim.name, number)
    }
  }

  #expand(number: number, next: number[]): void {
    const state = this.#states.at(number).slice()
    for (let p = 0; p < this.#places.ids.length; p++) {
      for (const move of this.#moves.of(state, p)) {
        const after = this.#after(state, move)
        this.#canonical(after)
        const known = this.#states.count
        const reached = this.#states.add(after)
        if (reached !== number) this.#transitions++
        if (reached < known) continue
        this.#before.push(number)
        next.push(reached)
      }
    }
  }

  /** Nothing is said or put out again, and no local state becomes another: whatever it would use, that is no step. */
  readonly #isNothing = (state: Int32Array, { p, option, stays }: Use): boolean => {
    if (!stays) return false
    const { stride } = this.#places
    const isSaid = (envelope: number): boolean =>
      (state[p * stride + 2 + (envelope >> 5)]! & (1 << (envelope & 31))) !== 0
    return option.says.every(isSaid) && this.#putsAfter(state, p, option) === state[p * stride + 1]
  }

  #putsAfter(state: Int32Array, p: number, { outputs, notes, threw }: Option): number {
    const before = state[p * this.#places.stride + 1]!
    if (outputs.length + notes.length === 0 && threw === null) return before
    return this.#puts.append(before, { outputs: [...outputs, ...notes], threw })
  }

  /** The record after a step, before it is made canonical; valid until the next call. */
  #after(state: Int32Array, { use: { p, option, words, key }, target }: LiveMove): Int32Array {
    const { stride } = this.#places
    const after = this.#scratch
    after.set(state)
    after[p * stride] = target
    const { says } = option
    after[p * stride + 1] = this.#putsAfter(state, p, option)
    for (const envelope of says) after[p * stride + 2 + (envelope >> 5)]! |= 1 << (envelope & 31)
    if (says.length > 0) this.#prove(after)
    const last = (p + 1) * stride - 1
    // What a replica had received is lost when it restarts.
    after[last] = option.event.kind === 'restart' ? 0 : this.#used.plus(after[last]!, words, key)
    return after
  }

  /** The steps that lead to a state, by the participants' own names: sorting is undone. */
  schedule(number: number): Step[] {
    const { closed, atoms } = this.#options
    const { program } = closed.table
    const path: number[] = []
    for (let here = number; here >= 0; here = this.#before[here]!) path.unshift(here)
    const steps: Step[] = []
    const coalition = new CoalitionWords(closed, atoms)
    let system = start(program)
    let names = this.#places.ids.map((_, p) => p)
    this.#canonical(this.#initial(), names)
    for (let i = 1; i < path.length; i++) {
      const [before, wanted] = [this.#states.at(path[i - 1]!).slice(), this.#states.at(path[i]!).slice()]
      const { sayable } = this.#places
      coalition.proveMore(system, (index) => (before[sayable + (index >> 5)]! & (1 << (index & 31))) !== 0)
      const { move, order } = this.#moveBetween(before, wanted)
      const step = this.#step(move, names, coalition.list)
      system = apply(program, system, step)
      steps.push(step)
      names = order.map((p) => names[p]!)
    }
    return steps
  }

  #moveBetween(before: Int32Array, wanted: Int32Array): { readonly move: LiveMove; readonly order: readonly number[] } {
    for (let p = 0; p < this.#places.ids.length; p++) {
      for (const move of this.#moves.of(before, p)) {
        const after = this.#after(before, move)
        const order = this.#places.ids.map((_, q) => q)
        this.#canonical(after, order)
        if (after.every((word, i) => word === wanted[i])) return { move, order }
      }
    }
    throw new Error('a path of states cannot be walked a second time')
  }

  #step(
    { use: { p, option, on, evidence } }: LiveMove,
    names: readonly number[],
    coalition: readonly ProvedMessage[],
  ): Step {
    const { ids } = this.#places
    const { table } = this.#options.closed
    const at = ids[names[p]!]!
    const { event } = option
    const spoken = ({ from, message }: Numbered): ProvedMessage => {
      const sender = ids.indexOf(from)
      const word = { from: sender < 0 ? from : ids[names[sender]!]!, message: table.messages.values[message]! }
      return coalition.find((one) => sameWord(one, word)) ?? word
    }
    const used: Evidence[] = evidence.map(spoken)
    const asked = used.length > 0 ? { with: used } : {}
    if (event.kind === 'crash') return { at, crash: true }
    if (event.kind === 'restart') return { at, restart: true }
    if (event.kind === 'input') return { at, input: event.value, ...asked }
    if (event.kind === 'timeout') return { at, timeout: event.timer, ...asked }
    if (event.kind === 'coin') return { at, flip: event.coin, value: event.value, ...asked }
    return { at, rule: event.kind === 'message' ? event.rule : '', on: spoken(on!), ...asked }
  }
}

/** May participants be sorted at all? Not where the coalition may speak with the identity of one of them. */
export function canSort(program: Program, atoms: Atoms): boolean {
  return !atoms.ids.some((id) => coalitionSpeaksAs(program, id))
}
