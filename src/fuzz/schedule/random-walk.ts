import { type Chooser, drawKind, drawStep } from './chooser.ts'

/** Every step that can be taken is as likely as any other of its kind. */
export const randomWalk: Chooser = {
  name: 'random-walk',
  about: 'draws a kind of step by weight, then one step of that kind uniformly',
  begin: (choices, weights) => (actions) => drawStep(choices, actions, drawKind(choices, weights, actions.counts)),
}
