import { type AskTable, type Leaf, type Node, satisfied } from '../system/index.ts'
import type { Polls } from './ballot-table.ts'

/** Who is asked: with votes that decide what a handler does, and with what has come. */
interface Asked {
  polled(node: Node | Polls): Node
  satisfies(ask: AskTable): boolean
}

/** How far a rule gets on what has come, without choosing anything. */
export function progressOf(instance: Asked, node: Node | Polls): Leaf | 'maybe' | 'cut' | undefined {
  let here = instance.polled(node)
  for (;;) {
    if (here.kind === 'fires') return here
    if (here.kind === 'dead') return here.cut ? 'cut' : undefined
    if (!instance.satisfies(here.ask)) return undefined
    if (here.ask.ask.kind === 'take') return 'maybe'
    here = satisfied(here)
  }
}
