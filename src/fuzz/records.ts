import { appended } from '../model/index.ts'
import type { Leaf } from '../system/index.ts'

/** The outputs and notes of one participant so far. The same object wherever they are the same. */
export class Record {
  readonly number: number
  /** By output number, in order; of equal ones as many as the setting tells apart. */
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  readonly next = new Map<string, Record>()

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

  /** The record after a reaction; the very record where the reaction puts out nothing new. */
  after(record: Record, { outputs, notes }: Pick<Leaf, 'outputs' | 'notes'>): Record {
    if (outputs.length + notes.length === 0) return record
    const step = `${outputs}|${notes}`
    let next = record.next.get(step)
    if (!next) {
      const all = appended(record.outputs, outputs, this.#counts)
      const more = appended(record.notes, notes, this.#counts)
      const key = `${all}|${more}`
      next = this.#known.get(key) ?? new Record(this.#known.size, all, more)
      this.#known.set(key, next)
      record.next.set(step, next)
    }
    return next
  }
}
