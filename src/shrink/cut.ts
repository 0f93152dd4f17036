import { type Claim, noException } from '../model/index.ts'

/**
 * Interrupts work that judges a claim again and again, wherever in it that happens: once it is to stop, judging throws.
 * Whoever asked for the work keeps what it had before.
 */
export class Cut {
  /** The claim, judged by this work. */
  readonly claim: Claim<any>
  readonly #stop: () => boolean
  #isOver = false

  constructor(claim: Claim<any>, stop: () => boolean = () => false) {
    this.#stop = stop
    // Engines judge it by themselves, and take no other claim of its name.
    if (claim.kind === 'sometimes' || claim === noException) {
      this.claim = claim
      return
    }
    const broken = (...seen: [any, any]): string | undefined => {
      if (this.isOver()) throw new Error('cut off')
      return claim.broken(...seen)
    }
    this.claim = { ...claim, broken } as Claim<any>
  }

  isOver(): boolean {
    this.#isOver ||= this.#stop()
    return this.#isOver
  }

  /** What the work comes to, or `otherwise` where it is cut off. */
  do<T>(work: () => T, otherwise: T): T {
    if (this.isOver()) return otherwise
    try {
      return work()
    } catch (error) {
      if (!this.#isOver) throw error
      return otherwise
    }
  }
}
