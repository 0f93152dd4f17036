import { UsageError } from './errors.ts'
import { byContent, canonical } from './json.ts'
import type { AnyMessage, Match } from './message.ts'
import type { Role } from './proof.ts'
import type { Threshold } from './threshold.ts'

/** How high a message is: a number, or several of which the first counts most. So there is an order, whatever it is. */
export type Rank = (message: AnyMessage) => number | readonly number[]

/** Who puts the questions. */
interface Asking {
  need(q: Threshold, match: Match<AnyMessage>, role: Role): void
  take(q: number, match: Match<AnyMessage>, summarise: (chosen: readonly AnyMessage[]) => unknown, role: Role): unknown
}

/** The highest of some messages that are sorted by content; of equally high ones the first. */
export function highestOf(chosen: readonly AnyMessage[], rank: Rank): AnyMessage {
  return chosen.reduce((best, next) => (compared(rank, next, best) > 0 ? next : best))
}

/**
 * The highest message of some choice of q. It is the highest of one exactly where q senders, its own among them, have
 * said something that is not higher: beside it, one takes what the others have said.
 *
 * @param splits ask that, instead of going through all choices? It has as many answers, and each is two questions of how
 * many there are. Where words are answered for in the order in which they come, one choice is made instead.
 */
export function takenHighest(
  asking: Asking,
  splits: boolean,
  q: number,
  match: Match<AnyMessage>,
  rank: Rank,
  role: Role,
): AnyMessage {
  if (q === 0) throw new UsageError('takeHighest asks for the highest of no messages', 'ask for at least one')
  if (!splits) return asking.take(q, match, (chosen) => highestOf(chosen, rank), role) as AnyMessage
  const highest = asking.take(1, match, ([only]) => only, role) as AnyMessage
  const isAtMost = (message: AnyMessage): boolean => {
    const difference = compared(rank, message, highest)
    return difference < 0 || (difference === 0 && byContent(message, highest) >= 0)
  }
  const others: Match<AnyMessage> = (message, from) => match(message, from) && isAtMost(message)
  asking.need(q, match.type === undefined ? others : Object.assign(others, { type: match.type }), role)
  return highest
}

function compared(rank: Rank, one: AnyMessage, other: AnyMessage): number {
  const [ranks, others] = [ranksOf(rank, one), ranksOf(rank, other)]
  const differs = ranks.findIndex((number, i) => number !== others[i])
  return differs < 0 ? 0 : ranks[differs]! - others[differs]!
}

/** As many for each message, so that all are in one order. */
const ranksOf = (rank: Rank, message: AnyMessage): readonly number[] => {
  const made: unknown = rank(message)
  const ranks: readonly unknown[] = Array.isArray(made) ? made : [made]
  if (ranks.every(Number.isFinite)) return ranks as readonly number[]
  throw new UsageError(
    `the rank that takeHighest is given is ${JSON.stringify(made) ?? String(made)} for ${canonical(message)}`,
    'let it return a number, or a list of numbers, whatever message it is given',
  )
}
