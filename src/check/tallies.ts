/**
 * Tallies: lists of senders in entries of a state, of which nothing matters but how many there are.
 *
 * A tally is a list in an entry of a list (`senders` of `prepares` of slot 1 and value a) that handlers use in these
 * ways only: they ask for its length, ask whether it has the sender of the message that they handle, put that sender
 * into it, and sort it. Such a handler does the same whoever is in the list. So states that differ by who is in their
 * tallies are one: that in which a tally of k senders has the first k ids. What a vote does there depends on whether its
 * sender is in the tally (which needs k ≥ 1) or is not (which needs k + 1 senders to have said it: those in the tally
 * have said it, too).
 *
 * Where a replica does not hear itself over the network, it may put itself into its tallies, or ask whether it is in
 * them. Then it is no sender, but known apart: a tally is whether the replica itself is in it, and how many others.
 *
 * Conditions, all of them seen or tried, none assumed (counting.ts tries the last two): no other use; a tally starts
 * empty, and grows by the sender (or the replica itself) alone; one message alone goes into it; a handler asks one tally
 * alone for its sender; and it does the same for each sender. A field in which one of them fails keeps its names from
 * then on.
 */
import { type Id, type Json, range } from '../model/index.ts'
import { nameOf, namesOf } from './entries.ts'
import { BREAK, type Fact } from './facts.ts'

/** A tally's place: field, entry and key. */
export type Place = string

/** The message that a handler has handled. */
export interface Handled {
  readonly message: number
  readonly sawSender: boolean
}

interface List {
  readonly field: string
  /** Where its entry is among those of the field. */
  readonly at: number
  readonly entry: Json
  readonly key: string
  readonly list: readonly Json[]
}

type Fields = Record<string, Json>
type Entry = Record<string, Json>

export class Tallies {
  /** Fields whose lists speak of names. */
  readonly #named = new Set<string>()
  /** By tally: the message that goes into it. */
  readonly #feeds = new Map<Place, number>()
  readonly #ids: number
  readonly #hearsItself: boolean
  readonly #learned: () => void
  /** The sender of the message that is being handled, and who handles it. */
  #from: Id | undefined
  #self: Id | undefined
  #knowsSelf = false
  readonly #asked = new Set<Place>()

  /**
   * @param ids how many participants there are
   * @param hearsItself does what a replica says come to it over the network?
   * @param learned called when a field turns out to speak of names: what was found before does not count
   */
  constructor(ids: number, hearsItself: boolean, learned: () => void) {
    this.#ids = ids
    this.#hearsItself = hearsItself
    this.#learned = learned
  }

  /** Does somebody put itself into its tallies, or look for itself there? Then equal states are not equal at two. */
  get knowsSelf(): boolean {
    return this.#knowsSelf
  }

  /** A handler begins. */
  begin(from: Id | undefined, self: Id): void {
    this.#from = from
    this.#self = self
    this.#asked.clear()
  }

  /** Is it the replica itself, and not the sender? */
  #isSelf(id: unknown): boolean {
    if (id !== this.#self || this.#hearsItself || id === this.#from) return false
    if (!this.#knowsSelf) {
      this.#knowsSelf = true
      this.#learned()
    }
    return true
  }

  /** From now on, a field is taken as it is. */
  name(field: string): void {
    if (this.#named.has(field)) return
    this.#named.add(field)
    this.#learned()
  }

  /** A list in an entry, as a handler sees it. */
  watched(field: string, entry: string, key: string, list: readonly unknown[]): unknown {
    if (this.#named.has(field)) return list
    const place = placeOf(field, entry, key)
    const otherwise = <T>(value: T): T => {
      this.name(field)
      return value
    }
    const seen: unknown = new Proxy(list as unknown[], {
      get: (target, method) => {
        if (method === 'length') return target.length
        if (method === 'sort') return (compare?: (one: any, other: any) => number) => target.sort(compare) && seen
        if (method !== 'includes' && method !== 'push') return otherwise(Reflect.get(target, method))
        return (...given: unknown[]) => {
          const isSelf = given.length === 1 && this.#isSelf(given[0])
          const isSender = given.length === 1 && given[0] === this.#from
          if (!isSelf) this.#asked.add(place)
          if (!(isSender || isSelf) || (method === 'push' && target.includes(given[0]))) this.name(field)
          return method === 'push' ? target.push(...given) : Reflect.apply(target.includes, target, given)
        }
      },
      set: (target, key, value) => otherwise(Reflect.set(target, key, value)),
      has: (target, key) => otherwise(Reflect.has(target, key)),
      deleteProperty: (target, key) => otherwise(Reflect.deleteProperty(target, key)),
      defineProperty: (target, key, to) => otherwise(Reflect.defineProperty(target, key, to)),
      getOwnPropertyDescriptor: (target, key) => otherwise(Reflect.getOwnPropertyDescriptor(target, key)),
      ownKeys: (target) => otherwise(Reflect.ownKeys(target)),
    })
    return seen
  }

  /**
   * The tallies that a handler asked, or put its sender into. Fields that it looked at as a whole, or whose tallies
   * changed otherwise, are found to speak of names.
   */
  used(before: Json, after: Json, reads: readonly Fact[], word: Handled | undefined): readonly Place[] {
    const [old, now] = [this.#listsOf(before), this.#listsOf(after)]
    for (const { field } of [...old.values(), ...now.values()]) {
      if (reads.includes(field) || reads.includes('')) this.name(field)
    }
    for (const [place, { field }] of old) if (!now.has(place)) this.name(field)
    for (const [place, { field, list }] of now) {
      const was = old.get(place)?.list ?? []
      const put = list.filter((id) => !was.includes(id))
      const isGrown = put.every((id) => id === this.#from || this.#isSelf(id))
      if (!was.every((id) => list.includes(id)) || !isGrown) this.name(field)
      if (!put.includes(this.#from as Json)) continue
      this.#asked.add(place)
      if (!word || !this.feeds(place, word.message)) this.name(field)
    }
    // Whoever it asked for, it did not look at who has sent the message.
    if (!word?.sawSender) for (const place of this.#asked) this.name(fieldOfPlace(place))
    return [...this.#asked].filter((place) => !this.#named.has(fieldOfPlace(place)))
  }

  /** Does no other message go into a tally? */
  protected feeds(place: Place, message: number): boolean {
    if (!this.#feeds.has(place)) this.#feeds.set(place, message)
    return this.#feeds.get(place) === message
  }

  /** An initial state has no names in it. */
  start(state: Json): void {
    for (const { field, list } of this.#listsOf(state).values()) if (list.length > 0) this.name(field)
  }

  /** The state that stands for all of one participant that differ by who is in its tallies. */
  standing(state: Json, self: Id): Json {
    let changed: Fields | undefined
    for (const { field, at, key, list } of this.#lists(state)) {
      if (!this.#isOfIds(list)) continue
      const senders = this.#withSelf(list, self, this.senders(self).slice(0, this.#othersIn(list, self)))
      if (list.every((id, i) => id === senders[i])) continue
      changed ??= { ...(state as Fields) }
      changed[field] = withList(changed[field] as Entry[], at, key, senders)
    }
    return changed ?? state
  }

  /** The same state with a tally of the same length that has a sender in it, or has not. */
  shown(state: Json, place: Place, from: Id, has: boolean, self: Id): Json {
    const tally = this.#at(state, place)
    if (!tally) return state
    const others = this.senders(self).filter((id) => id !== from)
    const { field, at, key, list } = tally
    const size = this.#othersIn(list, self)
    const senders = has ? [from, ...others.slice(0, size - 1)] : others.slice(0, size)
    const shown = withList((state as Fields)[field] as Entry[], at, key, this.#withSelf(list, self, senders))
    return { ...(state as Fields), [field]: shown }
  }

  /** How many senders are in a tally. */
  sizeOf(state: Json, place: Place, self: Id): number {
    return this.#othersIn(this.#at(state, place)?.list ?? [], self)
  }

  /** Who may be a sender, to one participant. */
  senders(self: Id): Id[] {
    return range(this.#ids).filter((id) => !this.#isApart(id, self))
  }

  /** Is it the replica itself, which is no sender? */
  #isApart(id: Json, self: Id): boolean {
    return this.#knowsSelf && !this.#hearsItself && id === self
  }

  #othersIn(list: readonly Json[], self: Id): number {
    return list.filter((id) => !this.#isApart(id, self)).length
  }

  /** Senders and, where it is in a list, the replica itself. */
  #withSelf(list: readonly Json[], self: Id, senders: readonly Id[]): Id[] {
    return [...senders, ...(list.some((id) => this.#isApart(id, self)) ? [self] : [])].sort(ascending)
  }

  #at(state: Json, place: Place): List | undefined {
    const [field, name, key] = place.split(BREAK)
    for (const one of this.#lists(state)) {
      if (one.field === field && one.key === key && nameOf(one.entry) === name) return one
    }
    return undefined
  }

  #listsOf(state: Json): Map<Place, List> {
    const found = new Map<Place, List>()
    for (const one of this.#lists(state)) {
      const { field, entry, key, list } = one
      const name = nameOf(entry)
      // Entries that cannot be told apart, or a list of something else.
      const isTally = name !== undefined && this.#isOfIds(list) && namesOf((state as Fields)[field] as Json[])
      if (isTally) found.set(placeOf(field, name, key), one)
      else this.name(field)
    }
    return found
  }

  *#lists(state: Json): Generator<List> {
    if (typeof state !== 'object' || state === null || Array.isArray(state)) return
    for (const field of Object.keys(state)) {
      const value = (state as Fields)[field]
      if (!Array.isArray(value) || this.#named.has(field)) continue
      for (let at = 0; at < value.length; at++) {
        const entry = value[at]
        if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue
        for (const key of Object.keys(entry)) {
          const list = (entry as Entry)[key]
          if (Array.isArray(list)) yield { field, at, entry, key, list }
        }
      }
    }
  }

  #isOfIds(list: readonly unknown[]): boolean {
    return list.every(
      (id, i) => Number.isInteger(id) && Number(id) >= 0 && Number(id) < this.#ids && list.indexOf(id) === i,
    )
  }
}

function placeOf(field: string, entry: string, key: string): Place {
  return [field, entry, key].join(BREAK)
}

export function fieldOfPlace(place: Place): string {
  return place.slice(0, place.indexOf(BREAK))
}

function ascending(one: number, other: number): number {
  return one - other
}

function withList(entries: readonly Entry[], at: number, key: string, list: Json): Entry[] {
  return entries.map((entry, i) => (i === at ? { ...entry, [key]: list } : entry))
}
