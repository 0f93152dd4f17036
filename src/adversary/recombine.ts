import { type AnyMessage, canonical, type Json, textOf } from '../model/index.ts'

/** A full product of a message type's leaves may have this many members; beyond it, one change at a time. */
export const MOST_PRODUCT = 4_096

type Leaf = null | boolean | number | string

/** How the messages of one type were recombined. */
export type Extent = 'full' | 'one change'

/** Values seen, by message type and path. List indices are one path: any element's leaf may stand in any other. */
class Vocabulary {
  readonly leaves = new Map<string, Leaf[]>()
  readonly lengths = new Map<string, number>()
  readonly elements = new Map<string, Json[]>()

  constructor(messages: readonly AnyMessage[], more: (path: string, seen: readonly Leaf[]) => readonly Leaf[]) {
    for (const message of messages) this.#see(message as unknown as Json, message.type)
    for (const [path, seen] of this.leaves) {
      for (const value of more(path, seen)) if (!seen.includes(value)) seen.push(value)
      seen.sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
    }
  }

  #see(value: Json, path: string): void {
    if (Array.isArray(value)) {
      this.lengths.set(path, Math.max(this.lengths.get(path) ?? 0, value.length))
      for (const element of value) {
        this.#see(element, `${path}[]`)
        const known = this.elements.get(path) ?? []
        if (!known.some((other) => canonical(other) === canonical(element)))
          this.elements.set(path, [...known, element])
      }
    } else if (value !== null && typeof value === 'object') {
      for (const key of Object.keys(value).sort()) this.#see((value as any)[key], `${path}.${key}`)
    } else {
      const known = this.leaves.get(path) ?? []
      if (!known.includes(value as Leaf)) this.leaves.set(path, [...known, value as Leaf])
    }
  }
}

/** All values of the same shape; lists also shorter ones, without repetition. Nothing if there are more than `most`. */
function product(value: Json, path: string, known: Vocabulary, most: number): Json[] | undefined {
  if (Array.isArray(value)) return lists(path, known, most)
  if (value === null || typeof value !== 'object') return [...(known.leaves.get(path) ?? [value as Leaf])]
  let all: Record<string, Json>[] = [{}]
  for (const key of Object.keys(value).sort()) {
    const options =
      path.includes('.') || key !== 'type'
        ? product((value as any)[key], `${path}.${key}`, known, most)
        : [(value as any)[key]]
    if (!options || all.length * options.length > most) return undefined
    all = all.flatMap((record) => options.map((option) => ({ ...record, [key]: option })))
  }
  return all
}

function lists(path: string, known: Vocabulary, most: number): Json[] | undefined {
  const elements = new Map<string, Json>()
  for (const element of known.elements.get(path) ?? []) {
    const variants = product(element, `${path}[]`, known, most)
    if (!variants) return undefined
    for (const variant of variants) elements.set(canonical(variant), variant)
  }
  const options = [...elements].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, element]) => element)
  let all: Json[][] = [[]]
  let longest: Json[][] = [[]]
  for (let length = 1; length <= (known.lengths.get(path) ?? 0); length++) {
    // Elements in one order only: what lists mean here is sets, and their authors sort them.
    longest = longest.flatMap((list) =>
      options.filter((next) => list.every((last) => canonical(last) < canonical(next))).map((next) => [...list, next]),
    )
    all = [...all, ...longest]
    if (all.length > most) return undefined
  }
  return all
}

/** All values that differ from this one in one leaf, or by one list element dropped, added or exchanged. */
function* oneChange(value: Json, path: string, known: Vocabulary): Generator<Json> {
  if (Array.isArray(value)) {
    const elements = known.elements.get(path) ?? []
    for (let i = 0; i < value.length; i++) {
      yield [...value.slice(0, i), ...value.slice(i + 1)]
      for (const element of elements) yield [...value.slice(0, i), element, ...value.slice(i + 1)]
      for (const changed of oneChange(value[i], `${path}[]`, known)) {
        yield [...value.slice(0, i), changed, ...value.slice(i + 1)]
      }
    }
    if (value.length < (known.lengths.get(path) ?? 0)) for (const element of elements) yield [...value, element]
  } else if (value !== null && typeof value === 'object') {
    for (const key of Object.keys(value).sort()) {
      if (key === 'type' && !path.includes('.')) continue
      for (const changed of oneChange((value as any)[key], `${path}.${key}`, known)) yield { ...value, [key]: changed }
    }
  } else {
    for (const other of known.leaves.get(path) ?? []) if (other !== value) yield other
  }
}

/**
 * Messages with their parts exchanged for others that were seen at the same place in a message of the same type. The
 * full product where it is small, else everything one change away from a message that was really said.
 *
 * A lie that no honest run produces, such as "prepared in a view that never was", is found only this way.
 *
 * @param more further values for a path, such as one above a bound
 */
export function recombine(
  messages: readonly AnyMessage[],
  more: (path: string, seen: readonly Leaf[]) => readonly Leaf[] = () => [],
): { readonly messages: AnyMessage[]; readonly extent: ReadonlyMap<string, Extent> } {
  const known = new Vocabulary(messages, more)
  const all = new Map<string, AnyMessage>(messages.map((message) => [textOf(message), message]))
  const extent = new Map<string, Extent>()
  for (const type of [...new Set(messages.map((message) => message.type))].sort()) {
    const ofType = messages.filter((message) => message.type === type)
    const full = fullProduct(ofType, known)
    extent.set(type, full ? 'full' : 'one change')
    const more = full ?? ofType.flatMap((message) => [...oneChange(message as unknown as Json, type, known)])
    for (const message of more) all.set(canonical(message), message as never)
  }
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, message]) => message)
  return { messages: sorted, extent }
}

function fullProduct(ofType: readonly AnyMessage[], known: Vocabulary): Json[] | undefined {
  const shapes = new Map(ofType.map((message) => [Object.keys(message).sort().join(), message]))
  const all: Json[] = []
  for (const message of shapes.values()) {
    const some = product(message as unknown as Json, message.type, known, MOST_PRODUCT)
    if (!some || all.length + some.length > MOST_PRODUCT) return undefined
    all.push(...some)
  }
  return all
}
