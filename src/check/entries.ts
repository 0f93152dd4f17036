/** Entries of lists, told apart by their names: a number or text itself, or those fields of an object that are. */
import type { Json } from '../model/index.ts'

type Entry = Json & (object | string | number | boolean | null)

export function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value !== 'object'
}

/** An entry's name, as text; nothing where it has none. */
export function nameOf(entry: unknown): string | undefined {
  if (isScalar(entry)) return JSON.stringify(entry)
  if (Array.isArray(entry)) return undefined
  const fields = Object.entries(entry as object).filter(([, value]) => isScalar(value))
  if (fields.length === 0) return undefined
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The names of a list's entries, in order; nothing where entries cannot be told apart by name. */
export function namesOf(list: readonly unknown[]): string[] | undefined {
  const names: string[] = []
  for (const entry of list) {
    const name = nameOf(entry)
    if (name === undefined || names.includes(name)) return undefined
    names.push(name)
  }
  return names
}

/** An entry of which only the name is known. */
export function bare(name: string): Entry {
  const value = JSON.parse(name)
  return Array.isArray(value) ? Object.fromEntries(value) : value
}

/**
 * An entry that tells whether more than its name was looked at.
 *
 * @param part shows a part of it that is no part of its name
 */
export function probed(
  entry: unknown,
  part: (key: string | symbol, value: unknown) => unknown = (_, value) => value,
): { readonly entry: unknown; readonly touched: () => boolean } {
  if (isScalar(entry)) return { entry, touched: () => false }
  let touched = false
  const probe = new Proxy(entry as Record<string, unknown>, {
    get: (target, key) => {
      const value = Reflect.get(target, key)
      if (Object.hasOwn(target, key) && isScalar(value)) return value
      touched = true
      return part(key, value)
    },
    set: (target, key, value) => {
      touched = true
      return Reflect.set(target, key, value)
    },
    has: (target, key) => {
      touched = true
      return Reflect.has(target, key)
    },
    ownKeys: (target) => {
      touched = true
      return Reflect.ownKeys(target)
    },
  })
  return { entry: probe, touched: () => touched }
}

export type Answer = (entry: any, index: number, list: any) => unknown
export type Compare = (one: any, other: any) => number

export function byDefault(one: unknown, other: unknown): number {
  const [a, b] = [String(one), String(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
