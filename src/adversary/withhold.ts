import type { Strategy } from './strategy.ts'

/** For how many steps messages are held back, a plan each. */
const DELAYS = [4, 8, 16, 32, 64]

export const withhold: Strategy = {
  name: 'withhold',
  about: 'follows the protocol, but sends its messages late',
  plans: (scene) => DELAYS.length * scene.program.setting.values.length,
  behave: (scene, plan) => ({
    strategyTwins: scene.members.map((member) => ({
      member,
      side: scene.correct,
      inputs: [scene.program.setting.values[plan % scene.program.setting.values.length]!],
      withheldUntil: DELAYS[Math.floor(plan / scene.program.setting.values.length)] ?? 4,
    })),
  }),
}
