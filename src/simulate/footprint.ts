import {
  copyOf,
  type Event,
  type Id,
  type Json,
  type Local,
  NO_EFFECTS,
  type Program,
  type Rule,
} from '../model/index.ts'
import { fire } from '../system/index.ts'

/** A place in a state: keys from the outside to the inside. */
type Path = string

const INTO = '\n'
/** Stands for the names that an object has: no key of JSON contains two of these in a row, as a path does not. */
const NAMES = `${INTO}${INTO}`
/** Stands for all votes that the replica has counted: a handler that asked for any may do something else after one more. */
const TALLIES: Path = 'tallies'

/** A search of a list that found nothing: as long as the list only grows, the new items alone are to be asked. */
export interface Missed {
  readonly path: Path
  /** Is this item, at this place, none either? Then with what else was looked at to say so. */
  readonly isNoneOf: (item: Json, index: number) => ReadonlySet<Path> | undefined
}

/** What an event looked at. */
export interface Looked {
  readonly places: ReadonlySet<Path>
  readonly missed: readonly Missed[]
}

/**
 * What a rule looks at before it does nothing. As long as all of it stays as it is, the rule goes on to do nothing: a
 * handler is a function of what it reads. What it writes counts as read, because it might write something else.
 *
 * Sound if functions that are given to `find`, `findIndex` and `some` do nothing but answer.
 */
export class Footprint {
  readonly #program: Program
  #reads = new Set<Path>()
  #missed: Missed[] = []
  /** One view of each object, so that the same object is the same when a rule compares. */
  #views = new WeakMap<object, object>()

  constructor(program: Program) {
    this.#program = this.#watched(program)
  }

  /** The places that an event looks at in a state in which it asks nothing and does nothing, if they can be known. */
  of(at: Id, local: Local, event: Event): Looked | undefined {
    this.#reads = new Set()
    this.#missed = []
    this.#views = new WeakMap()
    const { reaction } = fire(this.#program, at, local, event, () => false)
    // A rule that is watched may stumble where it would not alone: then nothing is known.
    if (reaction.local !== local || reaction.effects !== NO_EFFECTS) return undefined
    if (reaction.asked?.length) this.#reads.add(TALLIES)
    return { places: this.#reads, missed: this.#missed }
  }

  #watched(program: Program): Program {
    const part = (one: Program['replica']): Program['replica'] => {
      const watched = new Map(one.rules.map((rule) => [rule, this.#watchedRule(rule)]))
      const { input } = one.definition
      return {
        definition: {
          ...one.definition,
          ...(input ? { input: (state, value, ctx) => input(this.#view(state, ''), value, ctx) } : {}),
        },
        rules: [...watched.values()],
        byType: new Map([...one.byType].map(([type, rules]) => [type, rules.map((rule) => watched.get(rule)!)])),
        byName: new Map([...one.byName].map(([name, rule]) => [name, watched.get(rule)!])),
      }
    }
    const client = program.client && part(program.client)
    return { ...program, copies: true, replica: part(program.replica), client }
  }

  #watchedRule(rule: Rule): Rule {
    return { ...rule, handler: (state, message, ctx) => rule.handler(this.#view(state, ''), message, ctx) }
  }

  #view(value: unknown, path: Path): any {
    if (typeof value !== 'object' || value === null) return value
    const known = this.#views.get(value)
    if (known) return known
    const note = (key: string | symbol): void => {
      if (typeof key === 'string') this.#reads.add(path + INTO + key)
    }
    const view: object = new Proxy(value, {
      get: (target, key, receiver) => {
        if (Array.isArray(target) && typeof key === 'string' && Object.hasOwn(UNTIL_FOUND, key)) {
          const search = UNTIL_FOUND[key as keyof typeof UNTIL_FOUND]
          return (is: Answer, self?: unknown) => this.#search(target, path, view, search, is.bind(self))
        }
        note(key)
        return this.#view(Reflect.get(target, key, receiver), path + INTO + String(key))
      },
      has: (target, key) => {
        note(key)
        return Reflect.has(target, key)
      },
      set: (target, key, next) => {
        note(key)
        return Reflect.set(target, key, next)
      },
      deleteProperty: (target, key) => {
        note(key)
        return Reflect.deleteProperty(target, key)
      },
      getOwnPropertyDescriptor: (target, key) => {
        note(key)
        return Reflect.getOwnPropertyDescriptor(target, key)
      },
      ownKeys: (target) => {
        this.#reads.add(Array.isArray(target) ? `${path}${INTO}length` : path + NAMES)
        return Reflect.ownKeys(target)
      },
    })
    this.#views.set(value, view)
    // What a rule stores in the state may be a view already; it is its own view.
    this.#views.set(view, view)
    return view
  }

  /** By itself a list would look at its length first, and every list that grows would be another one. */
  #search(list: readonly unknown[], path: Path, view: object, { found, missed, isForNo }: Search, is: Answer): unknown {
    for (let i = 0; i < list.length; i++) {
      this.#reads.add(path + INTO + i)
      const item = this.#view(list[i], path + INTO + i)
      if (Boolean(is(item, i, view)) !== isForNo) return found(item, i)
    }
    // Who goes through all of a list may count what is in it on the way.
    if (isForNo) this.#reads.add(`${path}${INTO}length`)
    else
      this.#missed.push({ path, isNoneOf: (item, i) => this.#isNone(path + INTO + i, item, (one) => is(one, i, view)) })
    return missed
  }

  #isNone(path: Path, item: Json, is: (item: unknown) => unknown): ReadonlySet<Path> | undefined {
    this.#reads = new Set([path])
    this.#missed = []
    // A copy: what is frozen cannot be shown as anything but itself.
    const isFound = Boolean(is(this.#view(copyOf(item), path)))
    return isFound || this.#missed.length > 0 ? undefined : this.#reads
  }
}

type Answer = (item: unknown, index: number, list: unknown) => unknown

/** What a search of a list answers once it has found something, and what if it has not. */
interface Search {
  readonly found: (item: unknown, index: number) => unknown
  readonly missed: unknown
  /** Does it look for what its function says no to? */
  readonly isForNo: boolean
}

/** Searches that end where they find something: what comes after that place was not looked at. */
const UNTIL_FOUND = {
  find: { found: (item) => item, missed: undefined, isForNo: false },
  findIndex: { found: (_, index) => index, missed: -1, isForNo: false },
  some: { found: () => true, missed: false, isForNo: false },
  every: { found: () => false, missed: true, isForNo: true },
} as const satisfies Record<string, Search>

/** In what two states differ. */
export interface Changes {
  readonly places: Set<Path>
  /** Lists that are longer now, with what their first new item's index is. */
  readonly grown: Map<Path, { readonly list: readonly Json[]; readonly from: number }>
}

/** In what two local states differ, named as `Footprint` names places. */
export function changes(before: Pick<Local, 'state' | 'tallies'>, after: typeof before): Changes {
  const found: Changes = { places: new Set(), grown: new Map() }
  compare(before.state, after.state, '', found)
  if (before.tallies !== after.tallies) found.places.add(TALLIES)
  return found
}

function compare(before: Json, after: Json, path: Path, found: Changes): void {
  if (before === after) return
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after)) {
    found.places.add(path)
    return
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) {
    found.places.add(`${path}${INTO}length`)
    if (before.length < after.length) found.grown.set(path, { list: after, from: before.length })
  }
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) compare(before[key]!, after[key]!, path + INTO + key, found)
    else found.places.add(path + INTO + key).add(path + NAMES)
  }
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key)) found.places.add(path + INTO + key).add(path + NAMES)
  }
}

function isBranch(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null
}
