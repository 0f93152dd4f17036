import { identities, type Strategy } from './strategy.ts'

export const echo: Strategy = {
  name: 'echo',
  about: 'whatever a correct replica says, the coalition can say too, to whom it likes',
  plans: () => 1,
  behave: (scene) => {
    const from = identities(scene)
    return { hears: (_, message) => from.map((id) => ({ from: id, to: scene.correct, message })) }
  },
}
