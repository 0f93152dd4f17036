import type { Actions } from './actions.ts'
import { type Chooser, drawAmong } from './chooser.ts'

/**
 * Only steps of the lowest view that somebody can still take. What was sent stays there, so whatever can happen at the
 * replicas can happen view by view, too; a random walk would rather leave for the last view by one jump, and not come
 * back.
 */
export const byView: Chooser = {
  name: 'by-view',
  about: 'a random walk over the steps of the lowest view that has an enabled step',
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
