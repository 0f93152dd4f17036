import type { Scene, Strategy } from './strategy.ts'

/** Beyond this many correct participants, halves are cut at the first ones only. */
const MOST = 16

const size = ({ correct }: Scene): number => Math.min(correct.length, MOST)

/**
 * The correct participants are cut in two, and each side sees a coalition that follows the protocol in all its phases,
 * with a value of its own, and knows nothing of the other side. If two quorums can miss each other, this shows it.
 */
export const splitBrain: Strategy = {
  name: 'split-brain',
  about: 'divides the correct replicas in two, and follows the protocol with another value towards each side',
  suits: (scene) => scene.correct.length >= 2 && scene.program.setting.values.length >= 2,
  // The last correct participant is always on the second side: a cut and its mirror image are one.
  plans: (scene) => Math.max(1, 2 ** (size(scene) - 1) - 1),
  behave(scene, plan) {
    const isFirst = (index: number): boolean => ((plan + 1) >> index) % 2 === 1
    const first = scene.correct.filter((_, index) => index < size(scene) - 1 && isFirst(index))
    const second = scene.correct.filter((id) => !first.includes(id))
    const [a, b] = scene.program.setting.values
    return {
      strategyTwins: scene.members.flatMap((member) => [
        { member, side: first, inputs: [a!] },
        { member, side: second, inputs: [b!] },
      ]),
    }
  },
}
