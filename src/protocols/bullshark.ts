/**
 * A DAG of vertices, and the commit rule that makes an order of it: Bullshark for partial synchrony, one anchor and the next.
 *
 * Alexander Spiegelman, Neil Giridharan, Alberto Sonnino, Lefteris Kokoris-Kogias, "Bullshark: The partially synchronous
 * version", 2022, Algorithm 2. A vertex of a round points to n − f vertices of the round before. The anchor of round 0 is
 * committed when f + 1 vertices of round 1 point to it. Whoever has not seen that commits the anchor of round 2, and orders
 * before it what it leads back to: is there a way to the anchor of round 0?
 *
 * A vertex is named by its author and its round, because broadcast is certified (`certifiedBroadcast`): a Byzantine author
 * points where it likes, but says the same to all. Left out are transactions; timers, because safety must not depend on
 * them; vertices of round 2 other than the anchor; and the votes for it, so that whoever gets it takes it for committed,
 * which allows more.
 */
import {
  type ChannelState,
  type Context,
  certifiedBroadcast,
  channelOf,
  defineProtocol,
  every,
  type Id,
  range,
  type Setting,
} from '../model/index.ts'

interface State {
  /** The round of its next vertex. */
  round: number
  /** The anchor that is first in its order, by round. */
  first: number | null
}

type Vertex = { type: 'VERTEX'; by: Id; round: number; refs: Id[] }
type Message = { type: 'PROPOSE'; round: number; refs: Id[] } | Vertex

export interface Bullshark {
  state: State
  message: Message
  output: { first: number }
  client: ChannelState
  toClients: 'PROPOSE'
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => ({
  /** The author of the anchor of a round. */
  anchor: (round: number): Id => (round / 2) % n,
  /** All that can be waited for: f may be silent. */
  parents: n - f,
  /** Of n − f vertices at least one is among any f + 1. So there is a way from each later anchor. */
  votes: f + 1,
  certified: true,
})

type Ctx = Context<Bullshark>

const LAST = 2

/** Vertices of a round that are as they must be. */
const vertices =
  (round: number, parents: number, test: (vertex: Vertex) => boolean = () => true) =>
  (message: Message): boolean =>
    message.type === 'VERTEX' &&
    message.round === round &&
    (round === 0 || new Set(message.refs).size >= parents) &&
    test(message)

function propose(state: State, refs: Id[], ctx: Ctx): void {
  ctx.send(channelOf(ctx, ctx.self), { type: 'PROPOSE', round: state.round, refs })
  state.round += 1
}

function order(state: State, first: number, ctx: Ctx): void {
  state.first = first
  ctx.output({ first })
}

export const bullshark = defineProtocol<Bullshark>({
  name: 'bullshark',
  about: 'The commit rule of Bullshark (Spiegelman et al., 2022) on a DAG, for one anchor and the next.',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, clients: n, values: [], inputs: {}, bounds: {} }
  },
  sets: ['refs'],
  alphabet({ n, f }) {
    const sets = range(2 ** n).map((bits) => range(n).filter((id) => (bits >> id) % 2 === 1))
    const refs = sets.filter(({ length }) => length >= n - f)
    const at = { type: ['PROPOSE'] as const, round: range(LAST).map((round) => round + 1), refs }
    const proposals = [{ type: 'PROPOSE' as const, round: 0, refs: [] }, ...every(at)]
    return [
      ...proposals,
      ...proposals.flatMap((one) => range(n).map((by) => ({ ...one, type: 'VERTEX' as const, by }))),
    ]
  },

  client: certifiedBroadcast<Bullshark, 'PROPOSE'>({
    takes: 'PROPOSE',
    slotOf: ({ round }) => round,
    gives: ({ round, refs }, by) => ({ type: 'VERTEX', by, round, refs }),
    isCertified: ({ certified }) => certified,
  }),

  init(ctx) {
    const state = { round: 0, first: null }
    propose(state, [], ctx)
    return state
  },

  upon: {
    VERTEX: [
      function advance(state, { by, round }, ctx) {
        const { parents, anchor } = ctx.rules
        if (ctx.from !== channelOf(ctx, by) || round !== state.round - 1 || state.round > LAST) return
        if (state.round === LAST && ctx.self !== anchor(LAST)) return
        const refs = ctx.take(
          parents,
          vertices(round, parents),
          (chosen) => chosen.map((vertex) => (vertex as Vertex).by).sort((a, b) => a - b),
          'client',
        )
        propose(state, refs, ctx)
      },

      function commit(state, { by, round }, ctx) {
        const { anchor, parents, votes } = ctx.rules
        if (ctx.from !== channelOf(ctx, by) || state.first !== null || round !== 1) return
        const points = vertices(1, parents, ({ refs }) => refs.includes(anchor(0)))
        ctx.need(votes, points, 'client')
        order(state, 0, ctx)
      },

      function commitBelow(state, { by, round, refs }, ctx) {
        const { anchor, parents } = ctx.rules
        if (state.first !== null || !isNextAnchor(ctx, by, round, refs)) return
        const leads = vertices(1, parents, (parent) => refs.includes(parent.by) && parent.refs.includes(anchor(0)))
        ctx.need(1, leads, 'client')
        order(state, 0, ctx)
      },

      function passOver(state, { by, round, refs }, ctx) {
        const { anchor, parents } = ctx.rules
        if (state.first !== null || !isNextAnchor(ctx, by, round, refs)) return
        // There is one vertex of an author in a round: if it does not point to the anchor, nothing else of it does.
        for (const parent of new Set(refs)) {
          const leadsAway = vertices(1, parents, (vertex) => vertex.by === parent && !vertex.refs.includes(anchor(0)))
          ctx.need(1, leadsAway, 'client')
        }
        order(state, LAST, ctx)
      },
    ],
  },
})

/** The anchor of round 2, as it came from its author's channel. */
function isNextAnchor(ctx: Ctx, by: Id, round: number, refs: readonly Id[]): boolean {
  const { anchor, parents } = ctx.rules
  const isAnchor = round === LAST && by === anchor(LAST) && ctx.from === channelOf(ctx, by)
  return isAnchor && new Set(refs).size >= parents
}

/** f votes commit an anchor: n − f vertices may do without any of them. */
export const fVotes = bullshark.variant('f-votes', ({ f }) => ({ votes: f }))
/** Vertices are broadcast, and nobody certifies them: a Byzantine author has several in a round. */
export const uncertified = bullshark.variant('uncertified', () => ({ certified: false }))
