import { canonical, deepFreeze, textOf } from '../model/index.ts'

/** Gives equal values equal numbers. */
export class Interner<T extends object | string | number | boolean | null> {
  readonly values: T[] = []
  readonly #numbers = new Map<string, number>()
  /** By a text that is quickly made, and that different values never share; one value may have several. */
  readonly #quick = new Map<string, number>()
  readonly #seen = new WeakMap<object, number>()
  readonly #textOf: (value: T) => string
  readonly #freezes: boolean
  readonly #quickText: ((value: T) => string) | undefined

  /** `freezes` is false for values that only this program's engines can reach. */
  constructor(
    freezes = true,
    text = (value: T): string => (typeof value === 'object' && value !== null ? textOf(value) : canonical(value)),
    quickText?: (value: T) => string,
  ) {
    this.#quickText = quickText
    this.#freezes = freezes
    this.#textOf = text
  }

  number(value: T): number {
    if (typeof value === 'object' && value !== null) {
      const known = this.#seen.get(value)
      if (known !== undefined) return known
    }
    const quick = this.#quickText?.(value)
    if (quick !== undefined) {
      const known = this.#quick.get(quick)
      if (known !== undefined) return known
    }
    const text = this.#textOf(value)
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.values.length
      this.values.push(this.#freezes ? deepFreeze(value) : value)
      this.#numbers.set(text, number)
    }
    if (quick !== undefined) this.#quick.set(quick, number)
    if (typeof value === 'object' && value !== null) this.#seen.set(value, number)
    return number
  }
}
