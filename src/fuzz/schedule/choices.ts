import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/**
 * The one stream of small choices that drives schedule, network and adversary of a run. A run is a function of its
 * setting and this stream: the same choices give the same run.
 */
export interface Choices {
  /** A number from 0 up to, but not including, `count`, which is at least 1. */
  below(count: number): number
}

/** Choices drawn from a seed. The same seed and run number give the same stream on every machine. */
export function drawnChoices(seed: number, run: number): Choices {
  return new Drawn(seed, run)
}

class Drawn implements Choices {
  readonly #generator: ReturnType<typeof xoroshiro128plus>

  constructor(seed: number, run: number) {
    // Two rounds of a multiplicative mix, so that neighbouring seeds and runs share nothing.
    const mixed = Math.imul(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (run + 0x7f4a7c15), 0xc2b2ae35)
    this.#generator = xoroshiro128plus(mixed ^ (mixed >>> 15) ^ Math.imul(run, 0x27d4eb2f))
    // A fresh generator still looks like its seed.
    for (let i = 0; i < 8; i++) this.#generator.next()
  }

  below(count: number): number {
    if (count <= 1) return 0
    // The upper bits of one draw are enough, and twice as fast, where the bias of at most 2⁻¹⁶ cannot be seen.
    if (count <= 65_536) return Math.floor(((this.#generator.next() >>> 0) / 4_294_967_296) * count)
    return uniformInt(this.#generator, 0, count - 1)
  }
}
