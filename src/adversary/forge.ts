import { identities, type Strategy } from './strategy.ts'

export const forge: Strategy = {
  name: 'forge',
  about: 'any message of the universe that the proofs allow, to anyone, at any time',
  plans: () => 1,
  behave(scene) {
    const from = identities(scene)
    const say = (message: Parameters<NonNullable<ReturnType<Strategy['behave']>['hears']>>[1]) =>
      from.map((id) => ({ from: id, to: scene.correct, message }))
    return {
      opening: scene.universe.messages.flatMap(say),
      // Where the universe could not be closed, what is received belongs to it too.
      ...(scene.universe.closed ? {} : { hears: (_: number, message) => say(message) }),
    }
  },
}
