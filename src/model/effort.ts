/**
 * Work that may still be done. It is counted in small steps that are the same on any machine, such as one message that is
 * looked at: what is refused here is refused everywhere, however quick the machine is.
 */
export class Effort {
  readonly #refusal: () => Error
  #left: number

  /** @param refusal what is thrown once more is spent than there is */
  constructor(most: number, refusal: () => Error) {
    this.#left = most
    this.#refusal = refusal
  }

  /** How much is left; negative once too much was spent. */
  get left(): number {
    return this.#left
  }

  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw this.#refusal()
  }
}
