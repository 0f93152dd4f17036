import type { Run } from './run.ts'

type Events = Pick<Run, 'events'>

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
