import type { Instance } from '../../kernel/index.ts'
import type { Actions } from './actions.ts'
import type { Choices } from './choices.ts'
import { type Chooser, drawAt } from './chooser.ts'

/** Steps within which priorities change, and how often they change at most. */
const HORIZON = 64
const MOST_CHANGES = 4

/**
 * Probabilistic concurrency testing: every instance has a priority, the one with the highest that can move does, and at
 * a few steps drawn in advance the one that would move next falls below all others. A violation of depth 2, for which one
 * of p instances has to stop at a certain one of the first k = 64 steps, is met with probability at least 1/(5·p·k): one
 * run in five draws one fall. That counts the order of instances alone; which of its own steps one takes is drawn. For
 * greater depths no bound is known here: of two that fall, the later one is always the lower.
 *
 * Burckhardt et al., "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010; chains of
 * causes instead of threads as in Ozkan et al., "Randomized testing of distributed systems with probabilistic
 * guarantees", OOPSLA 2018: the steps of one instance are a chain.
 */
export const pct: Chooser = {
  name: 'pct',
  about: 'the instance of highest priority moves; priorities fall at a few steps drawn in advance',
  begin(choices, weights) {
    const falls = Array.from({ length: choices.below(MOST_CHANGES + 1) }, () => choices.below(HORIZON))
    const known = new Priorities(choices)
    let step = 0
    return (actions) => {
      let first = known.highest(actions)
      if (falls.includes(step++)) {
        known.drop(first)
        first = known.highest(actions)
      }
      return drawAt(choices, actions, weights, first)
    }
  },
}

/** Priorities of the instances of one run, drawn when they are met. */
class Priorities {
  readonly #choices: Choices
  readonly #of: number[] = []
  #lowest = 0

  constructor(choices: Choices) {
    this.#choices = choices
  }

  /** Of those that can move. */
  highest(actions: Actions): Instance {
    let best: Instance | undefined
    for (const instance of actions.instances) {
      this.#of[instance.index] ??= this.#choices.below(65_536)
      const isHigher = best === undefined || this.#of[instance.index]! > this.#of[best.index]!
      if (isHigher && actions.canMove(instance)) best = instance
    }
    return best!
  }

  drop({ index }: Instance): void {
    this.#lowest--
    this.#of[index] = this.#lowest
  }
}
