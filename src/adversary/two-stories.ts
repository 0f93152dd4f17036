import { byViewAndType, chosenBy, hasViews, PLANS_BY_VIEW, someCorrect } from './message-places.ts'
import { identities, type Offer, type Strategy } from './strategy.ts'

/**
 * Of each type, one message in each view for some of the correct replicas, and another one for the rest: what a
 * member reports in a view change is one selection of what happened for these, and another for those. Twins can tell
 * only what one of their copies has seen; this also tells what nobody has. And few messages make long stories: where
 * all are offered, a random walk mixes them up.
 */
export const twoStories: Strategy = {
  name: 'two-stories',
  about: 'one message of each type and view for some of the correct replicas, and another one for the others',
  onDemand: true,
  suits: (scene) => hasViews(scene) && scene.universe.closed,
  plans: () => PLANS_BY_VIEW,
  behave(scene, plan) {
    const opening: Offer[] = []
    for (const [name, messages] of byViewAndType(scene)) {
      const isFirst = someCorrect(scene, plan, name)
      const first = messages[chosenBy(plan, `1 ${name}`, messages.length)]!
      const second = messages[chosenBy(plan, `2 ${name}`, messages.length)]!
      const here = scene.correct.filter(isFirst)
      const there = scene.correct.filter((id) => !isFirst(id))
      for (const from of identities(scene)) {
        if (here.length > 0) opening.push({ from, to: here, message: first })
        if (there.length > 0) opening.push({ from, to: there, message: second })
      }
    }
    return { opening }
  },
}
