import { UsageError } from './errors.ts'
import { didYouMean } from './nearest.ts'

/** What something that a program hands over may be: in words, and as a test. */
export interface Kind {
  readonly words: string
  readonly is: (value: unknown) => boolean
  readonly optional?: boolean
}

/** The fields of an object by name; it has no others. */
export type Shape = Readonly<Record<string, Kind>>

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const TEXT: Kind = { words: 'a text', is: (value) => typeof value === 'string' }
export const FLAG: Kind = { words: 'true or false', is: (value) => typeof value === 'boolean' }
export const FUNCTION: Kind = { words: 'a function', is: (value) => typeof value === 'function' }
export const OBJECT: Kind = { words: 'an object', is: isObject }
export const WHOLE: Kind = whole(0)
export const NUMBER: Kind = { words: 'a number', is: (value) => typeof value === 'number' && !Number.isNaN(value) }
/** Inputs as a configuration, or a protocol's defaults, have them. */
export const INPUTS: Kind = {
  words: 'any, or an object with a list of values for each id',
  is: (value) => value === 'any' || isObject(value),
}

export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Kind {
  const upTo = most === Number.MAX_SAFE_INTEGER ? 'up' : `to ${most}`
  const is = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
  return { words: `a whole number from ${least} ${upTo}`, is }
}

export function oneOf(names: readonly string[]): Kind {
  return { words: names.join(', ').replace(/, ([^,]*)$/, ' or $1'), is: (value) => names.includes(value as string) }
}

export function listOf({ words, is }: Kind): Kind {
  return { words: `a list; each of it is ${words}`, is: (value) => Array.isArray(value) && value.every(is) }
}

export function optional(kind: Kind): Kind {
  return { ...kind, optional: true }
}

/** A value as an error message shows it. */
export function shownValue(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'number' || value === undefined) return String(value)
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    // It has no end, or holds what JSON does not know.
  }
  return (text ?? typeof value).slice(0, 60)
}

/** @throws UsageError for a value of another kind, which names its place and says what belongs there */
export function assertKind(place: string, { words, is }: Kind, value: unknown): void {
  if (!is(value)) throw new UsageError(`${place} is ${shownValue(value)}`, `give ${words}`)
}

/** @throws UsageError for a field that is missing, of another kind, or of a name that nobody knows */
export function assertShape(place: string, shape: Shape, value: unknown): void {
  assertKind(place, OBJECT, value)
  const given = value as Record<string, unknown>
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(shape, name)) continue
    throw new UsageError(`${place}: there is no field called ${name}`, didYouMean(name, Object.keys(shape)))
  }
  for (const [name, kind] of Object.entries(shape)) {
    if (given[name] !== undefined) assertKind(`${place}: ${name}`, kind, given[name])
    else if (!kind.optional) throw new UsageError(`${place}: ${name} is missing`, `give ${kind.words}`)
  }
}

/** Has it all of these fields, of the right kinds? It may have others. */
export function fits(shape: Shape): (value: unknown) => boolean {
  const has = (value: Record<string, unknown>, [name, { is, optional: may }]: [string, Kind]): boolean =>
    value[name] === undefined ? may === true : is(value[name])
  return (value) => isObject(value) && Object.entries(shape).every((field) => has(value, field))
}

/** An object that has all of these fields. */
export function objectOf(shape: Shape): Kind {
  return { words: 'an object with its fields', is: fits(shape) }
}

/** @throws UsageError for a name that is not among those that are known */
export function assertKnown(what: string, names: readonly string[], known: readonly string[]): void {
  const odd = names.find((name) => !known.includes(name))
  if (odd !== undefined) throw new UsageError(`there is no ${what} called ${odd}`, didYouMean(odd, known))
}
