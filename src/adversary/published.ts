import type { AnyMessage, Id } from '../model/index.ts'
import type { Behaviour, Offer, Scene, Strategy } from './strategy.ts'

/** What a Byzantine backup of the published simulator does on a proposal: nothing, vote for it, vote for a fake. */
export const PUBLISHED_REACTIONS = ['silent', 'same', 'fake'] as const
export type PublishedReaction = (typeof PUBLISHED_REACTIONS)[number]

const REACTIONS = PUBLISHED_REACTIONS.length

/** Members beyond this many all do the same, so that plans stay countable. */
const MOST = 8

/** The primary and the view, for ever; the sequence number of the only proposal. */
const PRIMARY = 0
const VIEW = 0
const SEQUENCE = 1

/** What a Byzantine primary proposes to one replica: a digest that nobody else gets. */
function proposal(to: Id, digest: string): Offer {
  const message = { type: 'PREPREPARE', view: VIEW, seq: SEQUENCE, digest } as never
  return { from: PRIMARY, to: [to], message }
}

/** A proposal that somebody has got. */
interface Proposed {
  readonly seq: number
  readonly digest: string
}

function proposedIn(from: Id, message: AnyMessage): Proposed | undefined {
  return message.type === 'PREPREPARE' && from === PRIMARY ? (message as never as Proposed) : undefined
}

/** What a member answers to a proposal. It never sends COMMIT, and never gives a false name. */
function answer(member: Id, n: number, { seq, digest }: Proposed, reaction: PublishedReaction): Offer[] {
  if (reaction === 'silent') return []
  const vote = reaction === 'same' ? digest : `${digest}::fake`
  const everyone = Array.from({ length: n }, (_, id) => id)
  return [{ from: member, to: everyone, message: { type: 'PREPARE', view: VIEW, seq, digest: vote } as never }]
}

/** What a coalition's coin tosses came to. */
export interface PublishedTosses {
  readonly reaction: (member: Id) => PublishedReaction
  /** What a Byzantine primary proposes to a replica. */
  readonly variant: (to: Id) => string
}

/**
 * The published coalition in time: it answers a proposal when that reaches it, and a Byzantine primary gets its own
 * over the network like everybody else.
 */
export function publishedInTime({ program, members }: Pick<Scene, 'program' | 'members'>, tosses: PublishedTosses) {
  const { n } = program.setting
  return {
    opening: members.includes(PRIMARY)
      ? Array.from({ length: n }, (_, to) => proposal(to, tosses.variant(to)))
      : ([] as Offer[]),
    receives(member: Id, from: Id, message: AnyMessage): Offer[] {
      const proposed = proposedIn(from, message)
      return proposed ? answer(member, n, proposed, tosses.reaction(member)) : []
    },
  }
}

/**
 * The adversary of the published asyncio simulator: a Byzantine primary sends every replica a digest of its own; a
 * Byzantine backup prepares the digest it got, or a fake one, or is silent. It never sends COMMIT, and is never false
 * about its name. Its coin tosses are plans here.
 */
export const published: Strategy = {
  name: 'published',
  about: "the published asyncio simulator's own adversary",
  suits: ({ program }) => program.protocol.definition.name === 'asyncio-pbft',
  plans: ({ members }) => REACTIONS ** Math.min(MOST, members.length),
  behave({ program, members }, plan): Behaviour {
    const { n, values } = program.setting
    const variant = (to: Id): string => `${values[0]}::to=${to}`
    const said = (index: number, proposed: Proposed): Offer[] => {
      const reaction = Math.floor(plan / REACTIONS ** (index % MOST)) % REACTIONS
      return answer(members[index]!, n, proposed, PUBLISHED_REACTIONS[reaction]!)
    }
    if (!members.includes(PRIMARY)) {
      return {
        hears: (from, message) => {
          const proposed = proposedIn(from, message)
          return proposed ? members.flatMap((_, index) => said(index, proposed)) : []
        },
      }
    }
    const proposals = Array.from({ length: n }, (_, to) => proposal(to, variant(to)))
    const votes = members.flatMap((to, index) => said(index, { seq: SEQUENCE, digest: variant(to) }))
    return { opening: [...proposals, ...votes] }
  },
}
