import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

const TWO_TO_32 = 4_294_967_296

/** The one stream of dice of a run. The same seed gives the same stream on every machine. */
export class Dice {
  readonly #generator

  constructor(seed: number) {
    // Two rounds of a multiplicative mix, so that neighbouring seeds share nothing; all digits of a seed count.
    const low = seed | 0
    const high = Math.floor(seed / TWO_TO_32) | 0
    const mixed = Math.imul(Math.imul(low ^ 0x9e3779b9, 0x85ebca6b) ^ (high + 0x7f4a7c15), 0xc2b2ae35)
    this.#generator = xoroshiro128plus(mixed ^ (mixed >>> 15))
    // A fresh generator still looks like its seed.
    for (let i = 0; i < 8; i++) this.#generator.next()
  }

  /** A number from 0 up to, but not including, 1: a multiple of 2⁻³². */
  unit(): number {
    return (this.#generator.next() >>> 0) / TWO_TO_32
  }

  /** Does something happen that has this probability? Draws nothing where there is no doubt. */
  happens(probability: number): boolean {
    return probability > 0 && (probability >= 1 || this.unit() < probability)
  }

  /**
   * A standard normal number, by Marsaglia's polar method: it needs `Math.log` and `Math.sqrt` only. The root is
   * correctly rounded everywhere; the logarithm is a port of fdlibm in every build of V8, hence of Node. `Math.cos`,
   * which the better known method of Box and Muller needs, is not: some builds take the platform's. Delays are rounded to
   * whole microseconds besides, so that a last bit would not be seen.
   */
  normal(): number {
    for (;;) {
      const x = 2 * this.unit() - 1
      const y = 2 * this.unit() - 1
      const square = x * x + y * y
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
    }
  }
}
