/** A set of records of 32-bit words, numbered in the order in which they were added. */
export class States {
  readonly #words: number
  #records: Int32Array
  /** Pairs of a record's hash and its number, which is one more here; or of nothing. */
  #slots: Int32Array
  #count = 0

  constructor(words: number) {
    this.#words = words
    this.#records = new Int32Array(words * 1_024)
    this.#slots = new Int32Array(8_192)
  }

  get count(): number {
    return this.#count
  }

  /** The record with a number. Valid until the next `add`. */
  at(number: number): Int32Array {
    return this.#records.subarray(number * this.#words, (number + 1) * this.#words)
  }

  /** Copies the record with a number to a place in a list. */
  read(number: number, into: Int32Array, offset: number): void {
    const from = number * this.#words
    for (let i = 0; i < this.#words; i++) into[offset + i] = this.#records[from + i]!
  }

  /** Is the record with a number what stands at a place in a list? */
  isAt(number: number, list: Int32Array, offset: number): boolean {
    const [from, words, records] = [number * this.#words, this.#words, this.#records]
    if (number >= this.#count) return false
    for (let i = 0; i < words; i++) if (records[from + i] !== list[offset + i]) return false
    return true
  }

  /** The number of the record at a place in a list, added if it is new. */
  add(list: Int32Array, offset = 0): number {
    const hash = this.#hash(list, offset)
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = (hash << 1) & mask
    for (let known = slots[slot + 1]!; known !== 0; known = slots[slot + 1]!) {
      if (slots[slot] === hash && this.isAt(known - 1, list, offset)) return known - 1
      slot = (slot + 2) & mask
    }
    if ((this.#count + 1) * this.#words > this.#records.length) {
      const more = new Int32Array(this.#records.length * 2)
      more.set(this.#records)
      this.#records = more
    }
    for (let i = 0, to = this.#count * this.#words; i < this.#words; i++) this.#records[to + i] = list[offset + i]!
    this.#count++
    slots[slot] = hash
    slots[slot + 1] = this.#count
    if (this.#count * 4 > slots.length) this.#grow()
    return this.#count - 1
  }

  #hash(list: Int32Array, offset: number): number {
    let hash = 0x811c9dc5
    for (let i = offset, end = offset + this.#words; i < end; i++) {
      hash = Math.imul(hash ^ list[i]!, 0x01000193)
      hash ^= hash >>> 15
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
    return hash ^ (hash >>> 16)
  }

  #grow(): void {
    const before = this.#slots
    const slots = new Int32Array(before.length * 2)
    const mask = slots.length - 1
    for (let i = 0; i < before.length; i += 2) {
      if (before[i + 1] === 0) continue
      let slot = (before[i]! << 1) & mask
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask
      slots[slot] = before[i]!
      slots[slot + 1] = before[i + 1]!
    }
    this.#slots = slots
  }
}

/**
 * Global states, numbered in the order in which they were added. There are few different blocks of words, one for each
 * participant, in many states: a state is kept as the numbers of its blocks.
 */
export class GlobalStates {
  readonly #blocks: States
  readonly #states: States
  readonly #count: number
  readonly #stride: number
  readonly #words: number
  readonly #record: Int32Array

  constructor({
    ids,
    stride,
    words,
  }: { readonly ids: readonly unknown[]; readonly stride: number; readonly words: number }) {
    this.#count = ids.length
    this.#stride = stride
    this.#words = words
    this.#blocks = new States(stride)
    this.#record = new Int32Array(ids.length + words - ids.length * stride)
    this.#states = new States(this.#record.length)
  }

  get count(): number {
    return this.#states.count
  }

  /** A copy of the state with a number. */
  at(number: number, state: Int32Array = new Int32Array(this.#words)): Int32Array {
    const record = this.#states.at(number)
    for (let p = 0; p < this.#count; p++) this.#blocks.read(record[p]!, state, p * this.#stride)
    for (let i = this.#count; i < record.length; i++) state[this.#count * (this.#stride - 1) + i] = record[i]!
    return state
  }

  /** Equal numbers for participants of whom a state says the same. */
  blocksOf(number: number): Int32Array {
    return this.#states.at(number)
  }

  /** The number of a state, added if it is new. */
  add(state: Int32Array): number {
    const record = this.#record
    const [count, stride] = [this.#count, this.#stride]
    for (let p = 0; p < count; p++) {
      // One step changes few of them: most are what they were in the state before.
      if (!this.#blocks.isAt(record[p]!, state, p * stride)) record[p] = this.#blocks.add(state, p * stride)
    }
    for (let i = count; i < record.length; i++) record[i] = state[count * (stride - 1) + i]!
    return this.#states.add(record)
  }
}
