/** How a question of a rule can be answered, if enough can have been said. */
import { canonical } from '../model/index.ts'
import { type AskTable, sorted, type Table } from '../system/index.ts'
import { choicesOf, type Matching } from './choices.ts'
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

/** The choices of messages for a `take`, by what its summary makes of them. */
export function bySummary(
  table: Table,
  { ask }: AskTable,
  matching: readonly Matching[],
  most: number,
): Map<string, (readonly number[])[]> {
  const found = new Map<string, (readonly number[])[]>()
  let left = most
  for (const choice of choicesOf(matching, ask.q)) {
    if (left-- === 0) throw new TooLarge(`more than ${most} choices for one take`)
    const messages = sorted(choice.map((number) => table.messages.values[number]!))
    const key = canonical(ask.summarise?.(messages) ?? null)
    const known = found.get(key)
    if (known) known.push(choice)
    else found.set(key, [choice])
  }
  return found
}
