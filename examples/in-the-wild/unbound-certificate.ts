/**
 * Rounds that end in a certificate or in a timeout, with a commit of two in a row, and a proposal after a timeout that may
 * show any old certificate: category-labs/monad-bft 1331.
 *
 * The protocol is that of Gelashvili et al., "Jolteon and Ditto", FC 2022, Figure 2, without commands. Nobody is locked on
 * anything. That a block may be built on is shown by its proposal: either its parent is certified in the round before, or
 * a quorum has given the round before up, and the parent is certified in a round that is no lower than the highest which
 * that quorum has reported. `unbound` checks both certificates, and never compares them.
 *
 * Blocks are those of `chain`, by rounds.
 *
 * Bounded are rounds, counted from 1. Two make a commit, and two more make another one.
 */
import {
  all,
  type Context,
  chain,
  defineProtocol,
  every,
  match,
  oneChain,
  type Setting,
  said,
  sometimes,
} from 'turncoat'

interface State {
  round: number
  /** The last round in which it has voted, or which it has given up: it no longer votes there. */
  voted: number
  /** The certified block of the highest round that it knows of: qc_high. */
  high: string
}

type Message =
  /** With the certificate of the parent; and after a timeout, with the reports of a quorum. */
  | { type: 'PROPOSAL'; block: string }
  | { type: 'VOTE'; block: string }
  /** Gives a round up, and shows the certificate of the highest round that the sender knows of. */
  | { type: 'TIMEOUT'; round: number; high: string }

interface UnboundCertificate {
  state: State
  message: Message
  output: { committed: string }
  timer: 'round'
  rules: typeof rules
}

type Ctx = Context<UnboundCertificate>

const { genesis: GENESIS, parent: parentOf, view: roundOf } = chain
/** Are a block and its parent of neighbouring rounds? */
const isDirect = (block: string): boolean => roundOf(block) === roundOf(parentOf(block)) + 1

const rules = ({ n, f }: Setting) => ({
  leader: (round: number): number => (round - 1) % n,
  /** n − f, of which two share f + 1 replicas where n = 3f + 1, hence a correct one. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** Figure 2, "vote": may a block with this parent follow a round that was given up with this highest certificate? */
  follows: (parent: string, highest: string): boolean => roundOf(parent) >= roundOf(highest),
})

const votesFor = (block: string) => match<Message>('VOTE', { block })
const timeoutsOf = (round: number) => match<Message>('TIMEOUT', { round })
/** The block of the highest round among what timeouts report. */
const highest = (timeouts: readonly Message[]): string =>
  timeouts.reduce((best, one) => ('high' in one && roundOf(one.high) > roundOf(best) ? one.high : best), GENESIS)

function enter(state: State, round: number): void {
  if (round > state.round) state.round = round
}

/** "Process certificate": it ends its round, and commits its parent if the two are of neighbouring rounds. */
function process(state: State, certified: string, ctx: Ctx): void {
  enter(state, roundOf(certified) + 1)
  if (roundOf(certified) > roundOf(state.high)) state.high = certified
  const parent = parentOf(certified)
  if (isDirect(certified) && parent !== GENESIS) ctx.output({ committed: parent })
}

function vote(state: State, block: string, ctx: Ctx): void {
  state.voted = roundOf(block)
  ctx.broadcast({ type: 'VOTE', block })
}

function propose(state: State, parent: string, ctx: Ctx): void {
  const block = chain.child(parent, state.round)
  ctx.broadcast({ type: 'PROPOSAL', block })
  vote(state, block, ctx)
}

/** Is it this replica that proposes after this round, and has it not done so yet? */
const leadsAfter = ({ round, voted }: State, before: number, { rules, self }: Ctx): boolean =>
  rules.leader(before + 1) === self && round <= before + 1 && voted <= before

export const protocol = defineProtocol<UnboundCertificate>({
  name: 'unbound-certificate',
  about: 'The core of Jolteon (Gelashvili et al., 2022): two in a row commit, and timeouts say what must be extended.',
  rules,
  defaults: () => ({ f: 1, b: 1, values: [], inputs: {}, bounds: { rounds: 4 } }),
  /** Votes of the last round still lead to the next one, in which nobody votes. */
  within: ({ round, voted }, { rounds }) => round <= rounds! + 1 && voted <= rounds!,
  viewOf: ({ round }) => round,

  init(ctx) {
    ctx.setTimer('round')
    const state = { round: 1, voted: 0, high: GENESIS }
    if (ctx.rules.leader(1) === ctx.self) propose(state, GENESIS, ctx)
    return state
  },

  timeout: {
    /** "Upon the expiry of the timer: stop voting in this round, and tell everybody the highest certificate." */
    round(state, ctx) {
      state.voted = state.round
      ctx.broadcast({ type: 'TIMEOUT', round: state.round, high: state.high })
      ctx.setTimer('round')
    },
  },

  upon: {
    PROPOSAL(state, { block }, ctx) {
      const round = roundOf(block)
      if (ctx.from !== ctx.rules.leader(round) || round < state.round) return
      process(state, parentOf(block), ctx)
      // Where the parent is older, the proposal shows that the round before was given up.
      enter(state, round)
      if (state.voted < round) vote(state, block, ctx)
    },

    /** Votes go to the next leader. */
    VOTE: [
      function certify(state, { block }, ctx) {
        if (!leadsAfter(state, roundOf(block), ctx)) return
        ctx.need(ctx.rules.quorum, votesFor(block))
        process(state, block, ctx)
      },
      function extend(state, { block }, ctx) {
        if (!leadsAfter(state, roundOf(block), ctx)) return
        ctx.need(ctx.rules.quorum, votesFor(block))
        process(state, block, ctx)
        propose(state, block, ctx)
      },
    ],

    TIMEOUT: [
      function giveUp(state, { round }, ctx) {
        if (round < state.round) return
        ctx.need(ctx.rules.quorum, timeoutsOf(round))
        enter(state, round + 1)
      },
      function extend(state, { round }, ctx) {
        if (!leadsAfter(state, round, ctx)) return
        const parent = ctx.take(ctx.rules.quorum, timeoutsOf(round), highest)
        enter(state, round + 1)
        propose(state, parent, ctx)
      },
    ],
  },

  proofs: {
    PROPOSAL({ block }, { rules }) {
      const parent = parentOf(block)
      const certified = chain.certificate(parent, rules.quorum, votesFor)
      if (isDirect(block)) return certified
      const isGivenUp = said(rules.quorum, timeoutsOf(roundOf(block) - 1), (timeouts) =>
        rules.follows(parent, highest(timeouts)),
      )
      return all([certified, isGivenUp])
    },
    TIMEOUT: ({ high }, { rules }) => chain.certificate(high, rules.quorum, votesFor),
  },

  alphabet({ bounds: { rounds } }) {
    const blocks = chain.blocks(rounds!)
    const round = [...new Set(blocks.slice(1).map(roundOf))]
    return [
      ...every({ type: ['PROPOSAL', 'VOTE'], block: blocks.slice(1) }),
      // A certificate of a round that has not been is refused.
      ...every({ type: ['TIMEOUT'], round, high: blocks }).filter(({ round, high }) => roundOf(high) < round),
    ]
  },
})

/** As the program was: both certificates are verified, and never compared. */
export const unbound = protocol.variant('unbound', () => ({ follows: () => true }))

type Output = UnboundCertificate['output']

export const claims = [
  oneChain<Output>(({ committed }) => committed),
  sometimes<Output>(
    { name: 'decided', about: 'Some correct replica commits a block.', decidedBy: 1 },
    ({ outputs }) => outputs.length > 0,
  ),
]
