import type { Strategy } from './strategy.ts'

export const equivocate: Strategy = {
  name: 'equivocate',
  about: 'runs the protocol once for each value, and sends the messages of all these runs to everybody',
  plans: () => 1,
  behave: (scene) => ({
    strategyTwins: scene.members.flatMap((member) =>
      scene.program.setting.values.map((value) => ({ member, side: scene.correct, inputs: [value] })),
    ),
  }),
}
