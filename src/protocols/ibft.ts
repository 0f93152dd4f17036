/**
 * Istanbul BFT as it was first deployed: whoever has seen a quorum of PREPAREs locks the block for good, and a round
 * change carries no evidence. It is safe, and may get stuck.
 *
 * Yu-Te Lin, "Istanbul Byzantine Fault Tolerance", Ethereum Improvement Proposal issue 650, 2017, after its first
 * revision, as in Quorum. Blocks that cannot be inserted, which unlock, are left out. The deadlock was reported for
 * Quorum, issue 305, and is in the introduction of Moniz, arXiv 2002.03613.
 *
 * Bounded are rounds. Two show the locks.
 */
import { type Context, defineProtocol, every, match, range, type Setting, said } from '../model/index.ts'

interface State {
  round: number
  /**
   * The round that it has asked for last. Whoever waits for a later round takes no part in this one; a round that begins is
   * one that nobody waits for any more.
   */
  asked: number
  /** What it accepted in this round. */
  accepted: string | null
  locked: string | null
  /** Has it sent COMMIT in this round? */
  committed: boolean
  decided: boolean
}

type Message =
  | { type: 'PRE_PREPARE'; round: number; value: string }
  | { type: 'PREPARE'; round: number; value: string }
  | { type: 'COMMIT'; round: number; value: string }
  | { type: 'ROUND_CHANGE'; round: number }
  /** What was decided, with the COMMITs of a round as its seals. */
  | { type: 'BLOCK'; round: number; value: string }

export interface Ibft {
  state: State
  message: Message
  output: { decided: string }
  note: { locked: string }
  timer: 'round'
  rules: typeof rules
}

type Ctx = Context<Ibft>

const rules = ({ n, f }: Setting) => ({
  proposer: (round: number): number => round % n,
  /** Two quorums share f + 1 replicas, hence a correct one. It is 2f + 1 where n = 3f + 1. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** One of f + 1 is correct, so a correct replica asks for this round. */
  joinQuorum: f + 1,
  /** Does a quorum of PREPAREs lock the block? */
  locks: true,
})

function ask(state: State, round: number, ctx: Ctx): void {
  if (round <= state.asked) return
  state.asked = round
  ctx.broadcast({ type: 'ROUND_CHANGE', round })
}

function accept(state: State, value: string, ctx: Ctx): void {
  state.accepted = value
  ctx.broadcast({ type: 'PREPARE', round: state.round, value })
}

function propose(state: State, value: string, ctx: Ctx): void {
  ctx.broadcast({ type: 'PRE_PREPARE', round: state.round, value })
  accept(state, value, ctx)
}

function decide(state: State, round: number, value: string, ctx: Ctx): void {
  ctx.broadcast({ type: 'BLOCK', round, value })
  state.decided = true
  ctx.cancelTimer('round')
  ctx.output({ decided: value })
}

export const ibft = defineProtocol<Ibft>({
  name: 'ibft',
  about: 'Istanbul BFT (EIP 650, 2017), with locks and without evidence.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { rounds: 2 } }
  },
  within: ({ asked }, { rounds }) => asked < rounds!,
  viewOf: ({ round }) => round,

  init(ctx) {
    ctx.setTimer('round')
    return { round: 0, asked: 0, accepted: null, locked: null, committed: false, decided: false }
  },

  input(state, value, ctx) {
    if (ctx.rules.proposer(state.round) !== ctx.self || state.accepted !== null || isAway(state)) return
    propose(state, value, ctx)
  },

  timeout: {
    round(state, ctx) {
      if (state.decided) return
      ask(state, state.asked + 1, ctx)
      ctx.setTimer('round')
    },
  },

  upon: {
    /** Another block than the locked one is refused, and a round change asked for. */
    PRE_PREPARE(state, { round, value }, ctx) {
      if (ctx.from !== ctx.rules.proposer(round) || round !== state.round || isAway(state)) return
      if (state.accepted !== null) return
      if (state.locked === null || state.locked === value) accept(state, value, ctx)
      else ask(state, round + 1, ctx)
    },

    PREPARE(state, { round, value }, ctx) {
      if (round !== state.round || state.accepted !== value || state.committed || isAway(state)) return
      ctx.need(ctx.rules.quorum, match('PREPARE', { round, value }))
      state.committed = true
      if (ctx.rules.locks) {
        state.locked = value
        ctx.note({ locked: value })
      }
      ctx.broadcast({ type: 'COMMIT', round, value })
    },

    COMMIT(state, { round, value }, ctx) {
      if (round !== state.round || isAway(state)) return
      ctx.need(ctx.rules.quorum, match('COMMIT', { round, value }))
      decide(state, round, value, ctx)
    },

    /** A sealed block goes to everybody, as blocks do: whoever is behind inserts it, in whatever round. */
    BLOCK(state, { round, value }, ctx) {
      if (!state.decided) decide(state, round, value, ctx)
    },

    ROUND_CHANGE: [
      function join(state, { round }, ctx) {
        if (round <= state.asked || state.decided) return
        ctx.need(ctx.rules.joinQuorum, match('ROUND_CHANGE', { round }))
        ask(state, round, ctx)
      },
      /** The new proposer proposes the block that it is locked on, or else one of its own. */
      function enter(state, { round }, ctx) {
        if (round <= state.round || round > state.asked || state.decided) return
        ctx.need(ctx.rules.quorum, match('ROUND_CHANGE', { round }))
        Object.assign(state, { round, asked: round, accepted: null, committed: false })
        ctx.setTimer('round')
        if (ctx.rules.proposer(round) === ctx.self && state.locked !== null) propose(state, state.locked, ctx)
      },
    ],
  },

  proofs: {
    BLOCK: ({ round, value }, { rules }) => said(rules.quorum, match('COMMIT', { round, value })),
  },

  alphabet({ values, bounds: { rounds } }) {
    const round = range(rounds!)
    return [
      ...every({ type: ['PRE_PREPARE', 'PREPARE', 'COMMIT', 'BLOCK'], round, value: values }),
      ...every({ type: ['ROUND_CHANGE'], round: round.slice(1) }),
    ]
  },
})

/** Has it decided, or does it wait for another round? */
function isAway({ round, asked, decided }: State): boolean {
  return decided || asked > round
}

// A variant weakens one named rule.
export const noLock = ibft.variant('no-lock', () => ({ locks: false }))
export const quorum2fPlus1 = ibft.variant('quorum-2f-plus-1', ({ f }) => ({ quorum: 2 * f + 1 }))
