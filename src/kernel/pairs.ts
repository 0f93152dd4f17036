/** Slots at first; always a power of two. */
const SLOTS = 1_024
/** Numbers for each slot: the pair, and what is known of it, twice, with 1 added. */
const WIDTH = 4

/** A number from 0 on, or two, for each pair of numbers for which one was put in: a map without objects. */
export class Pairs {
  #slots = new Int32Array(WIDTH * SLOTS)
  #size = 0

  /** −1 where nothing was put in. */
  get(one: number, other: number): number {
    return this.#slots[this.#find(one, other) + 2]! - 1
  }

  set(one: number, other: number, value: number): void {
    const at = this.#find(one, other)
    if (this.#slots[at + 2] === 0) this.#size++
    this.#slots[at] = one
    this.#slots[at + 1] = other
    this.#slots[at + 2] = value + 1
    if (2 * WIDTH * this.#size > this.#slots.length) this.#grow()
  }

  /** The second number of a pair for which a first one was put in. */
  second(one: number, other: number): number {
    return this.#slots[this.#find(one, other) + 3]! - 1
  }

  setSecond(one: number, other: number, value: number): void {
    this.#slots[this.#find(one, other) + 3] = value + 1
  }

  clear(): void {
    this.#slots = new Int32Array(WIDTH * SLOTS)
    this.#size = 0
  }

  /** Where a pair is, or would be. */
  #find(one: number, other: number): number {
    const slots = this.#slots
    const last = slots.length / WIDTH - 1
    let hash = Math.imul(one, 0x9e3779b1) ^ Math.imul(other, 0x85ebca6b)
    hash ^= hash >>> 15
    let slot = hash & last
    while (slots[WIDTH * slot + 2] !== 0 && (slots[WIDTH * slot] !== one || slots[WIDTH * slot + 1] !== other)) {
      slot = (slot + 1) & last
    }
    return WIDTH * slot
  }

  #grow(): void {
    const known = this.#slots
    this.#slots = new Int32Array(2 * known.length)
    for (let at = 0; at < known.length; at += WIDTH) {
      if (known[at + 2] === 0) continue
      const into = this.#find(known[at]!, known[at + 1]!)
      this.#slots[into] = known[at]!
      this.#slots[into + 1] = known[at + 1]!
      this.#slots[into + 2] = known[at + 2]!
      this.#slots[into + 3] = known[at + 3]!
    }
  }
}
