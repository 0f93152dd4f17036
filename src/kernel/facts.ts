import type { TallyQuestion } from '../model/index.ts'

/** A part of what is counted: one key of a tally, as name, line break and key; or a whole tally, as its name. */
export type Fact = string

export const BREAK = '\n'

/** Votes for a key in a tally, or for any in it. */
export function factOf({ tally, key }: Pick<TallyQuestion, 'tally' | 'key'>): Fact {
  return key === '' ? tally : `${tally}${BREAK}${key}`
}

/** The tally that a fact is about. */
export function tallyOf(fact: Fact): string {
  const at = fact.indexOf(BREAK)
  return at < 0 ? fact : fact.slice(0, at)
}

/** Is one of the two within the other, or the same? */
export function overlaps(one: Fact, other: Fact): boolean {
  if (one === other) return true
  return tallyOf(one) === tallyOf(other) && (!one.includes(BREAK) || !other.includes(BREAK))
}
