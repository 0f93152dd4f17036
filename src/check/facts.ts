/** Names for parts of a state. */

/** A part of a state: a field, or one entry of a list, as `field` or `field` and name. */
export type Fact = string

export const BREAK = '\n'

/** The field that a part belongs to. */
export function fieldOf(fact: Fact): string {
  const at = fact.indexOf(BREAK)
  return at < 0 ? fact : fact.slice(0, at)
}

/** Is one of the two within the other, or the same? */
export function overlaps(one: Fact, other: Fact): boolean {
  if (one === other) return true
  return fieldOf(one) === fieldOf(other) && (!one.includes(BREAK) || !other.includes(BREAK))
}
