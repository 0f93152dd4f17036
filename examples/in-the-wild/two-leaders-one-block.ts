/**
 * Every second round of a DAG has a leader. Whoever sees enough votes for one commits it, and makes blocks of it and of
 * what it stands on; as one block, in the program of ProvableHQ/snarkOS 2987.
 *
 * The protocol is Bullshark for partial synchrony (Spiegelman et al., "Bullshark: The Partially Synchronous Version",
 * 2022, Algorithm 2), flattened to two leaders and to what their vertices say of each other. A vertex of the round after
 * a leader votes for it by pointing to it, or does not. The second leader points to a quorum of those, so it stands on the
 * first leader if one of them votes. Validators that saw votes for the first leader make a block of it, then one of the
 * second. Others see votes for the second leader only, and the first one below it.
 *
 * Nobody is Byzantine: vertices are broadcast reliably, so that nobody says two things in one place.
 */
import { agreement, type Context, decided, defineProtocol, every, match, type Setting } from 'turncoat'

type Leader = 1 | 2

interface State {
  /** Whose rounds it is in: it points to that leader, or lets the round pass. */
  round: number
  /** The vertex of the second leader, once it has come: does it stand on the first? */
  second: boolean | null
  /** How many blocks it has made, and the last leader in them. */
  blocks: number
  committed: number
}

type Message =
  /** The vertex of a leader. Does it stand on the leader before? */
  | { type: 'LEADER'; leader: Leader; standsOnFirst: boolean }
  /** A vertex of the round after. Does it point to the leader? */
  | { type: 'VERTEX'; leader: Leader; votes: boolean }

interface TwoLeadersOneBlock {
  state: State
  message: Message
  output: { height: number; block: readonly number[] }
  timer: 'round'
  rules: typeof rules
}

type Ctx = Context<TwoLeadersOneBlock>

const rules = ({ n, f }: Setting) => ({
  leader: (leader: number): number => leader - 1,
  /** Every vertex points to n − f of the round before, all that can be waited for. */
  quorum: n - f,
  /** f + 1 votes: n − f vertices include one of them, so every later leader stands on this one. */
  votes: f + 1,
  /** Which blocks come of a leader that stands on another one, not yet committed? One each, the older first. */
  blocksOf: (first: number, second: number): number[][] => [[first], [second]],
})

function point(state: State, leader: Leader, votes: boolean, ctx: Ctx): void {
  state.round = leader + 1
  ctx.broadcast({ type: 'VERTEX', leader, votes })
}

function commit(state: State, leader: Leader, ctx: Ctx): void {
  const isFirstLeft = leader === 2 && state.committed === 0 && state.second === true
  for (const block of isFirstLeft ? ctx.rules.blocksOf(1, 2) : [[leader]]) {
    state.blocks += 1
    ctx.output({ height: state.blocks, block })
  }
  state.committed = leader
}

export const protocol = defineProtocol<TwoLeadersOneBlock>({
  name: 'two-leaders-one-block',
  about: 'The commit rule of Bullshark (Spiegelman et al., 2022), for two leaders.',
  rules,
  defaults: () => ({ f: 1, b: 0, values: [], inputs: {}, bounds: {} }),

  init(ctx) {
    ctx.setTimer('round')
    const state = { round: 1, second: null, blocks: 0, committed: 0 }
    if (ctx.rules.leader(1) === ctx.self) {
      ctx.broadcast({ type: 'LEADER', leader: 1, standsOnFirst: false })
      point(state, 1, true, ctx)
    }
    return state
  },

  timeout: {
    /** The leader's vertex has not come in time: go on without it. */
    round(state, ctx) {
      if (state.round > 2) return
      point(state, state.round as Leader, false, ctx)
      ctx.setTimer('round')
    },
  },

  upon: {
    LEADER: [
      function vote(state, { leader }, ctx) {
        if (ctx.from === ctx.rules.leader(leader) && state.round === leader) point(state, leader, true, ctx)
      },
      function learn(state, { leader, standsOnFirst }, ctx) {
        if (ctx.from === ctx.rules.leader(leader) && leader === 2) state.second = standsOnFirst
      },
    ],

    VERTEX: [
      function lead(state, { leader }, ctx) {
        if (leader !== 1 || ctx.rules.leader(2) !== ctx.self || state.round !== 2) return
        const standsOnFirst = ctx.take(ctx.rules.quorum, match('VERTEX', { leader }), (vertices) =>
          vertices.some((vertex) => vertex.type === 'VERTEX' && vertex.votes),
        )
        ctx.broadcast({ type: 'LEADER', leader: 2, standsOnFirst })
        state.second = standsOnFirst
        point(state, 2, true, ctx)
      },
      function commitLeader(state, { leader }, ctx) {
        if (leader <= state.committed || (leader === 2 && state.second === null)) return
        ctx.need(ctx.rules.votes, match('VERTEX', { leader, votes: true }))
        commit(state, leader, ctx)
      },
    ],
  },

  alphabet: () => [
    ...every({ type: ['LEADER'], leader: [1, 2] as const, standsOnFirst: [false, true] }),
    ...every({ type: ['VERTEX'], leader: [1, 2] as const, votes: [false, true] }),
  ],
})

/** As the program was: a leader and all of its past that is not yet committed are one block. */
export const oneBlock = protocol.variant('one-block', () => ({ blocksOf: (first, second) => [[first, second]] }))

/** The chain of blocks: each height is a slot. */
const made = ({ height, block }: TwoLeadersOneBlock['output']) => ({ slot: height, value: block.join('+') })

export const claims = [agreement(made), decided(made)]
