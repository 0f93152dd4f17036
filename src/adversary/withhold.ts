import { type Strategy, values } from './strategy.ts'

/** Steps for which words are held back, a plan each. */
const DELAYS = [4, 8, 16, 32, 64]

export const withhold: Strategy = {
  name: 'withhold',
  about: 'follows the protocol, but holds its words back and releases them late',
  plans: (scene) => DELAYS.length * values(scene).length,
  behave: (scene, plan) => ({
    strategyTwins: scene.members.map((member) => ({
      member,
      side: scene.correct,
      inputs: [values(scene)[plan % values(scene).length]!],
      withheldUntil: DELAYS[Math.floor(plan / values(scene).length)] ?? 4,
    })),
  }),
}
