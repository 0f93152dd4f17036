import { asCanonical, deepFreeze, plainText } from '../model/index.ts'

type Value = object | string | number | boolean | null

/** Gives equal values equal numbers. Values are canonical, or have a text of their own. */
export class Interner<T extends Value> {
  readonly values: T[] = []
  readonly #numbers = new Map<string, number>()
  readonly #seen = new WeakMap<object, number>()
  readonly #textOf: ((value: T) => string) | undefined

  /** @param textOf equal texts for equal values; without it, values are canonical JSON */
  constructor(textOf?: (value: T) => string) {
    this.#textOf = textOf
  }

  /** @param known a text for it that is no other's, where it is quickly made */
  number(value: T, known?: string): number {
    const isObject = typeof value === 'object' && value !== null
    if (isObject) {
      const seen = this.#seen.get(value)
      if (seen !== undefined) return seen
    }
    const text = known ?? this.#textOf?.(value) ?? (isObject ? plainText(value) : JSON.stringify(value))
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.values.length
      this.values.push(isObject && !this.#textOf ? asCanonical(deepFreeze(value)) : value)
      this.#numbers.set(text, number)
    }
    if (isObject && known === undefined) this.#seen.set(value, number)
    return number
  }
}
