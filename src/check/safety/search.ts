/**
 * Uniform-cost search: states in the order of the number of steps that lead to them, so that the first violation of a
 * claim is a shortest one.
 */

import { GlobalStates } from '../../tables/automaton/states.ts'
import type { Relaxation } from '../../tables/passes/relaxation.ts'
import type { PackedSpace } from '../../tables/space/packed-space.ts'

/** A claim was broken by a move. */
export interface Violating {
  /** Steps of the schedule. */
  readonly cost: number
  /** Numbers of the states on the way, the initial one first, the one in which the last move is made last. */
  readonly path: readonly number[]
  /** The canonical record that the last move leads to; nothing where the initial state breaks the claim. */
  readonly after?: Int32Array
  /** Where the numbers on the way are known. */
  readonly states: GlobalStates
}

export interface SearchOutcome {
  readonly states: GlobalStates
  readonly transitions: number
  /** States that were not gone on from, because no claim can break any more. */
  readonly leftOut: number
  /** By index of the claim. */
  readonly violations: ReadonlyMap<number, Violating>
  /** Claims of kind `sometimes` that some state reaches, by index, with a way there. */
  readonly reached: ReadonlyMap<number, Violating>
  /** Was everything looked at, or everything that could still matter? */
  readonly finished: boolean
  /** Was a guard that was not reached not looked for to the end? */
  readonly isGuardOpen?: boolean
  /** Schedules of fewer steps than this have all been looked at. */
  readonly depth: number
}

export interface SearchLimits {
  readonly maxStates: number
  /** Is a claim that breaks the end of the search? */
  readonly untilBroken?: boolean
  /** `true` stops the search. */
  readonly onProgress?: (states: number, frontier: number, depth: number) => boolean | undefined
}

/** Moves between two calls of `onProgress`. */
const PROGRESS_EVERY = 4_096

/** @param relaxation tells which states need not be gone on from; what only guards reach may then be left out */
export function searchStates(space: PackedSpace, limits: SearchLimits, relaxation?: Relaxation): SearchOutcome {
  return new Search(space, limits, relaxation).run()
}

interface Candidate {
  readonly cost: number
  readonly before: number
  readonly after?: Int32Array | undefined
}

/** Records that a search hands out are overwritten. */
const kept = ({ after, ...rest }: Candidate): Candidate => ({ ...rest, after: after?.slice() })

class Search {
  readonly #space: PackedSpace
  readonly #limits: SearchLimits
  readonly #states: GlobalStates
  readonly #state: Int32Array
  #cost = new Int32Array(1_024)
  #before = new Int32Array(1_024)
  readonly #buckets: number[][] = []
  readonly #candidates = new Map<number, Candidate>()
  readonly #reached = new Map<number, Candidate>()
  readonly #relaxation: Relaxation | undefined
  /** Claims that a search at the present depth is still for, as bits. */
  #open = 0
  #leftOut = 0
  #transitions = 0
  #waiting = 0
  #stopped = false

  constructor(space: PackedSpace, limits: SearchLimits, relaxation?: Relaxation) {
    this.#relaxation = relaxation
    this.#space = space
    this.#limits = limits
    this.#states = new GlobalStates(space.layout)
    this.#state = new Int32Array(space.layout.words)
  }

  run(): SearchOutcome {
    const initial = this.#space.initial()
    this.#weigh(initial, { cost: 0, before: -1 })
    this.#space.canonical(initial)
    this.#reach(initial, 0, -1)
    let depth = 0
    for (; depth < this.#buckets.length && !this.#stopped && !this.#isDecided(depth); depth++) {
      const bucket = this.#buckets[depth] ?? []
      this.#open = this.#openAt(depth)
      for (let i = 0; i < bucket.length && !this.#stopped; i++) {
        const number = bucket[i]!
        this.#waiting--
        if (this.#cost[number] === depth) this.#expand(number, depth)
      }
      this.#buckets[depth] = []
    }
    return {
      states: this.#states,
      transitions: this.#transitions,
      leftOut: this.#leftOut,
      violations: this.#ways(this.#candidates),
      reached: this.#ways(this.#reached),
      finished: !this.#stopped,
      depth,
    }
  }

  /** Is every claim broken, and shorter schedules have all been looked at? */
  #isDecided(depth: number): boolean {
    const { claims } = this.#space.judge
    return claims.every(({ kind }, index) => {
      if (kind === 'sometimes') return this.#relaxation !== undefined || this.#reached.has(index)
      return this.#isBroken(index, depth)
    })
  }

  #isBroken(index: number, depth: number): boolean {
    const found = this.#candidates.get(index)
    return found !== undefined && found.cost <= depth
  }

  #openAt(depth: number): number {
    return this.#space.judge.claims.reduce(
      (open, { kind }, index) => (kind === 'invariant' && !this.#isBroken(index, depth) ? open | (1 << index) : open),
      0,
    )
  }

  #expand(number: number, depth: number): void {
    const space = this.#space
    const { ids } = space.layout
    const state = this.#states.at(number, this.#state)
    if (this.#relaxation && !this.#relaxation.mayDecide(state, this.#open)) {
      this.#leftOut++
      return
    }
    for (let p = 0; p < ids.length; p++) {
      for (const move of space.moves(state, p)) {
        const raw = space.after(state, p, move)
        const cost = depth + move.cost
        const judged = space.judged(state, raw, p)
        space.canonical(raw)
        if (judged) this.#note(judged, { cost, before: number, after: raw })
        if (this.#reach(raw, cost, number) !== number) this.#transitions++
        if (this.#transitions % PROGRESS_EVERY === 0 && this.#tells(depth)) return
      }
    }
  }

  #tells(depth: number): boolean {
    this.#stopped ||= this.#limits.onProgress?.(this.#states.count, this.#waiting, depth) === true
    return this.#stopped
  }

  #weigh(state: Int32Array, candidate: Candidate): void {
    this.#note(this.#space.verdicts(state), candidate)
  }

  #note(verdicts: readonly boolean[], { cost, before, after }: Candidate): void {
    for (let index = 0; index < verdicts.length; index++) {
      if (!verdicts[index]) continue
      if (this.#space.judge.claims[index]!.kind === 'sometimes') {
        if (!this.#reached.has(index)) this.#reached.set(index, kept({ cost, before, after }))
        continue
      }
      const known = this.#candidates.get(index)
      if (known && known.cost <= cost) continue
      this.#candidates.set(index, kept({ cost, before, after }))
      this.#stopped ||= this.#limits.untilBroken === true
    }
  }

  /** Comes to a state at a cost. Returns its number. */
  #reach(record: Int32Array, cost: number, before: number): number {
    const count = this.#states.count
    const number = this.#states.add(record)
    const isNew = number === count
    if (isNew && number >= this.#cost.length) {
      this.#cost = grown(this.#cost)
      this.#before = grown(this.#before)
    }
    if (isNew && number >= this.#limits.maxStates) this.#stopped = true
    if (!isNew && this.#cost[number]! <= cost) return number
    this.#cost[number] = cost
    this.#before[number] = before
    this.#buckets[cost] ??= []
    this.#buckets[cost]!.push(number)
    this.#waiting++
    return number
  }

  #ways(found: ReadonlyMap<number, Candidate>): Map<number, Violating> {
    return new Map([...found].map(([claim, candidate]) => [claim, this.#way(candidate)]))
  }

  #way({ cost, before, after }: Candidate): Violating {
    const path: number[] = []
    for (let number = before; number >= 0; number = this.#before[number]!) path.unshift(number)
    return { cost, path, states: this.#states, ...(after ? { after } : {}) }
  }
}

function grown(list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const more = new Int32Array(list.length * 2)
  more.set(list)
  return more
}
