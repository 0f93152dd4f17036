/**
 * QBFT, and IBFT 2.0 which is close: PBFT with rounds, without checkpoints. A leader of a later round shows a quorum of
 * ROUND-CHANGEs, and proposes what was prepared in the highest round that they tell of.
 *
 * Henrique Moniz, "The Istanbul BFT Consensus Algorithm", arXiv 2002.03613: algorithms named below. One instance; what
 * stands in the certificates is what the proofs at the end ask for.
 *
 * Bounded are rounds. Two show what is carried over, three that the highest one has to be.
 */
import { all, any, type Context, defineProtocol, every, match, range, type Setting, said } from '../model/index.ts'

interface Prepared {
  round: number
  value: string
}

interface State {
  round: number
  /** What it accepted in this round. */
  accepted: string | null
  /** pr and pv: what it prepared last. */
  prepared: Prepared | null
  /** Has it sent COMMIT in this round? */
  committed: boolean
  decided: string | null
}

type Message =
  | { type: 'PRE_PREPARE'; round: number; value: string }
  | { type: 'PREPARE'; round: number; value: string }
  | { type: 'COMMIT'; round: number; value: string }
  | { type: 'ROUND_CHANGE'; round: number; prepared: Prepared | null }
  /** With the COMMITs of a round. */
  | { type: 'DECISION'; round: number; value: string }

export interface Qbft {
  state: State
  message: Message
  output: { decided: string }
  timer: 'round'
  rules: typeof rules
}

type Ctx = Context<Qbft>

const rules = ({ n, f }: Setting) => ({
  leader: (round: number): number => round % n,
  /** More than (n + f) / 2: two quorums share f + 1 replicas, hence a correct one. */
  quorum: Math.floor((n + f) / 2) + 1,
  /** One of f + 1 is correct, so a correct replica has left this round. */
  joinQuorum: f + 1,
  /** Which of two prepared values is proposed again? A decision is the one of the highest round. */
  outranks: (one: Prepared, other: Prepared): boolean => one.round > other.round,
  /** Algorithm 4: the value that a proposal of a later round must have, or null where it is free. */
  isJustified: (value: string, bound: string | null): boolean => bound === null || bound === value,
  /** PREPAREs that stand behind what a ROUND-CHANGE claims was prepared in a round. */
  evidence: (_round: number): number => Math.floor((n + f) / 2) + 1,
  /** Does a replica that has decided answer those who have not? */
  answers: true,
})

type Rules = ReturnType<typeof rules>

const prepares = ({ round, value }: Prepared) => match<Message>('PREPARE', { round, value })
const commits = ({ round, value }: Prepared) => match<Message>('COMMIT', { round, value })
const changesTo = (round: number) => match<Message>('ROUND_CHANGE', { round })

/** Algorithm 4, HighestPrepared: what a quorum of ROUND-CHANGEs binds the leader to. */
function bound(changes: readonly Message[], { outranks }: Rules): string | null {
  const prepared = changes.flatMap((change) =>
    change.type === 'ROUND_CHANGE' && change.prepared ? [change.prepared] : [],
  )
  return prepared.length === 0 ? null : prepared.reduce((best, one) => (outranks(one, best) ? one : best)).value
}

function enter(state: State, round: number, ctx: Ctx): void {
  Object.assign(state, { round, accepted: null, committed: false })
  ctx.setTimer('round', 2 ** Math.min(round, 30))
}

function changeRound(state: State, round: number, ctx: Ctx): void {
  enter(state, round, ctx)
  ctx.broadcast({ type: 'ROUND_CHANGE', round, prepared: state.prepared })
}

function accept(state: State, value: string, ctx: Ctx): void {
  state.accepted = value
  ctx.broadcast({ type: 'PREPARE', round: state.round, value })
}

function propose(state: State, value: string, ctx: Ctx): void {
  ctx.broadcast({ type: 'PRE_PREPARE', round: state.round, value })
  accept(state, value, ctx)
}

/** Whoever has decided answers ROUND-CHANGEs with the COMMITs that it knows, however it came to know them. */
function decide(state: State, { round, value }: Prepared, ctx: Ctx): void {
  if (ctx.rules.answers) ctx.broadcast({ type: 'DECISION', round, value })
  ctx.cancelTimer('round')
  Object.assign(state, { accepted: null, prepared: null, committed: false, decided: value })
  ctx.output({ decided: value })
}

export const qbft = defineProtocol<Qbft>({
  name: 'qbft',
  about: 'QBFT (Moniz, 2020), one instance.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { rounds: 2 } }
  },
  within: ({ round }, { rounds }) => round < rounds!,
  viewOf: ({ round }) => round,

  init(ctx) {
    ctx.setTimer('round')
    return { round: 0, accepted: null, prepared: null, committed: false, decided: null }
  },

  /** Algorithm 2, start; algorithm 3, line 12. */
  input(state, value, ctx) {
    const { rules, self } = ctx
    const { round } = state
    if (rules.leader(round) !== self || state.accepted !== null || state.decided !== null) return
    const must = round === 0 ? null : ctx.take(rules.quorum, changesTo(round), (changes) => bound(changes, rules))
    propose(state, must ?? value, ctx)
  },

  timeout: {
    /** Algorithm 3, line 1. */
    round(state, ctx) {
      if (state.decided === null) changeRound(state, state.round + 1, ctx)
    },
  },

  upon: {
    /** Algorithm 2, line 4. A later round is entered with its proposal, which is justified. */
    PRE_PREPARE(state, { round, value }, ctx) {
      if (ctx.from !== ctx.rules.leader(round) || round < state.round || state.decided !== null) return
      if (round > state.round) enter(state, round, ctx)
      if (state.accepted === null) accept(state, value, ctx)
    },

    /** Algorithm 2, line 7. */
    PREPARE(state, { round, value }, ctx) {
      if (round !== state.round || state.accepted !== value || state.committed) return
      ctx.need(ctx.rules.quorum, prepares({ round, value }))
      state.prepared = { round, value }
      state.committed = true
      ctx.broadcast({ type: 'COMMIT', round, value })
    },

    /** Algorithm 2, line 10. */
    COMMIT(state, { round, value }, ctx) {
      if (state.decided !== null) return
      ctx.need(ctx.rules.quorum, commits({ round, value }))
      decide(state, { round, value }, ctx)
    },

    /** Algorithm 3, line 5: f + 1 replicas are ahead; follow to the smallest of their rounds. */
    ROUND_CHANGE(state, { round }, ctx) {
      if (round <= state.round || state.decided !== null) return
      ctx.need(ctx.rules.joinQuorum, (message) => message.type === 'ROUND_CHANGE' && message.round >= round)
      changeRound(state, round, ctx)
    },

    /** Algorithm 3, line 17: what a replica that has decided answers. */
    DECISION(state, decision, ctx) {
      if (state.decided === null) decide(state, decision, ctx)
    },
  },

  proofs: {
    ROUND_CHANGE: ({ round, prepared }, { rules }) => {
      if (!prepared) return all([])
      // Nothing can have been prepared yet in the round that it leads to.
      return prepared.round < round ? said(rules.evidence(prepared.round), prepares(prepared)) : any([])
    },
    PRE_PREPARE: ({ round, value }, { rules }) =>
      round === 0
        ? all([])
        : said(rules.quorum, changesTo(round), (changes) => rules.isJustified(value, bound(changes, rules))),
    DECISION: (decision, { rules }) => said(rules.quorum, commits(decision)),
  },

  alphabet({ values, bounds: { rounds } }) {
    const round = range(rounds!)
    const prepared = every({ round, value: values })
    return [
      ...every({ type: ['PRE_PREPARE', 'PREPARE', 'COMMIT', 'DECISION'], round, value: values }),
      ...every({ type: ['ROUND_CHANGE'], round: round.slice(1), prepared: [null, ...prepared] }),
    ]
  },
})

// A variant weakens one named rule. The first group is unsafe, or stuck.
export const unjustifiedProposal = qbft.trusting('unjustified-proposal', 'PRE_PREPARE')
export const unprovedPrepared = qbft.trusting('unproved-prepared', 'ROUND_CHANGE')
export const firstNotHighest = qbft.variant('first-not-highest', () => ({ outranks: () => false }))
export const quorum2fPlus1 = qbft.variant('quorum-2f-plus-1', ({ f }) => ({
  quorum: 2 * f + 1,
  evidence: () => 2 * f + 1,
}))
export const decidedSilent = qbft.variant('decided-silent', () => ({ answers: false }))
/** What was prepared in the first round needs no evidence: as one program was. */
export const firstRoundExempt = qbft.variant('first-round-exempt', (_, { evidence }) => ({
  evidence: (round) => (round === 0 ? 0 : evidence(round)),
}))
