import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Random choices, the same for the same seed. */
export class Draw {
  readonly #source
  readonly #aside
  constructor(seed: number) {
    this.#source = xoroshiro128plus(seed | 0)
    this.#aside = xoroshiro128plus(~seed)
    // Neighbouring seeds begin alike; a few numbers later they do not.
    for (let i = 0; i < 4; i++) uniformInt(this.#source, 0, 1)
  }

  /** A whole number from 0 up to, but not including, `below`. */
  below(below: number): number {
    return uniformInt(this.#source, 0, below - 1)
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.below(100) < share
  }

  /** The same, beside all that is drawn otherwise: what is declared so leaves a protocol what it was. */
  aside(share: number): boolean {
    return uniformInt(this.#aside, 0, 99) < share
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from')
    return list[this.below(list.length)]!
  }

  /** One of several, by weight. */
  weighted<T>(list: readonly (readonly [number, T])[]): T {
    let left = this.below(list.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, one] of list) {
      left -= weight
      if (left < 0) return one
    }
    throw new Error('weights do not add up')
  }

  /** Between so many and so many different ones, in random order. */
  some<T>(list: readonly T[], least: number, most: number): T[] {
    const left = [...list]
    const taken: T[] = []
    const count = Math.min(left.length, this.between(least, most))
    while (taken.length < count) taken.push(...left.splice(this.below(left.length), 1))
    return taken
  }
}
