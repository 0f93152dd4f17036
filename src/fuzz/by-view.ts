import { type Instance, KINDS } from '../kernel/index.ts'
import type { Actions } from './actions.ts'
import { type Chooser, drawAmong } from './chooser.ts'

/**
 * Only steps of the lowest view that somebody can still take. What was said stays there, so whatever can happen at the
 * replicas can happen view by view, too; a random walk would rather leave for the last view by one jump, and not come
 * back.
 */
export const byView: Chooser = {
  name: 'by-view',
  about: 'only steps of the lowest view in which somebody can still take one, drawn as a random walk does',
  begin: (choices, weights) => (actions) => {
    const lowest = lowestView(actions)
    return drawAmong(choices, actions, weights, ({ row }) => row.view === lowest)
  },
}

function lowestView({ instances, flights, offers }: Actions): number {
  let lowest = Number.POSITIVE_INFINITY
  const look = ({ row }: Instance): void => {
    if (row.view < lowest) lowest = row.view
  }
  for (const instance of instances) if (KINDS.some((_, kind) => instance.counts[kind]! > 0)) look(instance)
  for (const { to } of flights) look(instances[to]!)
  for (const { to } of offers) look(instances[to]!)
  return lowest
}
