import type { Strategy } from './strategy.ts'

export const equivocate: Strategy = {
  name: 'equivocate',
  about: 'follows the protocol once for each value at the same time, and tells everybody all of it',
  plans: () => 1,
  behave: (scene) => ({
    strategyTwins: scene.members.flatMap((member) =>
      scene.program.setting.values.map((value) => ({ member, side: scene.correct, inputs: [value] })),
    ),
  }),
}
