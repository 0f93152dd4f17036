import type { Leaf } from '../system/index.ts'

/** The outputs and notes of one participant so far. The same object wherever they are the same. */
export class Record {
  readonly number: number
  /** By output number, in order; equal ones at most twice. */
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  readonly next = new Map<string, Record>()

  constructor(number: number, outputs: readonly number[], notes: readonly number[]) {
    this.number = number
    this.outputs = outputs
    this.notes = notes
  }
}

function appended(list: readonly number[], items: readonly number[]): readonly number[] {
  let result = list
  for (const item of items) if (result.filter((other) => other === item).length < 2) result = [...result, item]
  return result
}

/** All records that were met. */
export class Records {
  readonly empty = new Record(0, [], [])
  readonly #known = new Map<string, Record>([['|', this.empty]])

  /** The record after a reaction; the very record where the reaction puts out nothing new. */
  after(record: Record, { outputs, notes }: Pick<Leaf, 'outputs' | 'notes'>): Record {
    if (outputs.length + notes.length === 0) return record
    const step = `${outputs}|${notes}`
    let next = record.next.get(step)
    if (!next) {
      const [all, more] = [appended(record.outputs, outputs), appended(record.notes, notes)]
      const key = `${all}|${more}`
      next = this.#known.get(key) ?? new Record(this.#known.size, all, more)
      this.#known.set(key, next)
      record.next.set(step, next)
    }
    return next
  }
}
