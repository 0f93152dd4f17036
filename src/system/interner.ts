import { canonicalValue, plainText } from '../model/index.ts'

type Value = object | string | number | boolean | null

/** Gives equal values equal numbers. */
export class Interner<T extends Value> {
  readonly values: T[] = []
  readonly #numbers = new Map<string, number>()
  readonly #seen = new WeakMap<object, number>()
  readonly #textOf: ((value: T) => string) | undefined

  /** @param textOf equal texts for equal values; without it, values are JSON, and are kept in canonical form */
  constructor(textOf?: (value: T) => string) {
    this.#textOf = textOf
  }

  number(value: T): number {
    const isObject = typeof value === 'object' && value !== null
    if (isObject) {
      const known = this.#seen.get(value)
      if (known !== undefined) return known
    }
    const kept = this.#textOf ? value : canonicalValue(value, 'a value')
    const text = this.#textOf?.(value) ?? (isObject ? plainText(kept as object) : JSON.stringify(kept))
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.values.length
      this.values.push(kept)
      this.#numbers.set(text, number)
    }
    if (isObject) this.#seen.set(value, number)
    return number
  }
}
