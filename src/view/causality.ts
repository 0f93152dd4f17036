import type { RunView, Truth } from './run.ts'

type Events = Pick<RunView, 'events'>

/** Steps that had to happen before a step could, itself included: its causal past, ascending. */
export function pastOf({ events }: Events, number: number): number[] {
  const past = new Set<number>()
  const open = [number]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next < 1 || past.has(next)) continue
    past.add(next)
    open.push(...events[next - 1]!.causes)
  }
  return [...past].sort((a, b) => a - b)
}

/** The truths of all claims after a step, 0 being before the first one. */
export function truthsAt(
  { truths, events }: Pick<RunView, 'truths' | 'events'>,
  number: number,
): ReadonlyMap<string, Truth> {
  const now = new Map(truths.map((truth) => [truth.claim, truth]))
  for (const event of events) {
    if (event.number > number) break
    for (const truth of event.truths) now.set(truth.claim, truth)
  }
  return now
}
