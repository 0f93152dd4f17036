import type { AskTable } from '../system/index.ts'
import { type Leaf, type Node, satisfied } from '../system/index.ts'
import type { Polls } from './ballot-table.ts'

/** What has come at an instance, as far as a rule asks for it. */
interface Inbox {
  polled(node: Node | Polls): Node
  satisfies(ask: AskTable): boolean
}

/** How far a rule gets on what has come, without choosing anything. */
export function progressOf(instance: Inbox, node: Node | Polls): Leaf | 'maybe' | 'cut' | undefined {
  let here = instance.polled(node)
  for (;;) {
    if (here.kind === 'fires') return here
    if (here.kind === 'dead') return here.cut ? 'cut' : undefined
    if (!instance.satisfies(here.ask)) return undefined
    if (here.ask.ask.kind === 'take') return 'maybe'
    here = satisfied(here)
  }
}
