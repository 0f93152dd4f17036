/**
 * Simplex: in each iteration a leader proposes a block, and all vote for it, or for the dummy block once their timer
 * has run out. A quorum of either begins the next iteration; whoever came there in time sends that the block is final.
 *
 * Benjamin Y. Chan and Rafael Pass, "Simplex Consensus: A Simple and Fast Consensus Protocol", TCC 2023, section 3.1.
 *
 * Blocks are those of `chain`, by iterations and without the dummy blocks between: `1.3` is on the dummy block of
 * iteration 2, which is on block `1`. Transactions are left out. Leaders are drawn at random in the paper: here they
 * take turns, and `--tenure k` gives each k iterations on end. With as many as there are iterations r0 leads all of
 * them, as the adversary would have it.
 *
 * Bounded are iterations, counted from 1.
 */
import { type Context, chain, defineProtocol, every, match, range, type Setting } from '../model/index.ts'

interface State {
  iteration: number
  /** The last block on the notarised chain that brought it here. */
  tip: string
  /** Has it voted for a proposal in this iteration? */
  voted: boolean
  /** Has its timer run out in this iteration? */
  isLate: boolean
}

type Message =
  | { type: 'PROPOSAL'; block: string }
  | { type: 'VOTE'; block: string }
  /** A vote for the dummy block. */
  | { type: 'DUMMY'; iteration: number }
  | { type: 'FINALISE'; iteration: number }

export interface Simplex {
  state: State
  message: Message
  output: { finalised: string }
  timer: 'iteration'
  rules: typeof rules
}

type Ctx = Context<Simplex>

const { genesis: GENESIS, parent: parentOf, view: iterationOf } = chain

const rules = ({ n, bounds: { tenure = 1 } }: Setting) => ({
  leader: (iteration: number): number => Math.floor((iteration - 1) / tenure) % n,
  /** Two thirds, of which two share more than a third, hence a correct replica. */
  quorum: Math.ceil((2 * n) / 3),
  /**
   * May a replica that has voted for the dummy block send FINALISE? If so, a quorum of FINALISEs and one for the dummy
   * block can both come about, as the correct replica that they share sends both.
   */
  finalisesLate: false,
  /** One vote for a proposal in an iteration. */
  votesOnce: true,
  /** May it vote for a proposal and for the dummy block in one iteration? That binds nobody: only FINALISE tells the two apart. */
  votesForBoth: true,
  /** Which dummy blocks have to be notarised between a block and its parent? All: none of them may be skipped. */
  skipped: (parent: number, iteration: number): number[] => range(iteration).filter((one) => one > parent),
  /** Does the parent have to be notarised? */
  asksForParent: true,
})

const votesFor = (block: string) => match<Message>('VOTE', { block })

function needNotarised(block: string, ctx: Ctx): void {
  if (block !== GENESIS) ctx.need(ctx.rules.quorum, votesFor(block))
}

function vote(state: State, block: string, ctx: Ctx): void {
  state.voted = ctx.rules.votesOnce
  ctx.broadcast({ type: 'VOTE', block })
}

/** The first iteration begins without a quorum. */
function lead(state: State, ctx: Ctx): void {
  ctx.setTimer('iteration')
  if (ctx.rules.leader(state.iteration) !== ctx.self) return
  const block = chain.child(state.tip, state.iteration)
  ctx.broadcast({ type: 'PROPOSAL', block })
  vote(state, block, ctx)
}

/** A quorum has voted for a block, or for none. */
function advance(state: State, tip: string, ctx: Ctx): void {
  const { iteration } = state
  if (!state.isLate || ctx.rules.finalisesLate) ctx.broadcast({ type: 'FINALISE', iteration })
  Object.assign(state, { iteration: iteration + 1, tip, voted: false, isLate: false })
  lead(state, ctx)
}

export const simplex = defineProtocol<Simplex>({
  name: 'simplex',
  about: 'Simplex (Chan and Pass, 2023), with blocks by reference.',
  rules,
  // Section 3.1: whoever enters an iteration forwards the notarised chain that brought it there.
  network: { gossip: true },
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: [], inputs: {}, bounds: { iterations: 3, tenure: 1 } }
  },
  within: ({ iteration }, { iterations }) => iteration <= iterations! + 1,
  /** It goes on for ever. Beyond the bounds each leads once more, and all come to leave the last of these iterations. */
  healsWithin: ({ iteration }, { iterations, tenure }, n) => iteration <= iterations! + n * tenure! + 2,
  viewOf: ({ iteration }) => iteration,

  init(ctx) {
    const state = { iteration: 1, tip: GENESIS, voted: false, isLate: false }
    lead(state, ctx)
    return state
  },

  timeout: {
    /** "Upon the timer firing: vote for the dummy block." */
    iteration(state, ctx) {
      if (state.voted && !ctx.rules.votesForBoth) return
      state.isLate = true
      ctx.broadcast({ type: 'DUMMY', iteration: state.iteration })
    },
  },

  upon: {
    /** "Upon the first proposal of the leader, on a notarised chain of the height before: vote for it." */
    PROPOSAL(state, { block }, ctx) {
      const iteration = iterationOf(block)
      if (ctx.from !== ctx.rules.leader(iteration) || iteration !== state.iteration || state.voted) return
      if (state.isLate && !ctx.rules.votesForBoth) return
      const parent = parentOf(block)
      if (ctx.rules.asksForParent) needNotarised(parent, ctx)
      for (const skipped of ctx.rules.skipped(iterationOf(parent), iteration)) {
        ctx.need(ctx.rules.quorum, match('DUMMY', { iteration: skipped }))
      }
      vote(state, block, ctx)
    },

    VOTE: [
      function notarise(state, { block }, ctx) {
        if (iterationOf(block) !== state.iteration) return
        needNotarised(block, ctx)
        advance(state, block, ctx)
      },
      /** "Upon two thirds of FINALISEs: the notarised block of that height is final, and all before it." */
      function finalise(_, { block }, ctx) {
        needNotarised(block, ctx)
        ctx.need(ctx.rules.quorum, match('FINALISE', { iteration: iterationOf(block) }))
        ctx.output({ finalised: block })
      },
    ],

    DUMMY(state, { iteration }, ctx) {
      if (iteration !== state.iteration) return
      ctx.need(ctx.rules.quorum, match('DUMMY', { iteration }))
      advance(state, state.tip, ctx)
    },

    /** What `finalise` asks for. */
    FINALISE() {},
  },

  alphabet({ bounds: { iterations } }) {
    const iteration = range(iterations! + 1).map((i) => i + 1)
    return [
      ...every({ type: ['PROPOSAL', 'VOTE'], block: chain.blocks(iterations! + 1).slice(1) }),
      ...every({ type: ['DUMMY', 'FINALISE'], iteration }),
    ]
  },
})

// A variant changes one named rule. Each of these is unsafe.
export const finaliseLate = simplex.variant('finalise-late', () => ({ finalisesLate: true }))
export const skipUnseen = simplex.variant('skip-unseen', () => ({ skipped: () => [] }))
export const voteRepeat = simplex.variant('vote-repeat', () => ({ votesOnce: false }))
export const quorum2fPlus1 = simplex.variant('quorum-2f-plus-1', ({ f }) => ({ quorum: 2 * f + 1 }))
export const anyParent = simplex.variant('any-parent', () => ({ asksForParent: false }))
// These get stuck.
/** Nobody sends on what brought it to an iteration: the vote of a Byzantine replica may take one there, and no other. */
export const noRelay = simplex.variant('no-relay', () => ({}), { network: { gossip: false } })
export const oneVote = simplex.variant('one-vote', () => ({ votesForBoth: false }))
