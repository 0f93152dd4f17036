export { bits } from '../model/index.ts'

/** Number of the lowest set bit; the mask has one. */
export function lowest(mask: number): number {
  return 31 - Math.clz32(mask & -mask)
}

/** Masks have room for so many participants, one bit each: a message and its sender are one number. */
export const SENDERS = 32

/** The same numbers, with room for at least so many: it doubles. */
function longer(values: Int32Array, least: number): Int32Array {
  const more = new Int32Array(Math.max(least, 2 * values.length))
  more.set(values)
  return more
}

/** Up to so many numbers a loop is faster than a call. */
const FEW = 64

function erase(values: Int32Array | Uint32Array, count = values.length): void {
  if (count > FEW) values.fill(0, 0, count)
  else for (let i = 0; i < count; i++) values[i] = 0
}

function copy(from: Int32Array | Uint32Array, into: Int32Array | Uint32Array): void {
  if (from.length > FEW) into.set(from)
  else for (let i = 0; i < from.length; i++) into[i] = from[i]!
}

/** The same numbers without what is 0 at the end. */
function trimmed<T extends Int32Array | Uint32Array>(values: T): T {
  let length = values.length
  while (length > 0 && values[length - 1] === 0) length--
  return values.slice(0, length) as T
}

/** A list of small numbers for each message or envelope; it grows, and what is not there is 0. */
export class Masks {
  values: Int32Array = new Int32Array(16)

  get(index: number): number {
    return index < this.values.length ? this.values[index]! : 0
  }

  or(index: number, mask: number): void {
    if (index >= this.values.length) this.values = longer(this.values, index + 1)
    this.values[index]! |= mask
  }

  /** @param count only so many of the first are not 0 */
  reset(count = this.values.length): void {
    erase(this.values, Math.min(count, this.values.length))
  }

  save(): Int32Array {
    return trimmed(this.values)
  }

  /** Takes over what was saved. Nothing is in it. */
  restore(saved: Int32Array): void {
    if (saved.length > this.values.length) this.values = saved.slice()
    else copy(saved, this.values)
  }

  /** Makes it 0 again, or what it was before. */
  clear(index: number, before = 0): void {
    if (index < this.values.length) this.values[index] = before
  }
}

/** A set of small numbers that grows. */
export class BitSet {
  #words = new Uint32Array(4)

  add(number: number): void {
    const word = number >>> 5
    if (word >= this.#words.length) {
      const more = new Uint32Array(Math.max(word + 1, 2 * this.#words.length))
      more.set(this.#words)
      this.#words = more
    }
    this.#words[word]! |= 1 << (number & 31)
  }

  clear(): void {
    erase(this.#words)
  }

  save(): Uint32Array {
    return trimmed(this.#words)
  }

  /** Takes over what was saved. Nothing is in it. */
  restore(saved: Uint32Array): void {
    if (saved.length > this.#words.length) this.#words = saved.slice()
    else copy(saved, this.#words)
  }

  has(number: number): boolean {
    const word = this.#words[number >>> 5]
    return word !== undefined && (word & (1 << (number & 31))) !== 0
  }

  /** Is everything in it in the other set, too? */
  isWithin(other: BitSet): boolean {
    const mine = this.#words
    const theirs = other.#words
    for (let i = 0; i < mine.length; i++) {
      if ((mine[i]! & ~(i < theirs.length ? theirs[i]! : 0)) !== 0) return false
    }
    return true
  }

  /** What is in it and not in the other set, ascending. */
  without(other: BitSet): number[] {
    const found: number[] = []
    for (let i = 0; i < this.#words.length; i++) {
      const theirs = i < other.#words.length ? other.#words[i]! : 0
      for (let left = this.#words[i]! & ~theirs; left !== 0; left &= left - 1) found.push(i * 32 + lowest(left))
    }
    return found
  }
}

/** A list of small numbers that is filled again and again. */
export class Numbers {
  values: Int32Array = new Int32Array(16)
  length = 0

  push(number: number): void {
    if (this.length === this.values.length) this.values = longer(this.values, this.length + 1)
    this.values[this.length++] = number
  }

  /** Takes off the last one; there is one. */
  pop(): number {
    this.length--
    return this.values[this.length]!
  }

  includes(number: number): boolean {
    for (let i = 0; i < this.length; i++) if (this.values[i] === number) return true
    return false
  }

  clear(): void {
    this.length = 0
  }

  save(): Int32Array {
    return this.values.slice(0, this.length)
  }

  restore(saved: Int32Array): void {
    if (saved.length > this.values.length) this.values = new Int32Array(2 * saved.length)
    copy(saved, this.values)
    this.length = saved.length
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.values[i]!
  }
}
