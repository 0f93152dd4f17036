import { identities, type Strategy } from './strategy.ts'

export const echo: Strategy = {
  name: 'echo',
  about: 'sends again, under its own ids, what correct replicas have sent',
  plans: () => 1,
  behave: (scene) => {
    const from = identities(scene)
    return { hears: (_, message) => from.map((id) => ({ from: id, to: scene.correct, message })) }
  },
}
