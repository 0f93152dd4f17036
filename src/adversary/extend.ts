import { type AnyMessage, grouped, remembered } from '../model/index.ts'
import { hasViews, PLANS_BY_VIEW, someCorrect, viewOfMessage } from './message-places.ts'
import { identities, type Offer, type Strategy } from './strategy.ts'

/**
 * As soon as a correct replica has sent something in a view, the coalition goes on to the next: whatever it can prove there, on
 * whatever certificate there is, goes to some of the correct replicas, which a plan chooses for each view. What it
 * needs no proof for, such as a vote, goes to all, and in the same view.
 */
export const extend: Strategy = {
  name: 'extend',
  about: 'extends whatever is certified in the next view, and shows that to certain correct replicas only',
  onDemand: true,
  suits: hasViews,
  plans: () => PLANS_BY_VIEW,
  behave(scene, plan) {
    const { program, correct, universe } = scene
    const viewOf = (message: AnyMessage) => viewOfMessage(program, message)
    const from = identities(scene)
    const byView = grouped(universe.messages, viewOf)
    const say = (message: AnyMessage): Offer[] => {
      const to = program.proofOf(message) ? correct.filter(someCorrect(scene, plan, `${viewOf(message)}`)) : correct
      return from.map((id) => ({ from: id, to, message }))
    }
    const known = new Map<number, readonly Offer[]>()
    const inView = (view: number): readonly Offer[] =>
      remembered(known, view, () => (byView.get(view) ?? []).flatMap(say))
    const lowest = Math.min(0, ...byView.keys())
    return {
      opening: inView(lowest),
      hears: (_, message) => {
        const view = viewOf(message)
        return [...inView(view + 1), ...inView(view), ...(universe.closed ? [] : say(message))]
      },
    }
  },
}
