import { appended } from '../model/index.ts'
import type { Leaf } from '../system/index.ts'

/** The outputs and notes of one participant so far. The same object wherever they are the same. */
export class Record {
  readonly number: number
  /** By output number, in order; of equal ones as many as the setting distinguishes. */
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  /** What groups of claims see of it, as numbers of theirs. */
  readonly views: number[] = []
  readonly next = new Map<Pick<Leaf, 'outputs' | 'notes'>, Record>()

  constructor(number: number, outputs: readonly number[], notes: readonly number[]) {
    this.number = number
    this.outputs = outputs
    this.notes = notes
  }
}

/** All records that were met. */
export class Records {
  readonly empty = new Record(0, [], [])
  readonly #known = new Map<string, Record>([['|', this.empty]])
  readonly #counts: number

  constructor(counts: number) {
    this.#counts = counts
  }

  /** The record after a reaction; the very record where the reaction outputs nothing new. */
  after(record: Record, leaf: Pick<Leaf, 'outputs' | 'notes'>): Record {
    if (leaf.outputs.length + leaf.notes.length === 0) return record
    let next = record.next.get(leaf)
    if (!next) {
      const outputs = appended(record.outputs, leaf.outputs, this.#counts)
      const notes = appended(record.notes, leaf.notes, this.#counts)
      const key = `${outputs}|${notes}`
      next = this.#known.get(key) ?? new Record(this.#known.size, outputs, notes)
      this.#known.set(key, next)
      record.next.set(leaf, next)
    }
    return next
  }
}
