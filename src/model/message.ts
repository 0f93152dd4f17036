import { describeError, kindOf, UsageError } from './errors.ts'
import { canonical } from './json.ts'
import { canonicalValue } from './plain.ts'
import type { Id } from './setting.ts'

/** The contents of a message. `type` is written in capitals, as in the papers. */
export interface AnyMessage {
  readonly type: string
}

/**
 * The members of a message union with type `K`. Distributive, so that a member whose `type` is itself a union keeps
 * its fields; plain `Extract` would turn it into `never` and compile silently.
 */
export type MessageOf<M, K> = M extends { type: infer U } ? (K extends U ? M & { type: K } : never) : never

/** A message and its sender. */
export interface SentMessage {
  readonly from: Id
  readonly message: AnyMessage
}

/** Does this message of this sender count? */
export interface Match<M> {
  (message: M, from: Id): boolean
  /** Equal keys mean the same question. Present on declarative matches only; lets engines ask it once. */
  readonly key?: string
  /** The only type that can match, if known. */
  readonly type?: string
}

type MatchArguments<M> = M extends { type: infer K }
  ? [type: K, fields?: { [F in Exclude<keyof M, 'type'>]?: M[F] }, from?: Id]
  : never

/** Told from a key that somebody else gave to a function; known to other copies of this package, too. */
const MADE = Symbol.for('turncoat.match')

/**
 * A declarative match: messages of one type whose named fields have the given values, from anyone or from one sender.
 *
 * `match<Message>('COMMIT', { view, slot, value })`
 */
export function match<M extends AnyMessage>(...[type, fields, from]: MatchArguments<M>): Match<M> {
  const place = `match('${String(type)}', …)`
  if (typeof type !== 'string') throw new UsageError(`${place}: a type is a text`, "write match('COMMIT', { view })")
  if (from !== undefined && !Number.isInteger(from)) {
    throw new UsageError(`${place}: the sender ${String(from)} is not a participant`, 'leave it out for anybody')
  }
  const wanted = Object.entries((fields ?? {}) as Record<string, unknown>)
  for (const [field, value] of wanted) {
    if (value !== undefined) continue
    throw new UsageError(
      `${place}: the field ${field} is undefined, which no message has`,
      'leave the field out to match any value, or ask only once the value is known',
    )
  }
  const values = wanted.map(([field, value]) => [field, canonicalValue(value, place, field)] as const)
  const test = (message: M, sender: Id): boolean => {
    if (message.type !== type || (from !== undefined && sender !== from)) return false
    for (const [field, value] of values) {
      const found = (message as Record<string, unknown>)[field]
      if (found !== value && (typeof value !== 'object' || canonical(found) !== canonical(value))) return false
    }
    return true
  }
  const made = { key: canonical([type, Object.fromEntries(values), from ?? null]), type: type as string }
  return Object.freeze(Object.defineProperty(Object.assign(test, made), MADE, { value: test }))
}

/**
 * The same match, held to what a match is: it answers at once with true or false, whatever message it is given.
 *
 * @param place whose match it is, for the message
 * @throws UsageError where it is none; when asked, where it throws or answers with a promise
 */
export function checkedMatch<M extends AnyMessage>(match: Match<M>, place: () => string): Match<M> {
  if (typeof match !== 'function') {
    throw new UsageError(`${place()}: ${kindOf(match)} is given as a match`, "write match('COMMIT', { view })")
  }
  // Made by `match`, it cannot go wrong, and its key says what it asks.
  if (Reflect.get(match, MADE) === match) return match
  return (message, from) => {
    let answer: unknown
    try {
      answer = match(message, from)
    } catch (error) {
      if (error instanceof UsageError) throw error
      throw new UsageError(
        `${place()}: its match throws on ${canonical(message)}: ${describeError(error)}`,
        'a match is asked about every message, of whatever type: look at the type first',
      )
    }
    if (typeof answer === 'object' && answer !== null) {
      throw new UsageError(`${place()}: its match answers with ${kindOf(answer)}`, 'let it return true or false')
    }
    return Boolean(answer)
  }
}

/**
 * Every record with one of the listed values in each field: for an alphabet, messages of one type, or of several with the same fields.
 *
 * `every({ type: ['ECHO', 'READY'], value: values })`
 */
export function every<const F extends { readonly [field: string]: readonly unknown[] }>(
  fields: F,
): { [K in keyof F]: F[K][number] }[] {
  let all: object[] = [{}]
  for (const [field, options] of Object.entries(fields)) {
    all = all.flatMap((record) => options.map((option) => ({ ...record, [field]: option })))
  }
  return all as never
}
