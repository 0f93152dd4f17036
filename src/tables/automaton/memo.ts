import { States } from './states.ts'

/** What was worked out of a few words, by these. */
export class Memo<T> {
  /** To be filled before a look. */
  readonly key: Int32Array
  /** By number of a key. */
  readonly values: T[] = []
  #keys: States
  readonly #most: number
  #last = 0

  /** @param most so many are remembered, before all of them are forgotten */
  constructor(words: number, most = Number.POSITIVE_INFINITY) {
    this.key = new Int32Array(words)
    this.#keys = new States(words)
    this.#most = most
  }

  /** The number of what stands in `key`: until something else is looked for. */
  number(): number {
    if (this.#keys.count >= this.#most) {
      this.#keys = new States(this.key.length)
      this.values.length = 0
    }
    // Often it is what was looked for last.
    if (!this.#keys.isAt(this.#last, this.key, 0)) this.#last = this.#keys.add(this.key)
    return this.#last
  }
}
