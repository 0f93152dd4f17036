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

function lowestView(actions: Actions): number {
  let lowest = Number.POSITIVE_INFINITY
  for (const instance of actions.instances) {
    if (instance.row.view < lowest && actions.canMove(instance)) lowest = instance.row.view
  }
  return lowest
}
