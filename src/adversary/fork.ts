import { type AnyMessage, remembered } from '../model/index.ts'
import { historyOf } from './histories.ts'
import { chosenBy, hasViews, PLANS_BY_VIEW, someCorrect, viewOfMessage } from './message-places.ts'
import { identities, type Offer, type Strategy } from './strategy.ts'

/**
 * Two histories, each consistent in itself: two chains of blocks or, where there are no blocks, two assignments of a value to each
 * view. The coalition sends whatever belongs to one of them, certificates and all, and nothing else. Both are told to all correct
 * replicas, or each to some of them; who these are changes with the view, or never.
 *
 * Few messages make long stories: where all are offered, as `forge` does, a random walk mixes them up.
 */
export const fork: Strategy = {
  name: 'fork',
  about: 'tells two histories, each consistent in itself: two chains of blocks, or a value for each view',
  onDemand: true,
  suits: (scene) => hasViews(scene) && scene.universe.closed,
  plans: () => PLANS_BY_VIEW,
  behave(scene, plan) {
    const { program, correct, universe } = scene
    const from = identities(scene)
    const [isFirst, isSecond] = [historyOf(scene, plan, 'first'), historyOf(scene, plan, 'second')]
    const how = chosenBy(plan, 'how', 3)
    const known = new Map<number, readonly (readonly number[])[]>()
    const sidesOf = (message: AnyMessage) => {
      const view = how === 1 ? 0 : viewOfMessage(program, message)
      return remembered(known, view, () => {
        const isHere = someCorrect(scene, plan, `sides ${view}`)
        return [correct.filter(isHere), correct.filter((id) => !isHere(id))]
      })
    }
    const opening: Offer[] = []
    for (const message of universe.messages) {
      const [first, second] = [isFirst(message), isSecond(message)]
      if (!first && !second) continue
      const isForAll = how === 0 || (first && second)
      const to = isForAll ? correct : sidesOf(message)[first ? 0 : 1]!
      if (to.length > 0) for (const id of from) opening.push({ from: id, to, message })
    }
    return { opening }
  },
}
