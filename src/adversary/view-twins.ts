import { type AnyMessage, remembered } from '../model/index.ts'
import { chosenBy, hasViews, PLANS_BY_VIEW, someCorrect, viewOfMessage } from './message-places.ts'
import type { Strategy } from './strategy.ts'

/**
 * Two twins of each member, with different values. They hear everybody, but who hears which of the two is chosen anew for
 * each view, and in half of the plans for each type of message in it: the partitions of "Twins: BFT systems made robust" (Bano et
 * al., OPODIS 2021) change from round to round, too. `split-brain` keeps one partition for the whole run.
 */
export const viewTwins: Strategy = {
  name: 'view-twins',
  about: 'runs the protocol twice, and divides the correct replicas between the two anew in each view or phase',
  onDemand: true,
  suits: hasViews,
  plans: () => PLANS_BY_VIEW,
  behave(scene, plan) {
    const viewOf = (message: AnyMessage) => viewOfMessage(scene.program, message)
    const isByPhase = chosenBy(plan, 'phases', 2) === 1
    const sides = new Map<string, (id: number) => boolean>()
    const isFirst = (message: AnyMessage, to: number): boolean => {
      const name = isByPhase ? `${viewOf(message)} ${message.type}` : `${viewOf(message)}`
      return remembered(sides, name, () => someCorrect(scene, plan, name))(to)
    }
    const [a, b = a] = scene.program.setting.values
    return {
      strategyTwins: scene.members.flatMap((member) => [
        { member, side: scene.correct, inputs: [a!], reaches: isFirst },
        { member, side: scene.correct, inputs: [b!], reaches: (message, to) => !isFirst(message, to) },
      ]),
    }
  },
}
