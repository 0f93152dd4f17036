import type { Definition } from './declaration.ts'
import { UsageError } from './errors.ts'
import { nearest } from './nearest.ts'
import type { Setting } from './setting.ts'

/** What the handlers of a program may name, and what they were seen to name. */
export interface Vocabulary {
  /** Types that somebody handles; nothing where that is not declared rule by rule. */
  readonly types: ReadonlySet<string> | undefined
  readonly timers: readonly string[]
  readonly coins: readonly string[]
  readonly tallies: readonly string[]
  /** May rules ask? */
  readonly inbox: boolean
  /** Replicas and clients. */
  readonly participants: number
  /** Types that were sent and that nobody handles, with the place where that was done first. */
  readonly unhandled: Map<string, string>
  /** Types that some question asked for; `*` for a question that may ask for any. */
  readonly asked: Set<string>
}

export function vocabularyOf(definition: Definition<any>, { n, clients }: Setting): Vocabulary {
  const { upon, client, timeout, coin, proofs, addressed, tallies, inbox = true } = definition
  const types = [upon, client?.upon, proofs].flatMap((part) => Object.keys(part ?? {}))
  return {
    types: definition.round ? undefined : new Set([...types, ...(addressed ?? [])]),
    timers: [timeout, client?.timeout].flatMap((part) => Object.keys(part ?? {})),
    coins: [coin, client?.coin].flatMap((part) => Object.keys(part ?? {})),
    tallies: Object.keys(tallies ?? {}),
    inbox,
    participants: n + clients,
    unhandled: new Map(),
    asked: new Set(),
  }
}

/**
 * At the end of a search, when it is known what is asked for: a type that is sent, and that nobody handles or asks for,
 * is mostly a typing mistake.
 *
 * @throws UsageError that names its sender
 */
export function assertHeard({ types, unhandled, asked }: Vocabulary): void {
  if (asked.has('*')) return
  for (const [type, place] of unhandled) {
    if (asked.has(type)) continue
    const known = nearest(type, [...types!]).join(', ')
    throw new UsageError(
      `${place}: it sends ${type}, which no rule handles, needs or takes`,
      `there are rules on ${known || 'nothing'}; if no replica acts on it, write an empty rule`,
    )
  }
}
