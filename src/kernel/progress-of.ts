import { type Leaf, type Node, satisfied } from '../system/index.ts'
import type { Polls } from './ballot-table.ts'
import type { Instance } from './instance.ts'

/** How far a rule gets on what has come, without choosing anything. */
export function progressOf(
  instance: Pick<Instance, 'polled' | 'satisfies'>,
  node: Node | Polls,
): Leaf | 'maybe' | 'cut' | undefined {
  let here = instance.polled(node)
  for (;;) {
    if (here.kind === 'fires') return here
    if (here.kind === 'dead') return here.cut ? 'cut' : undefined
    if (!instance.satisfies(here.ask)) return undefined
    if (here.ask.ask.kind === 'take') return 'maybe'
    here = satisfied(here)
  }
}
