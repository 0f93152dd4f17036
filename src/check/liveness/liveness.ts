/**
 * Liveness, in bounded form: from every state that can be reached, the canonical healed run keeps the claim.
 *
 * What the coalition's messages have done to somebody is known only from which of them it used, so every use is told
 * apart. First it is tried whether a claim can be proved without that, and with steps postponed (see live-proof.ts);
 * then each step is looked at, and the breadth-first search makes the first violation a shortest one.
 */
import { HarnessError, type Program } from '../../model/index.ts'
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
import { States } from '../../tables/automaton/states.ts'
import { CoalitionWords } from '../safety/coalition-words.ts'
import { classesOf, type LiveClasses } from './live-classes.ts'
import { LiveJudge } from './live-judge.ts'
import { canJudgeAll, LivenessProof } from './live-proof.ts'
import { type LivenessOptions, LiveSpace } from './live-space.ts'
import type { Numbered, Use } from './uses.ts'

export interface LivenessResult {
  readonly states: number
  readonly transitions: number
  readonly finished: boolean
  readonly depth: number
  /** By claim name: a shortest schedule after which the claim fails. */
  readonly violations: ReadonlyMap<string, readonly Step[]>
}

/** @throws NotSymmetric where sorted participants make a difference to a claim */
export function checkLiveness(options: LivenessOptions): LivenessResult {
  const { program, closed, claims, atoms, merges, sorts, proves } = options
  const classes = classesOf(program, closed, atoms, merges, sorts)
  const before = { states: 0, transitions: 0, depth: 0 }
  let open = claims
  for (const told of proves && canJudgeAll(classes) ? [false, true] : []) {
    const proof = new LivenessProof({ ...options, claims: open }, classes, told)
    if (proof.run()) open = open.filter(({ name }) => proof.mayBreak.has(name))
    before.states += proof.states
    before.transitions += proof.transitions
    before.depth = proof.depth
    if (open.length === 0) return { ...before, finished: true, violations: new Map() }
  }
  const search = new LivenessSearch({ ...options, claims: open }, classes)
  const finished = search.run()
  const violations = new Map([...search.broken].map(([claim, number]) => [claim, search.schedule(number)]))
  const { states, transitions, depth } = search.counts()
  return { states: before.states + states, transitions: before.transitions + transitions, finished, depth, violations }
}

/** A step of one participant with the words that it uses, and the class that it leads to. */
interface ExactStep {
  readonly use: Use
  readonly target: number
}

class LivenessSearch {
  readonly #options: LivenessOptions
  readonly #space: LiveSpace
  readonly #judge: LiveJudge
  readonly #states: States
  readonly #before: number[] = []
  /** By claim: the state in which it breaks. */
  readonly broken = new Map<string, number>()
  #transitions = 0
  #depth = 0

  constructor(options: LivenessOptions, classes: LiveClasses) {
    const { program, closed, atoms } = options
    this.#options = options
    this.#space = new LiveSpace(program, closed, atoms, classes, options.proves)
    this.#states = new States(this.#space.words)
    this.#judge = new LiveJudge(program, closed, classes, this.#space.places, this.#space.puts)
  }

  counts(): Pick<LivenessResult, 'states' | 'transitions' | 'depth'> {
    return { states: this.#states.count, transitions: this.#transitions, depth: this.#depth }
  }

  /** Says whether it came to an end. */
  run(): boolean {
    const { claims, limits } = this.#options
    const initial = this.#space.initial()
    this.#space.canonical(initial)
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

  #judgeState(number: number): void {
    const state = this.#states.at(number).slice()
    for (const claim of this.#options.claims) {
      if (claim.kind !== 'liveness' || this.broken.has(claim.name)) continue
      if (this.#judge.fails(claim, state, this.#space.used.values)) this.broken.set(claim.name, number)
    }
  }

  #expand(number: number, next: number[]): void {
    const state = this.#states.at(number).slice()
    for (let p = 0; p < this.#space.places.ids.length; p++) {
      for (const step of this.#steps(state, p)) {
        const after = this.#after(state, step)
        this.#space.canonical(after)
        const known = this.#states.count
        const reached = this.#states.add(after)
        if (reached !== number) this.#transitions++
        if (reached < known) continue
        this.#before.push(number)
        next.push(reached)
      }
    }
  }

  #steps(state: Int32Array, p: number): ExactStep[] {
    const { classes, uses, places } = this.#space
    const steps = uses.of(state, p, classes.localOf(p, state[p * places.stride]!))
    const taken = steps.filter((use) => !this.#space.isNothing(state, use))
    return taken.map((use) => ({ use, target: classes.classOf(p, use.option.target) }))
  }

  #after(state: Int32Array, { use: { p, option, words, key }, target }: ExactStep): Int32Array {
    return this.#space.after(state, p, option, target, words, key)
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
    let names = this.#space.places.ids.map((_, p) => p)
    this.#space.canonical(this.#space.initial(), names)
    for (let i = 1; i < path.length; i++) {
      const [before, wanted] = [this.#states.at(path[i - 1]!).slice(), this.#states.at(path[i]!).slice()]
      const { sayable } = this.#space.places
      coalition.proveMore(system, (index) => (before[sayable + (index >> 5)]! & (1 << (index & 31))) !== 0)
      const { step: taken, order } = this.#stepBetween(before, wanted)
      const step = this.#step(taken, names, coalition.list)
      system = apply(program, system, step)
      steps.push(step)
      names = order.map((p) => names[p]!)
    }
    return steps
  }

  #stepBetween(
    before: Int32Array,
    wanted: Int32Array,
  ): { readonly step: ExactStep; readonly order: readonly number[] } {
    for (let p = 0; p < this.#space.places.ids.length; p++) {
      for (const step of this.#steps(before, p)) {
        const after = this.#after(before, step)
        const order = this.#space.places.ids.map((_, q) => q)
        this.#space.canonical(after, order)
        if (after.every((word, i) => word === wanted[i])) return { step, order }
      }
    }
    throw new HarnessError('a path of states cannot be walked a second time')
  }

  #step(
    { use: { p, option, on, evidence } }: ExactStep,
    names: readonly number[],
    coalition: readonly ProvedMessage[],
  ): Step {
    const { ids } = this.#space.places
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
