/** A set of records of 32-bit words, numbered in the order in which they were added. */
export class States {
  readonly #words: number
  #records: Int32Array
  #slots: Int32Array
  #count = 0

  constructor(words: number) {
    this.#words = words
    this.#records = new Int32Array(words * 1_024)
    this.#slots = new Int32Array(4_096)
  }

  get count(): number {
    return this.#count
  }

  /** The record with a number. Valid until the next `add`. */
  at(number: number): Int32Array {
    return this.#records.subarray(number * this.#words, (number + 1) * this.#words)
  }

  /** The number of a record, added if it is new. */
  add(record: Int32Array): number {
    const slot = this.#slotOf(record)
    const known = this.#slots[slot]!
    if (known !== 0) return known - 1
    if ((this.#count + 1) * this.#words > this.#records.length) {
      const more = new Int32Array(this.#records.length * 2)
      more.set(this.#records)
      this.#records = more
    }
    this.#records.set(record, this.#count * this.#words)
    this.#count++
    this.#slots[slot] = this.#count
    if (this.#count * 2 > this.#slots.length) this.#rehash()
    return this.#count - 1
  }

  #slotOf(record: Int32Array): number {
    const mask = this.#slots.length - 1
    let hash = 0x811c9dc5
    for (let i = 0; i < this.#words; i++) {
      hash = Math.imul(hash ^ record[i]!, 0x01000193)
      hash ^= hash >>> 15
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
    let slot = (hash ^ (hash >>> 16)) & mask
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#equals(this.#slots[slot]! - 1, record)) break
    }
    return slot
  }

  #equals(number: number, record: Int32Array): boolean {
    const from = number * this.#words
    for (let i = 0; i < this.#words; i++) if (this.#records[from + i] !== record[i]) return false
    return true
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let number = 0; number < this.#count; number++) this.#slots[this.#slotOf(this.at(number))] = number + 1
  }
}
