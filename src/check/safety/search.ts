/**
 * A* (Hart, Nilsson and Raphael, "A formal basis for the heuristic determination of minimum cost paths", 1968): states in
 * the order of the number of steps that lead to them and of those that it takes at least from there to break a claim, so
 * that the first violation of a claim is a shortest one. Without an estimate, that is uniform-cost search.
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
  /** States that were not gone on from: no claim can break any more, or not in time. */
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

/** Steps that no schedule has. */
const NEVER = 1_000_000_000

/**
 * @param relaxation estimates how far it is to a violation, and tells which states need not be gone on from; what only
 *   guards reach may then be left out
 */
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
  /** One more than the cost at which a state was gone on from last. */
  #expanded = new Int32Array(1_024)
  /** What was estimated of a state, and for which claims: one more than their bits. */
  #estimates = new Int32Array(1_024)
  #estimated = new Int32Array(1_024)
  readonly #buckets: number[][] = []
  readonly #candidates = new Map<number, Candidate>()
  readonly #reached = new Map<number, Candidate>()
  readonly #relaxation: Relaxation | undefined
  /** Claims that a search at the present depth is still for, as bits. */
  #open = 0
  /** States that were gone on from. */
  #gone = 0
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
    this.#reach(initial, 0, -1, 0)
    let depth = 0
    for (; depth < this.#buckets.length && !this.#stopped && !this.#isDecided(depth); depth++) {
      const bucket = this.#buckets[depth] ?? []
      this.#open = this.#openAt(depth)
      for (let i = 0; i < bucket.length && !this.#stopped; i++) {
        const number = bucket[i]!
        this.#waiting--
        this.#look(number, depth)
      }
      this.#buckets[depth] = []
    }
    return {
      states: this.#states,
      transitions: this.#transitions,
      leftOut: this.#states.count - this.#gone,
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

  /** Goes on from a state, unless it takes more steps from there to break a claim than it was looked at for. */
  #look(number: number, depth: number): void {
    const cost = this.#cost[number]!
    if (this.#expanded[number] === cost + 1) return
    const state = this.#states.at(number, this.#state)
    const left = this.#left(state, number)
    if (cost + left <= depth) {
      if (this.#expanded[number] === 0) this.#gone++
      this.#expanded[number] = cost + 1
      this.#expand(state, number, cost, depth)
    } else if (left < NEVER) this.#wait(number, cost + left)
  }

  /** How many steps a claim is away at least, after the next one. It was asked before, mostly, for the same claims. */
  #left(state: Int32Array, number: number): number {
    if (!this.#relaxation) return 0
    const asked = (this.#open + 1) | 0
    if (this.#estimated[number] !== asked) {
      this.#estimated[number] = asked
      this.#estimates[number] = Math.min(NEVER, this.#relaxation.stepsTo(state, this.#open) - 1)
    }
    return this.#estimates[number]!
  }

  #expand(state: Int32Array, number: number, before: number, depth: number): void {
    const space = this.#space
    const { ids } = space.layout
    for (let p = 0; p < ids.length; p++) {
      for (const move of space.moves(state, p)) {
        const raw = space.after(state, p, move)
        const cost = before + move.cost
        const judged = space.judged(state, raw, p)
        space.canonical(raw)
        if (judged) this.#note(judged, { cost, before: number, after: raw })
        if (this.#reach(raw, cost, number, depth) !== number) this.#transitions++
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
  #reach(record: Int32Array, cost: number, before: number, depth: number): number {
    const count = this.#states.count
    const number = this.#states.add(record)
    const isNew = number === count
    if (isNew && number >= this.#cost.length) {
      this.#cost = grown(this.#cost)
      this.#before = grown(this.#before)
      this.#expanded = grown(this.#expanded)
      this.#estimates = grown(this.#estimates)
      this.#estimated = grown(this.#estimated)
    }
    if (isNew && number >= this.#limits.maxStates) this.#stopped = true
    if (!isNew && this.#cost[number]! <= cost) return number
    this.#cost[number] = cost
    this.#before[number] = before
    this.#wait(number, Math.max(cost, depth))
    return number
  }

  #wait(number: number, depth: number): void {
    this.#buckets[depth] ??= []
    this.#buckets[depth]!.push(number)
    this.#waiting++
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
