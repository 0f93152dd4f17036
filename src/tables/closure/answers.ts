/** How a question of a rule can be answered, if enough can have been said. */
import { headsOf } from '../../model/index.ts'
import { type AskTable, sorted, type Table } from '../../system/index.ts'
import { choicesAmong, haveDistinctSenders, type Matching } from './choices.ts'
import { TooLarge } from './closed.ts'

/**
 * What an answer can be made of: messages, with those who can have said them.
 *
 * @param heard by message, who may have said it, as a bit mask
 * @param counting whose words count
 */
export function matchingIn(heard: ReadonlyMap<number, number>, ask: AskTable, counting: number): Matching[] {
  const matching: Matching[] = []
  for (const [message, senders] of heard) {
    const able = ask.mask(message) & senders & counting
    if (able !== 0) matching.push({ message, senders: able })
  }
  return matching
}

/**
 * The choices of messages for a `take`, by what its summary makes of them.
 *
 * @param before what matched when this was last asked: choices that were possible then are left out
 */
export function bySummary(
  table: Table,
  asked: AskTable,
  matching: readonly Matching[],
  most: number,
  before?: readonly Matching[],
): Map<string, (readonly number[])[]> {
  const found = new Map<string, (readonly number[])[]>()
  const known = new Map(before?.map(({ message, senders }) => [message, senders]))
  const wasPossible = (choice: readonly number[]): boolean =>
    before !== undefined &&
    choice.every((message) => known.has(message)) &&
    haveDistinctSenders(choice.map((message) => known.get(message)!))
  let left = most
  for (const choice of choicesAmong(matching, headsOf(asked.ask.q))) {
    if (left-- === 0) throw new TooLarge(`more than ${most} choices for one take`)
    if (wasPossible(choice)) continue
    const messages = sorted(choice.map((number) => table.messages.values[number]!))
    const key = asked.textOfSummary(messages)
    const others = found.get(key)
    if (others) others.push(choice)
    else found.set(key, [choice])
  }
  return found
}

/** Do the same messages match, of the same senders? */
export function isSameMatching(one: readonly Matching[], other: readonly Matching[]): boolean {
  if (one.length !== other.length) return false
  return one.every(({ message, senders }, i) => message === other[i]!.message && senders === other[i]!.senders)
}
