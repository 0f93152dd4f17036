import type { Strategy } from './strategy.ts'

/** Firings after which the latest crash comes; protocols here decide in fewer. */
const LATEST = 12

export const crash: Strategy = {
  name: 'crash',
  about: 'follows the protocol, then stops for ever',
  plans: () => LATEST,
  behave: (scene, plan) => ({
    strategyTwins: scene.members.map((member) => ({
      member,
      side: scene.correct,
      inputs: scene.program.setting.values.slice(0, 1),
      stopsAfter: plan,
    })),
  }),
}
