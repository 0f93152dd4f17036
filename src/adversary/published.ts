import type { Id } from '../model/index.ts'
import type { Offer, Strategy } from './strategy.ts'

/** What a Byzantine backup of the published simulator does on a proposal: nothing, vote for it, vote for a fake. */
const REACTIONS = 3

/** Members beyond this many all do the same, so that plans stay countable. */
const MOST = 8

/**
 * The adversary of the published asyncio simulator: a Byzantine primary sends every replica a digest of its own; a
 * Byzantine backup prepares the digest it got, or a fake one, or is silent. It never sends COMMIT, and never lies about
 * its name. Its coin tosses are plans here.
 */
export const published: Strategy = {
  name: 'published',
  about: "the published asyncio simulator's own adversary",
  suits: ({ program }) => program.protocol.definition.name === 'asyncio-pbft',
  plans: ({ members }) => REACTIONS ** Math.min(MOST, members.length),
  behave(scene, plan) {
    const { n, values } = scene.program.setting
    const everyone = Array.from({ length: n }, (_, id) => id)
    const primary = 0
    const variant = (to: Id): string => `${values[0]}::to=${to}`
    const prepare = (index: number, member: Id, seq: number, digest: string): Offer[] => {
      const reaction = Math.floor(plan / REACTIONS ** (index % MOST)) % REACTIONS
      if (reaction === 0) return []
      const vote = reaction === 1 ? digest : `${digest}::fake`
      return [{ from: member, to: everyone, message: { type: 'PREPARE', view: 0, seq, digest: vote } as never }]
    }
    if (!scene.members.includes(primary)) {
      return {
        hears: (from, message) =>
          message.type === 'PREPREPARE' && from === primary
            ? scene.members.flatMap((member, index) =>
                prepare(
                  index,
                  member,
                  (message as never as { seq: number }).seq,
                  (message as never as { digest: string }).digest,
                ),
              )
            : [],
      }
    }
    const proposals = everyone.map((to) => ({
      from: primary,
      to: [to],
      message: { type: 'PREPREPARE', view: 0, seq: 1, digest: variant(to) } as never,
    }))
    const votes = scene.members.flatMap((member, index) => prepare(index, member, 1, variant(member)))
    return { opening: [...proposals, ...votes] }
  },
}
