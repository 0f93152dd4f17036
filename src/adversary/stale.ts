import { type AnyMessage, byText, grouped, type Json, textOf } from '../model/index.ts'
import { chosenBy, hasViews, PLANS_BY_VIEW, viewOfMessage } from './message-places.ts'
import { identities, type Scene, type Strategy } from './strategy.ts'

/** Of so many of the oldest a plan chooses one. */
const OLDEST = 3

/**
 * Whatever a message says of the past, it says the least and the oldest that can be proved: the certificate of the lowest
 * view, the shortest list, nothing at all. Which of the few oldest it is a plan chooses for each view and type;
 * everybody gets the same. What says nothing of the past, such as a vote, is sent as it is.
 */
export const stale: Strategy = {
  name: 'stale',
  about: 'says of the past the least and the oldest that can be proved, and votes for everything',
  onDemand: true,
  suits: (scene) => hasViews(scene) && scene.universe.closed,
  plans: () => PLANS_BY_VIEW,
  behave(scene, plan) {
    const viewOf = (message: AnyMessage) => viewOfMessage(scene.program, message)
    const groups = grouped(scene.universe.messages, (message) => `${viewOf(message)} ${message.type}`)
    const told = [...groups].flatMap(([name, messages]) => {
      if (!messages.some((message) => speaksOfThePast(scene, message))) return messages
      const byAge = [...messages].sort((a, b) => amount(a) - amount(b) || byText(textOf(a), textOf(b)))
      const chosen = byAge[chosenBy(plan, name, Math.min(OLDEST, byAge.length))]!
      return byAge.filter((message) => amount(message) === amount(chosen))
    })
    const from = identities(scene)
    return { opening: told.flatMap((message) => from.map((id) => ({ from: id, to: scene.correct, message }))) }
  },
}

/** Does it need a proof, or name more than one place or thing by a number? */
function speaksOfThePast({ program }: Scene, message: AnyMessage): boolean {
  if (program.proofOf(message)) return true
  return Object.values(message).filter((value) => typeof value === 'number' || Array.isArray(value)).length > 1
}

/** How much it says: the sum of all numbers in it, and of how many things there are. */
function amount(message: AnyMessage): number {
  const sum = (value: Json): number => {
    if (typeof value === 'number') return value
    if (typeof value !== 'object' || value === null) return value === null ? 0 : 1
    return Object.values(value).reduce<number>((total, part) => total + 1 + sum(part), 0)
  }
  return sum(message as unknown as Json)
}
