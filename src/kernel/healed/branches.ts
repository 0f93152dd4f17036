/** Goes through all ways in which the choices of something can fall. It is done again for each, from its beginning. */
export class Branches {
  readonly #taken: number[] = []
  readonly #of: number[] = []
  #next = 0

  /** One of so many. */
  choose(of: number): number {
    if (this.#next === this.#taken.length) {
      this.#taken.push(0)
      this.#of.push(of)
    }
    return this.#taken[this.#next++]!
  }

  /** Back to the beginning. Says whether there is a way that was not gone yet, which is gone now. */
  turn(): boolean {
    this.#next = 0
    for (let last = this.#taken.length - 1; last >= 0; last--) {
      if (++this.#taken[last]! < this.#of[last]!) return true
      this.#taken.pop()
      this.#of.pop()
    }
    return false
  }
}
