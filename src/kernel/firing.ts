import { headsOf, type Id } from '../model/index.ts'
import { type Leaf, type Node, satisfied, type Table } from '../system/index.ts'
import type { Polls } from './ballot-table.ts'
import { SENDERS } from './bits.ts'
import type { Instance } from './instance.ts'
import { firstToArrive, matching, NOTHING_TAKEN, type Pick, type Taken } from './taking.ts'

/** What a rule does, with what its `take`s got. */
export interface FiredRule {
  readonly leaf: Leaf
  readonly taken: readonly Taken[]
}

/**
 * Fires a rule, choosing what each `take` gets. Nothing where it does not fire, or the choice makes it no step; `cut`
 * where a bound forbids it.
 */
export function resolve(
  instance: Instance,
  table: Table,
  node: Node | Polls,
  pick: Pick,
): FiredRule | 'cut' | undefined {
  let taken = NOTHING_TAKEN
  let here = instance.polled(node)
  for (;;) {
    if (here.kind === 'fires') return { leaf: here, taken }
    if (here.kind === 'dead') return here.cut ? 'cut' : undefined
    if (!instance.satisfies(here.ask)) return undefined
    if (here.ask.ask.kind === 'need') {
      here = satisfied(here)
      continue
    }
    const chosen = pick(matching(here.ask, instance), headsOf(here.ask.ask.q))
    taken = [...taken, chosen]
    here = table.take(
      here,
      chosen.map((word) => Math.floor(word / SENDERS)),
    )
  }
}

/** A rule and what it does. */
interface Step {
  readonly rule: string
  readonly leaf: Leaf
}

/**
 * What the rules on a message do where each runs once, in declared order. A bound that forbids one of them forbids all:
 * what the others do is not done either.
 *
 * @param hearsItself is an own broadcast evidence for the rules that follow?
 */
export function onceThrough(
  instance: Instance,
  table: Table,
  message: number,
  from: Id,
  hearsItself: boolean,
): readonly Step[] | 'cut' {
  const handlers = instance.row.on(message, from)
  if (handlers.length === 0) return NO_STEPS
  const [{ rule, node }] = handlers as [(typeof handlers)[0]]
  const first = resolve(instance, table, node, firstToArrive)
  if (first === 'cut') return 'cut'
  const steps = first ? [{ rule: rule.name, leaf: first.leaf }] : NO_STEPS
  if (handlers.length === 1) return steps
  return instance.supposing(() => {
    const all = [...steps]
    if (first) instance.suppose(first.leaf, hearsItself)
    for (let i = 1; i < handlers.length; i++) {
      const next = instance.row.on(message, from)[i]!
      const fired = resolve(instance, table, next.node, firstToArrive)
      if (fired === 'cut') return 'cut'
      if (!fired) continue
      all.push({ rule: next.rule.name, leaf: fired.leaf })
      instance.suppose(fired.leaf, hearsItself)
    }
    return all
  })
}

const NO_STEPS: readonly Step[] = []
