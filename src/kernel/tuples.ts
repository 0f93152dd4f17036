import { Numbers } from './bits.ts'

/** Slots at first; always a power of two. */
const SLOTS = 1_024

/** Numbers for lists of small numbers: equal lists get one. Put together in `list`, so that asking makes nothing new. */
export class Tuples {
  /** What `number` is asked about. */
  readonly list = new Numbers()
  /** Every list that was met, one after another, each behind its length. */
  readonly #all = new Numbers()
  /** By number, where it begins. */
  readonly #begins: number[] = []
  /** Numbers above 0, by hash; 0 where there is none. */
  #slots = new Int32Array(SLOTS)

  get size(): number {
    return this.#begins.length
  }

  /** The number of `list`: below `size`, or as large where it has not been met before. */
  number(): number {
    let slot = this.#hash() & (this.#slots.length - 1)
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#isAt(this.#begins[found - 1]!)) return found - 1
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    this.#begins.push(this.#all.length)
    this.#all.push(this.list.length)
    for (let i = 0; i < this.list.length; i++) this.#all.push(this.list.values[i]!)
    this.#slots[slot] = this.#begins.length
    if (2 * this.#begins.length > this.#slots.length) this.#grow()
    return this.#begins.length - 1
  }

  clear(): void {
    this.#all.clear()
    this.#begins.length = 0
    this.#slots = new Int32Array(SLOTS)
  }

  #isAt(begin: number): boolean {
    const { values, length } = this.list
    const all = this.#all.values
    if (all[begin] !== length) return false
    for (let i = 0; i < length; i++) if (all[begin + 1 + i] !== values[i]) return false
    return true
  }

  #hash(): number {
    const { values, length } = this.list
    let hash = length
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ values[i]!, 0x9e3779b1) ^ (hash >>> 15)
    return hash ^ (hash >>> 16)
  }

  #grow(): void {
    const { length } = this.list
    const known = this.list.save()
    this.#slots = new Int32Array(2 * this.#slots.length)
    for (let number = 0; number < this.#begins.length; number++) {
      const begin = this.#begins[number]!
      this.list.restore(this.#all.values.subarray(begin + 1, begin + 1 + this.#all.values[begin]!))
      let slot = this.#hash() & (this.#slots.length - 1)
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1)
      this.#slots[slot] = number + 1
    }
    this.list.restore(known)
    this.list.length = length
  }
}
