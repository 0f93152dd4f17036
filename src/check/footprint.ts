/**
 * Which parts of its state a handler looks at, and which it changes: its footprint.
 *
 * A part is a field of the state (`view`) or, where a field is a list without repetition, one entry of it, by its name:
 * an item that is a number or a text, or an object by those of its fields that are (`prepares` of slot 1 and value a).
 * `find`, `some`, `every`, `includes`, `push` and `sort` tell entries apart: an entry that is passed over by its name
 * alone was not looked at, whether it is there or not. Whatever else a handler does with a list looks at all of it.
 *
 * Sound if functions that are given to these six do nothing but answer. The order of entries is no part: where it does
 * not follow from their names, the list as a whole is one part.
 */
import { canonical, type Json } from '../model/index.ts'
import { type Answer, bare, byDefault, type Compare, isScalar, nameOf, namesOf, probed } from './entries.ts'
import { BREAK, type Fact } from './facts.ts'
import type { Tallies } from './tallies.ts'

export class Footprint {
  /** Grows whenever something is learned that footprints taken before did not know of. */
  version = 0
  readonly tallies: Tallies
  #reads = new Set<Fact>()
  /** By field: names of entries that were ever seen. */
  readonly #names = new Map<string, Set<string>>()
  /** Of two entries of a field, which comes first. */
  readonly #orders = new Map<string, number>()
  /** Lists whose order does not follow from names. */
  readonly #unordered = new Set<string>()
  /** Lists that the present handler has put something into, without sorting them since. */
  readonly #loose = new Set<string>()
  readonly #raw = new WeakMap<object, object>()

  /**
   * @param ids how many participants there are
   * @param hearsItself does what a replica says come to it over the network?
   */
  constructor(ids: number, hearsItself: boolean, tallies: typeof Tallies) {
    this.tallies = new tallies(ids, hearsItself, () => void this.version++)
  }

  /** What was looked at since the last call; with lists that were left in no known order, which count as changed. */
  taken(): { readonly reads: readonly Fact[]; readonly loose: readonly string[] } {
    const [reads, loose] = [[...this.#reads], [...this.#loose]]
    this.#reads = new Set()
    this.#loose.clear()
    return { reads, loose }
  }

  /** A state as a handler sees it: the same, but every look is noted. */
  view(state: unknown): unknown {
    if (typeof state !== 'object' || state === null || Array.isArray(state)) {
      this.#reads.add('')
      return state
    }
    const all = (target: object): void => Object.keys(target).forEach((field) => void this.#reads.add(field))
    return new Proxy(state as Record<string, unknown>, {
      get: (target, field) => {
        if (typeof field === 'symbol') return Reflect.get(target, field)
        const value = target[field]
        if (Array.isArray(value)) return this.#list(field, value)
        this.#reads.add(field)
        return value
      },
      set: (target, field, value) => {
        this.#reads.add(String(field))
        return Reflect.set(target, field, this.#plain(value))
      },
      has: (target, field) => {
        this.#reads.add(String(field))
        return Reflect.has(target, field)
      },
      deleteProperty: (target, field) => {
        this.#reads.add(String(field))
        return Reflect.deleteProperty(target, field)
      },
      ownKeys: (target) => {
        all(target)
        return Reflect.ownKeys(target)
      },
    })
  }

  /** What a handler stores may be something that it was shown. */
  #plain(value: unknown): unknown {
    return typeof value === 'object' && value !== null ? (this.#raw.get(value) ?? value) : value
  }

  #list(field: string, list: unknown[]): unknown {
    const whole = (): void => void this.#reads.add(field)
    const seen = new Proxy(list, {
      get: (target, key) => {
        const one = typeof key === 'string' && this.#byEntry(field, target, seen, key)
        if (one) return one
        whole()
        return Reflect.get(target, key)
      },
      set: (target, key, value) => {
        whole()
        return Reflect.set(target, key, this.#plain(value))
      },
      has: (target, key) => {
        whole()
        return Reflect.has(target, key)
      },
      deleteProperty: (target, key) => {
        whole()
        return Reflect.deleteProperty(target, key)
      },
      ownKeys: (target) => {
        whole()
        return Reflect.ownKeys(target)
      },
    })
    this.#raw.set(seen, list)
    return seen
  }

  /** One of the ways of using a list that tell entries apart. */
  #byEntry(field: string, list: unknown[], seen: unknown, method: string): unknown {
    const names = this.#unordered.has(field) ? undefined : namesOf(list)
    if (!names) return undefined
    if (!this.#names.has(field)) this.#names.set(field, new Set())
    for (const name of names) this.#know(field, name)
    const first = (is: Answer, which: boolean) => this.#first(field, list, names, (one, at) => is(one, at, seen), which)
    switch (method) {
      case 'find':
        return (is: Answer) => first(is, true)
      case 'some':
        return (is: Answer) => first(is, false) !== undefined
      case 'every':
        return (is: Answer) => first((...given) => !is(...given), false) === undefined
      case 'includes':
        return (item: unknown, ...rest: number[]) => {
          this.#reads.add(isScalar(item) && rest.length === 0 ? field + BREAK + nameOf(item) : field)
          return list.includes(this.#plain(item), ...rest)
        }
      case 'push':
        return (...items: unknown[]) => this.#push(field, list, items)
      case 'sort':
        return (compare?: Compare) => {
          if (this.#sorts(field, names, compare)) this.#loose.delete(field)
          else this.#reads.add(field)
          list.sort(compare)
          return seen
        }
    }
    return undefined
  }

  /**
   * The first entry that an answer is yes for. Asked about are all that ever were in the list, in one order: an entry
   * that the name alone does not rule out is looked at, whether it is there or not.
   *
   * @param which is it asked which one that is, and not only whether there is one?
   */
  #first(field: string, list: unknown[], names: readonly string[], is: Answer, which: boolean): unknown {
    const found: number[] = []
    let candidates = 0
    for (const name of [...this.#names.get(field)!].sort()) {
      const at = names.indexOf(name)
      const asked = probed(at < 0 ? bare(name) : list[at], (key, part) => this.#part(field, name, key, part))
      const answer = at < 0 ? this.#says(is, asked.entry, list) : is(asked.entry, at, list)
      if (!answer && !asked.touched()) continue
      this.#reads.add(field + BREAK + name)
      candidates++
      if (at < 0 || !answer) continue
      found.push(at)
      if (!which) break
    }
    // Which of several is found is a matter of order, too.
    if (candidates > 1 && which) this.#reads.add(field)
    if (found.length === 0) return undefined
    const entry = list[Math.min(...found)]
    return which ? this.#shown(field, entry) : { entry }
  }

  #says(is: Answer, entry: unknown, list: unknown[]): boolean {
    try {
      return Boolean(is(entry, 0, list))
    } catch {
      return true
    }
  }

  /** An entry that was found, and so was looked at: only a new name for it changes more. */
  #shown(field: string, entry: unknown): unknown {
    if (isScalar(entry)) return entry
    const name = nameOf(entry)!
    const shown = new Proxy(entry as Record<string, unknown>, {
      get: (target, key) => this.#part(field, name, key, Reflect.get(target, key)),
      set: (target, key, value) => {
        this.#reads.add(field)
        return Reflect.set(target, key, this.#plain(value))
      },
    })
    this.#raw.set(shown, entry as object)
    return shown
  }

  /** A part of an entry. */
  #part(field: string, name: string, key: string | symbol, part: unknown): unknown {
    if (!Array.isArray(part) || typeof key === 'symbol') return part
    return this.tallies.watched(field, name, key, part)
  }

  #push(field: string, list: unknown[], items: readonly unknown[]): unknown {
    for (const item of items.map((one) => this.#plain(one))) {
      const name = nameOf(item)
      this.#reads.add(name === undefined ? field : field + BREAK + name)
      if (name !== undefined) this.#know(field, name)
      list.push(item)
    }
    this.#loose.add(field)
    const { length } = list
    const count = (): number => {
      this.#reads.add(field)
      return length
    }
    return { valueOf: count, toJSON: count }
  }

  /** Does the order follow from names, of all entries that were ever seen? */
  #sorts(field: string, names: readonly string[], compare: Compare = byDefault): boolean {
    const all = [...new Set([...names, ...(this.#names.get(field) ?? [])])]
    for (const [i, name] of all.entries()) {
      for (const other of all.slice(i + 1)) {
        const [one, two] = [probed(bare(name)), probed(bare(other))]
        let sign: number
        try {
          sign = Math.sign(compare(one.entry, two.entry))
        } catch {
          return false
        }
        if (!sign || one.touched() || two.touched()) return false
        this.#order(field, name, other, sign)
      }
    }
    return !this.#unordered.has(field)
  }

  #know(field: string, name: string): void {
    const known = this.#names.get(field) ?? new Set()
    this.#names.set(field, known)
    if (known.has(name)) return
    known.add(name)
    this.version++
  }

  #order(field: string, one: string, other: string, sign: number): void {
    const isUp = one < other
    const key = [field, isUp ? one : other, isUp ? other : one].join(BREAK)
    const known = this.#orders.get(key)
    if (known === undefined) this.#orders.set(key, isUp ? sign : -sign)
    else if (known !== (isUp ? sign : -sign) && !this.#unordered.has(field)) {
      this.#unordered.add(field)
      this.version++
    }
  }

  /** Which of two entries comes first, as a sign; nothing where that is not known. */
  signOf(field: string, one: string, other: string): number | undefined {
    if (this.#unordered.has(field)) return undefined
    const isUp = one < other
    const sign = this.#orders.get([field, isUp ? one : other, isUp ? other : one].join(BREAK))
    return sign === undefined ? undefined : isUp ? sign : -sign
  }

  /** The parts in which two states differ. */
  changes(before: Json, after: Json, loose: readonly string[]): Fact[] {
    const [one, other] = [before, after].map((state) =>
      typeof state === 'object' && state !== null && !Array.isArray(state)
        ? (state as Record<string, Json>)
        : undefined,
    )
    if (!one || !other) return canonical(before) === canonical(after) ? [] : ['']
    const fields = new Set([...Object.keys(one), ...Object.keys(other)])
    return [...fields].flatMap((field) => this.#changed(field, one[field], other[field], loose.includes(field)))
  }

  #changed(field: string, before: Json | undefined, after: Json | undefined, isLoose: boolean): Fact[] {
    const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
      a === b ||
      (a !== undefined && b !== undefined && (JSON.stringify(a) === JSON.stringify(b) || canonical(a) === canonical(b)))
    if (isSame(before, after)) return []
    if (isLoose || !Array.isArray(before) || !Array.isArray(after)) return [field]
    const [names, later] = [namesOf(before), namesOf(after)]
    if (!names || !later) return [field]
    for (const list of [names, later]) {
      for (const [i, name] of list.entries()) {
        this.#know(field, name)
        for (const next of list.slice(i + 1)) this.#order(field, name, next, -1)
      }
    }
    if (this.#unordered.has(field)) return [field]
    const all = [...new Set([...names, ...later])]
    return all
      .filter((name) => !isSame(before[names.indexOf(name)], after[later.indexOf(name)]))
      .map((name) => field + BREAK + name)
  }
}
