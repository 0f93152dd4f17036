import { type Chooser, drawKind, drawStep } from './chooser.ts'

/** Every step that can be taken is as likely as any other of its kind. */
export const randomWalk: Chooser = {
  name: 'random-walk',
  about: 'each next step drawn uniformly among those of a kind; kinds drawn by weight',
  begin: (choices, weights) => (actions) => drawStep(choices, actions, drawKind(choices, weights, actions.counts)),
}
