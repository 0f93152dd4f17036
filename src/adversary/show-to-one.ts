import type { AnyMessage } from '../model/index.ts'
import { historyOf } from './histories.ts'
import { chosenBy, hasViews, PLANS_BY_VIEW, viewOfMessage } from './message-places.ts'
import { identities, type Offer, type Strategy } from './strategy.ts'

/**
 * One history that is consistent in itself, but in each view all messages of one type are withheld, and shown to one correct
 * replica only: where they complete a certificate, that replica alone has it, and the next view begins without it.
 */
export const showToOne: Strategy = {
  name: 'show-to-one',
  about: 'tells one history, but shows the messages of one type in each view to one correct replica only',
  onDemand: true,
  suits: (scene) => hasViews(scene) && scene.universe.closed,
  plans: () => PLANS_BY_VIEW,
  behave(scene, plan) {
    const { program, correct, universe } = scene
    const from = identities(scene)
    const isTrue = historyOf(scene, plan, 'history')
    const types = [...program.replica.byType.keys()].sort()
    const receivers = (message: AnyMessage): readonly number[] => {
      const view = viewOfMessage(program, message)
      // In some views nothing is withheld.
      if (types[chosenBy(plan, `type ${view}`, types.length + 1)] !== message.type) return correct
      return [correct[chosenBy(plan, `one ${view}`, correct.length)]!]
    }
    const opening: Offer[] = []
    for (const message of universe.messages) {
      if (!isTrue(message)) continue
      const to = receivers(message)
      for (const id of from) opening.push({ from: id, to, message })
    }
    return { opening }
  },
}
