import type { Changes, Looked, Missed } from './footprint.ts'

interface Sleeper<V> {
  readonly value: V
  readonly places: Set<string>
  readonly missed: readonly Missed[]
}

/**
 * What is known to do nothing as long as a state stays as it is in some places: looked at again only when one of them
 * has changed.
 */
export class Dormant<K, V> {
  readonly #sleepers = new Map<K, Sleeper<V>>()
  readonly #byPlace = new Map<string, Set<K>>()
  /** Who has searched a list in vain. */
  readonly #byList = new Map<string, Set<K>>()

  get(key: K): V | undefined {
    return this.#sleepers.get(key)?.value
  }

  sleep(key: K, value: V, { places, missed }: Looked): void {
    this.#sleepers.set(key, { value, places: new Set(places), missed })
    for (const place of places) note(this.#byPlace, place, key)
    for (const { path } of missed) note(this.#byList, path, key)
  }

  /** The state has changed. */
  wake({ places, grown }: Changes): void {
    for (const place of places) {
      for (const key of this.#byPlace.get(place) ?? []) this.#sleepers.delete(key)
      this.#byPlace.delete(place)
    }
    for (const [path, { list, from }] of grown) {
      for (const key of this.#byList.get(path) ?? []) {
        const sleeper = this.#sleepers.get(key)
        const searches = sleeper?.missed.filter((one) => one.path === path) ?? []
        if (searches.length === 0) this.#byList.get(path)!.delete(key)
        for (let i = from; i < list.length; i++) {
          for (const one of searches) if (!this.#isNone(key, one.isNoneOf(list[i]!, i), `${path}\n${i}`)) break
        }
      }
    }
  }

  /** Does a new item of a list leave a sleeper asleep? Only if nothing else was looked at that was not known. */
  #isNone(key: K, looked: ReadonlySet<string> | undefined, item: string): boolean {
    const sleeper = this.#sleepers.get(key)
    if (!sleeper) return false
    const isKnown = (place: string): boolean =>
      sleeper.places.has(place) || place === item || place.startsWith(`${item}\n`)
    if (!looked || ![...looked].every(isKnown)) {
      this.#sleepers.delete(key)
      return false
    }
    for (const place of looked) {
      sleeper.places.add(place)
      note(this.#byPlace, place, key)
    }
    return true
  }
}

function note<K>(keys: Map<string, Set<K>>, place: string, key: K): void {
  const known = keys.get(place)
  if (known) known.add(key)
  else keys.set(place, new Set([key]))
}
