import type { Io } from './io.ts'

/** How much of the memory may be in use, and for how many milliseconds on end: before it is swept, much of it is waste. */
const FULL = 0.8
const FULL_FOR = 3_000

/** When searches are to end, whether they are done or not: one if the memory is full, all of them if the time is up. */
export class SearchEnd {
  readonly #io: Io
  readonly #until: number
  #isTimeUp = false
  #isFull = false
  #isCancelled = false
  #wasFull = false
  #fullSince: number | undefined

  /** @param until as `now` counts */
  constructor(io: Io, until: number) {
    this.#io = io
    this.#until = until
  }

  /** What ended a search. */
  get by(): 'signal' | 'time' | 'memory' | null {
    if (this.#isCancelled) return 'signal'
    return this.#isTimeUp ? 'time' : this.#wasFull ? 'memory' : null
  }

  /** May another search begin? What the last one has filled is free by then. */
  next(): boolean {
    this.#isFull = false
    this.#fullSince = undefined
    return !this.isOver()
  }

  /** Is the present search over? Asked now and then. */
  isOver(): boolean {
    const at = this.#io.now()
    this.#isCancelled ||= this.#io.cancelled?.() === true
    this.#isTimeUp ||= at >= this.#until
    if ((this.#io.memoryInUse?.() ?? 0) <= FULL) this.#fullSince = undefined
    else this.#fullSince ??= at
    this.#isFull ||= this.#fullSince !== undefined && at - this.#fullSince >= FULL_FOR
    this.#wasFull ||= this.#isFull
    return this.#isTimeUp || this.#isFull || this.#isCancelled
  }
}
