/**
 * A strategy and a scheduler that come from outside: the file of a protocol exports them beside its claims. The protocol is
 * the one of echo-broadcast.ts; any other file can be written so.
 */
import { type Chooser, drawAmong, identities, type Strategy } from 'turncoat'

export * from './echo-broadcast.ts'

/** There is one plan for each way to cut the correct replicas into two sides. */
const cuts = ({ correct }: { readonly correct: readonly number[] }): number => 2 ** correct.length

/** The sender says one value to one side and another one to the other, and the coalition echoes both. */
const twoFaces: Strategy = {
  name: 'two-faces',
  about: 'sends one value to one side and another value to the other, with echoes of both',
  suits: ({ members, program }) => members.includes(0) && program.setting.values.length > 1,
  plans: cuts,
  behave: (scene, plan) => {
    const sides = [0, 1].map((side) => scene.correct.filter((_, i) => ((plan >> i) & 1) === side))
    const [one, other] = scene.program.setting.values
    return {
      opening: [one!, other!].flatMap((value, side) => [
        { from: 0, to: sides[side]!, message: { type: 'SEND', value } },
        ...identities(scene).map((from) => ({ from, to: scene.correct, message: { type: 'ECHO', value } })),
      ]),
      // What a correct replica has echoed is used against the other side.
      hears: (_, message) =>
        message.type === 'ECHO' ? [{ from: 0, to: scene.correct, message: { ...message, type: 'FINAL' } }] : [],
    }
  },
}

/** Replicas move in turn; who has nothing to do is passed over. */
const inTurn: Chooser = {
  name: 'in-turn',
  about: 'replicas move one after the other',
  begin(choices, weights) {
    let turn = 0
    return (actions) => {
      for (;;) {
        const next = actions.instances[turn++ % actions.instances.length]!
        // There is always somebody who can move.
        if (actions.canMove(next)) return drawAmong(choices, actions, weights, (one) => one === next)
      }
    }
  },
}

export const strategies = [twoFaces]
export const schedulers = [inTurn]
