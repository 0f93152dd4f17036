/** Processes that are kept for a program that keeps its state: as many as replicas whose runs are gone through in turn. */
const MOST_STANDING = 8

/** Where the processes of a program stand that keeps its state: what goes on from there needs not be told all before it. */
export class Standing {
  /** Seats by where their process stands; what was used last comes last. */
  readonly #seats = new Map<string, string>()
  readonly #free = Array.from({ length: MOST_STANDING }, (_, i) => `0.${i}`)

  /** A seat to ask in. Until `put`, nobody stands there. */
  take(where: string): { readonly seat: string; readonly isThere: boolean } {
    const there = this.#seats.get(where)
    if (there !== undefined) {
      this.#seats.delete(where)
      return { seat: there, isThere: true }
    }
    const free = this.#free.shift()
    if (free !== undefined) return { seat: free, isThere: false }
    const [longest, seat] = this.#seats.entries().next().value as [string, string]
    this.#seats.delete(longest)
    return { seat, isThere: false }
  }

  /** The process in a seat stands here now; without a place, it has to be told all. */
  put(seat: string, where: string | undefined): void {
    if (where === undefined || this.#seats.has(where)) this.#free.unshift(seat)
    else this.#seats.set(where, seat)
  }
}
