/** Something by key: a `Map`, or a `WeakMap`. */
interface Keyed<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): unknown
}

/** What is known by a key; where nothing is, it is made, and known from then on. */
export function remembered<K, V>(known: Keyed<K, V>, key: K, make: () => NoInfer<V>): V {
  let value = known.get(key)
  if (value === undefined) {
    value = make()
    known.set(key, value)
  }
  return value
}

/** The same within bounds: where so much is known, all of it is forgotten first. */
export function rememberedAmong<K, V>(known: Map<K, V>, most: number, key: K, make: () => NoInfer<V>): V {
  if (known.size >= most && !known.has(key)) known.clear()
  return remembered(known, key, make)
}

/** In lists by key, in the order in which keys come first. */
export function grouped<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) remembered(groups, keyOf(item), () => []).push(item)
  return groups
}
