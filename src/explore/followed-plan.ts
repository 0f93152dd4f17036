import { type Behaviour, identities, type Scene, type Strategy } from '../adversary/index.ts'
import type { Choices } from '../fuzz/schedule/choices.ts'
import { textOf } from '../model/index.ts'
import type { Offered, System } from '../system/index.ts'

/** One plan of a strategy, followed in a state: what the coalition says once it has heard all that was said there. */
export class FollowedPlan {
  readonly #behaviour: Behaviour | undefined

  /** Draws the plan. A strategy that does not suit the setting has none, and everything may be said. */
  constructor(scene: Scene, strategy: Strategy, choices: Choices) {
    const count = identities(scene).length > 0 && strategy.suits?.(scene) !== false ? strategy.plans(scene) : 0
    this.#behaviour = count > 0 ? strategy.behave(scene, choices.below(count)) : undefined
  }

  /** Of what can be said, that which the strategy says. */
  among({ soup }: System, offered: readonly Offered[]): readonly Offered[] {
    if (!this.#behaviour) return offered
    const { opening = [], hears } = this.#behaviour
    const says = [...opening, ...soup.flatMap(({ from, message }) => hears?.(from, message) ?? [])]
    const texts = new Set(says.flatMap(({ from, to, message }) => to.map((id) => `${from} ${id} ${textOf(message)}`)))
    return offered.filter(({ from, to, message }) => texts.has(`${from} ${to} ${textOf(message)}`))
  }
}
