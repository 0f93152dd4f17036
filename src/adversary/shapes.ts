import { byText, canonical, type Json, remembered } from '../model/index.ts'

export type ShapeLeaf = null | boolean | number | string

/** Objects of one `type`, or those that have none: the keys that any of them has, and those that all have. */
interface Member {
  readonly tag: string | undefined
  readonly keys: Set<string>
  always: ReadonlySet<string>
}

/** What is known of fields besides what was seen in them. */
export interface KnownFields {
  /** Further values for a field, such as one above a bound. */
  readonly more: (field: string, seen: readonly ShapeLeaf[]) => readonly ShapeLeaf[]
  /** Fields whose lists are sets. */
  readonly sets: readonly string[]
}

/**
 * Everything that was seen at one place of a message: leaves, lists up to some length, objects by their `type`. All
 * elements of a list are one place, and a key is one place whichever member of a union has it.
 */
export class ShapePath {
  readonly #leaves = new Map<string, ShapeLeaf>()
  readonly #values = new Map<string, Json>()
  readonly #members = new Map<string | undefined, Member>()
  readonly #fields = new Map<string, ShapePath>()
  #element: ShapePath | undefined
  #longest = -1
  readonly #isSet: boolean
  readonly #known: KnownFields

  constructor(known: KnownFields, field?: string) {
    this.#known = known
    this.#isSet = field !== undefined && known.sets.includes(field)
  }

  see(value: Json): void {
    const text = canonical(value)
    if (this.#values.has(text)) return
    this.#values.set(text, value)
    if (isList(value)) {
      this.#longest = Math.max(this.#longest, value.length)
      this.#element ??= new ShapePath(this.#known)
      for (const element of value) this.#element.see(element)
    } else if (isObject(value)) {
      const tag = tagOf(value)
      const keys = Object.keys(value)
      const member = this.#members.get(tag)
      if (!member) this.#members.set(tag, { tag, keys: new Set(keys), always: new Set(keys) })
      else {
        for (const key of keys) member.keys.add(key)
        member.always = new Set(keys.filter((key) => member.always.has(key)))
      }
      for (const key of keys) this.#at(key).see(value[key]!)
    } else this.#leaves.set(text, value)
  }

  #at(key: string): ShapePath {
    return remembered(this.#fields, key, () => new ShapePath(this.#known, key))
  }

  /** Adds leaves to those that were seen, at any depth. */
  widen(field = ''): void {
    for (const leaf of this.#known.more(field, [...this.#leaves.values()])) this.#leaves.set(canonical(leaf), leaf)
    this.#element?.widen()
    for (const [key, place] of this.#fields) place.widen(key)
  }

  /** Is there a list, at any depth, of which a set leaves out some order? */
  hasSets(): boolean {
    if (this.#isSet && this.#longest > 1) return true
    return [...this.#fields.values()].some((place) => place.hasSets()) || (this.#element?.hasSets() ?? false)
  }

  /** How many values there are in full; some number above `most` if they are more than that. */
  count(most: number): number {
    let sum = this.#leaves.size
    for (const member of this.#members.values()) {
      let product = 1
      for (const key of free(member)) {
        const options = this.#at(key).count(most)
        product *= member.always.has(key) ? options : options + 1
        if (product > most) break
      }
      sum += product
    }
    const elements = this.#element?.count(most) ?? 0
    for (let length = 0, lists = 1; length <= this.#longest && sum <= most; length++) {
      sum += lists
      lists *= this.#isSet ? (elements - length) / (length + 1) : elements
    }
    return sum
  }

  /** Every combination: each leaf, each member with or without each key that only some have, each list. */
  full(): Json[] {
    return [
      ...this.#leaves.values(),
      ...[...this.#members.values()].flatMap((one) => this.#objects(one)),
      ...this.#lists(),
    ]
  }

  #objects(member: Member): Json[] {
    let all: Record<string, Json>[] = [{}]
    for (const key of [...member.keys].sort()) {
      const options = key === 'type' && member.tag !== undefined ? [member.tag] : this.#at(key).full()
      const without = member.always.has(key) ? [] : all
      all = [...without, ...all.flatMap((record) => options.map((option) => ({ ...record, [key]: option })))]
    }
    return all
  }

  #lists(): Json[][] {
    if (!this.#element) return []
    const elements = this.#longest > 0 ? inOrder(this.#element.full()) : []
    const all: Json[][] = [[]]
    // With each list, where the next element is to be looked for: in a set, behind the last one.
    let longest: { list: Json[]; from: number }[] = [{ list: [], from: 0 }]
    for (let length = 1; length <= this.#longest; length++) {
      longest = longest.flatMap(({ list, from }) =>
        elements.slice(from).map((next, i) => ({ list: [...list, next], from: this.#isSet ? from + i + 1 : 0 })),
      )
      all.push(...longest.map(({ list }) => list))
    }
    return all
  }

  /** Every value seen here, and leaves that were added. */
  #seen(): Json[] {
    return [...this.#leaves.values(), ...[...this.#values.values()].filter((value) => !isLeaf(value))]
  }

  /**
   * Values that differ from one seen here in one thing: a leaf; a shape, exchanged for a value of another one; a key
   * that only some have, taken away or given; or one element of a list, dropped, added, exchanged, or swapped.
   */
  *oneChange(value: Json): Generator<Json> {
    const shape = shapeOf(value)
    for (const other of this.#seen()) if (isLeaf(other) ? other !== value : shapeOf(other) !== shape) yield other
    if (isList(value)) for (const list of this.#changedList(value)) yield this.#isSet ? distinct(list) : list
    else if (isObject(value)) yield* this.#changedObject(value)
  }

  *#changedObject(value: Readonly<Record<string, Json>>): Generator<Json> {
    const member = this.#members.get(tagOf(value))!
    for (const key of [...free(member)].sort()) {
      const { [key]: old, ...others } = value
      const options = old === undefined ? this.#at(key).#seen() : this.#at(key).oneChange(old)
      for (const option of options) yield sorted({ ...others, [key]: option })
      if (old !== undefined && !member.always.has(key)) yield others
    }
  }

  *#changedList(list: readonly Json[]): Generator<readonly Json[]> {
    const elements = this.#element!.#seen()
    for (let i = 0; i <= list.length; i++) {
      const [before, after] = [list.slice(0, i), list.slice(i)]
      if (list.length < this.#longest) for (const element of elements) yield [...before, element, ...after]
      const [old, ...rest] = after
      if (old === undefined) continue
      yield [...before, ...rest]
      for (const element of elements) yield [...before, element, ...rest]
      for (const changed of this.#element!.oneChange(old)) yield [...before, changed, ...rest]
      for (let j = i + 1; j < list.length; j++) {
        yield [...before, list[j]!, ...list.slice(i + 1, j), old, ...list.slice(j + 1)]
      }
    }
  }
}

/** The keys of a member whose values are free: its `type` is what makes it that member. */
function free({ tag, keys }: Member): Iterable<string> {
  return tag === undefined ? keys : [...keys].filter((key) => key !== 'type')
}

function isObject(value: Json): value is Record<string, Json> {
  return value !== null && typeof value === 'object' && !isList(value)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isLeaf(value: Json): value is ShapeLeaf {
  return value === null || typeof value !== 'object'
}

function tagOf(value: Readonly<Record<string, Json>>): string | undefined {
  return Object.hasOwn(value, 'type') && typeof value['type'] === 'string' ? value['type'] : undefined
}

function shapeOf(value: Json): string {
  if (isLeaf(value)) return 'leaf'
  return isObject(value) ? `object ${canonical(tagOf(value) ?? null)}` : 'list'
}

function sorted(value: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function inOrder(values: readonly Json[]): Json[] {
  return [...values].sort((a, b) => byText(canonical(a), canonical(b)))
}

/** A list as a set has it. */
function distinct(list: readonly Json[]): Json[] {
  return inOrder([...new Map(list.map((one) => [canonical(one), one])).values()])
}
