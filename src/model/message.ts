import { canonical } from './json.ts'
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

/** Who said something: the message and its sender. */
export interface Word {
  readonly from: Id
  readonly message: AnyMessage
}

/** Does this message, said by this sender, count? */
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

/**
 * A declarative match: messages of one type whose named fields have the given values, from anyone or from one sender.
 *
 * `match<Message>('COMMIT', { view, slot, value })`
 */
export function match<M extends AnyMessage>(...[type, fields, from]: MatchArguments<M>): Match<M> {
  const wanted = Object.entries((fields ?? {}) as Record<string, unknown>)
  const test = (message: M, sender: Id): boolean => {
    if (message.type !== type || (from !== undefined && sender !== from)) return false
    for (const [field, value] of wanted) {
      const found = (message as Record<string, unknown>)[field]
      if (found !== value && (typeof value !== 'object' || canonical(found) !== canonical(value))) return false
    }
    return true
  }
  return Object.assign(test, { key: canonical([type, fields ?? {}, from ?? null]), type: type as string })
}
