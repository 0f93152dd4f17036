import type { Machine } from './machine.ts'

/** By state: what can be output from there on, if every atom held. */
export function outputsAhead({ edges }: Machine): readonly ReadonlySet<number>[] {
  const ahead = edges.map((list) => new Set(list.flatMap(({ outputs }) => outputs)))
  for (let changed = true; changed; ) {
    changed = false
    for (let state = edges.length - 1; state >= 0; state--) {
      const mine = ahead[state]!
      const before = mine.size
      for (const { target } of edges[state]!) for (const output of ahead[target]!) mine.add(output)
      if (mine.size !== before) changed = true
    }
  }
  return ahead
}
