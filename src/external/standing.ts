/** Processes that are kept for a program that keeps its state: as many as replicas whose runs are gone through in turn. */
const MOST_STANDING = 8

/** Where the processes of a program stand that keeps its state: what goes on from there needs not be told all before it. */
export class Standing {
  /** Instances by where their process stands; what was used last comes last. */
  readonly #instances = new Map<string, string>()
  readonly #free = Array.from({ length: MOST_STANDING }, (_, i) => `0.${i}`)

  /** An instance to ask in. Until `put`, nobody stands there. */
  take(where: string): { readonly instance: string; readonly isThere: boolean } {
    const there = this.#instances.get(where)
    if (there !== undefined) {
      this.#instances.delete(where)
      return { instance: there, isThere: true }
    }
    const free = this.#free.shift()
    if (free !== undefined) return { instance: free, isThere: false }
    const [longest, instance] = this.#instances.entries().next().value as [string, string]
    this.#instances.delete(longest)
    return { instance, isThere: false }
  }

  /** The process in an instance stands here now; without a place, it has to be told all. */
  put(instance: string, where: string | undefined): void {
    if (where === undefined || this.#instances.has(where)) this.#free.unshift(instance)
    else this.#instances.set(where, instance)
  }
}
