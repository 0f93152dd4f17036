import { UsageError } from './errors.ts'
import { remembered } from './remembered.ts'

/**
 * What a handler, a match or a claim gets to see is canonical: plain JSON with its keys in one order, shared with nobody
 * who could change it. Two values that are the same value then also look the same, whatever order their keys were
 * written in, and nothing that an author can observe is missing from the text that a state is known by.
 */

/** Levels of nesting beyond which a value is taken for one that contains itself. */
const MOST_LEVELS = 100

/** Parts of a path that a message still names. */
const MOST_NAMED = 12

type Path = readonly (string | number)[]

/** Values that are known to be canonical: asked again, they are handed back as they are. */
const canonicals = new WeakSet<object>()

/** Asks a stand-in, such as a proxy that notes what is looked at, for the canonical value that it stands for. */
export const BEHIND = Symbol('behind')

/**
 * A canonical copy, frozen through and through. -0 becomes 0.
 *
 * @param place where the value comes from, for the message: `my-protocol, rule V`
 * @throws UsageError that names the path of the first part that is not plain JSON
 */
export function canonicalCopy<T>(value: T, place: string | (() => string), name = 'value'): T {
  const odd: { found?: Path } = {}
  const copy = copied(value, 0, odd)
  if (!odd.found) return copy as T
  const path = [name, ...odd.found.slice(0, -1)]
  throw notPlain(path, String(odd.found.at(-1)), typeof place === 'string' ? place : place())
}

/** The value itself where it is known to be canonical, or stands for one that is; else a canonical copy. */
export function canonicalValue<T>(value: T, place: string | (() => string), name = 'value'): T {
  if (typeof value !== 'object' || value === null || canonicals.has(value) || BEHIND in value) return value
  const copy = canonicalCopy(value, place, name)
  canonicals.add(copy as object)
  return copy
}

/** Takes note that a value is canonical. */
export function asCanonical<T extends object>(value: T): T {
  canonicals.add(value)
  return value
}

/** The value that a stand-in stands for; any other value itself. */
export function withoutStandIn<T extends object>(value: T): T {
  return (value as { [BEHIND]?: T })[BEHIND] ?? value
}

/** Canonical copies of values of which many are equal: those that are written alike are copied once. */
export class Copies<T> {
  readonly #known = new Map<string, T>()

  of(value: T, copy: (value: T) => T): T {
    if (!isPlain(value, 0)) return copy(value)
    const text = JSON.stringify(value)
    return remembered(this.#known, text, () => copy(value))
  }
}

/** Does JSON say all that there is to a value? Then it is canonical but for the order of keys. */
function isPlain(value: unknown, level: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'string' || typeof value === 'boolean'
  if (level > MOST_LEVELS) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], level + 1)) return false
    return Object.keys(value).length === value.length
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const key in value) {
    if (key === '__proto__' || !isPlain((value as Record<string, unknown>)[key], level + 1)) return false
  }
  return true
}

/** Copies a value; notes the path of the first part that is not plain, and what it is, in `odd`. */
function copied(value: unknown, level: number, odd: { found?: Path }): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value === 0 ? 0 : value
    odd.found ??= [String(value)]
    return null
  }
  if (typeof value !== 'object') {
    odd.found ??= [typeof value]
    return null
  }
  if (canonicals.has(value)) return value
  if (level > MOST_LEVELS) {
    odd.found ??= [`nested deeper than ${MOST_LEVELS} levels, or contains itself`]
    return null
  }
  return Array.isArray(value) ? copiedList(value, level, odd) : copiedObject(value, level, odd)
}

function copiedList(value: readonly unknown[], level: number, odd: { found?: Path }): unknown {
  const list: unknown[] = []
  for (let i = 0; i < value.length; i++) {
    list.push(copied(value[i], level + 1, odd))
    if (odd.found) {
      odd.found = [i, ...odd.found]
      return null
    }
  }
  if (Object.keys(value).length !== value.length) odd.found = ['a list with further properties']
  return Object.freeze(list)
}

function copiedObject(value: object, level: number, odd: { found?: Path }): unknown {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    odd.found = [`a ${prototype.constructor?.name || 'class instance'}`]
    return null
  }
  const keys = Object.keys(value)
  if (!isAscending(keys)) keys.sort()
  const copy: Record<string, unknown> = {}
  for (const key of keys) {
    if (key === '__proto__') odd.found = ['a key that JavaScript takes for something else']
    else copy[key] = copied((value as Record<string, unknown>)[key], level + 1, odd)
    if (odd.found) {
      odd.found = [key, ...odd.found]
      return null
    }
  }
  return Object.freeze(copy)
}

function isAscending(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! >= keys[i]!) return false
  return true
}

/** The parts of a path that an author reads in an error: `state.slots[2].value`. */
export function textOfPath(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i ? `.${part}` : part)).join('')
}

function notPlain(path: Path, what: string, place: string): UsageError {
  // What contains itself has a path without end.
  const shown = path.length > MOST_NAMED ? `${textOfPath(path.slice(0, 4))}…` : textOfPath(path)
  return new UsageError(
    `${place}: ${shown} is ${what}; states, messages, outputs and summaries are plain JSON`,
    'use objects, arrays, strings, finite numbers, booleans and null; instead of a Map or Set keep a sorted list',
  )
}
