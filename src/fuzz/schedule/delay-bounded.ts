import { type Chooser, drawAt } from './chooser.ts'

/** Delays of one run at most, and the steps within which they fall. */
const MOST_DELAYS = 6
const HORIZON = 64

/**
 * Delay-bounded scheduling: instances move in turn, and a few times, at steps drawn in advance, the one whose turn it is
 * loses it. With d delays within k steps there are at most k^d orders of moving, so few delays are tried out fast;
 * which of its own steps an instance takes is drawn.
 *
 * Emmi, Qadeer, Rakamarić, "Delay-bounded scheduling", POPL 2011.
 */
export const delayBounded: Chooser = {
  name: 'delay-bounded',
  about: 'instances move in turn; at a few steps drawn in advance, one of them loses its turn',
  begin(choices, weights) {
    const delays = Array.from({ length: choices.below(MOST_DELAYS + 1) }, () => choices.below(HORIZON))
    let turn = 0
    let step = 0
    return (actions) => {
      if (delays.includes(step++)) turn++
      while (!actions.canMove(actions.instances[turn % actions.instances.length]!)) turn++
      const next = actions.instances[turn++ % actions.instances.length]!
      return drawAt(choices, actions, weights, next)
    }
  },
}
