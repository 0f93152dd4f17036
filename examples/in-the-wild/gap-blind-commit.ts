/**
 * Chained HotStuff without filler blocks, and a commit rule that follows parents only: relab/hotstuff 249.
 *
 * The rule of the paper (Yin et al., "HotStuff", PODC 2019, Algorithm 3, lines 22 and 23) commits the first of three
 * certified blocks, each the parent of the next. The paper fills every view without a block with a dummy one (line 6), so
 * that a parent is always of the view before. A program without dummy blocks has to compare the views instead: that is
 * the protocol here, and `gap-blind` is the program that follows parents alone.
 *
 * Blocks are those of `chain`. Safety must not depend on what leaders wait for, so nothing is waited for: a leader extends
 * any certified block. Votes go to everybody, where the program passes certificates on.
 *
 * Bounded are views, counted from 1. Six are enough for two chains of three, one view each in turn.
 */
import { type Context, chain, defineProtocol, every, match, oneChain, type Setting, sometimes } from 'turncoat'

interface State {
  /** The next view in which it may vote, or propose. */
  view: number
  /** The block that it is locked on. */
  lock: string
}

type Message = { type: 'PROPOSAL'; block: string } | { type: 'VOTE'; block: string }

interface GapBlindCommit {
  state: State
  message: Message
  output: { committed: string }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<GapBlindCommit>

const { genesis: GENESIS, parent: parentOf, view: viewOf } = chain
/** Are a block and its parent of neighbouring views? */
const isDirect = (block: string): boolean => viewOf(block) === viewOf(parentOf(block)) + 1
const grandparentOf = (block: string): string => parentOf(parentOf(block))

const rules = ({ n, f }: Setting) => ({
  leader: (view: number): number => (view - 1) % n,
  /** n − f, of which two share f + 1 replicas where n = 3f + 1, hence a correct one. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** What a certificate of this block commits: the first of three blocks in views without a gap. */
  commits: (block: string): string => (isDirect(block) && isDirect(parentOf(block)) ? grandparentOf(block) : GENESIS),
})

const votesFor = (block: string) => match<Message>('VOTE', { block })

/** What a replica makes of a certificate: it locks the parent. */
function lock(state: State, certified: string): void {
  const parent = parentOf(certified)
  if (viewOf(parent) > viewOf(state.lock)) state.lock = parent
}

/** One vote in a view. */
function vote(state: State, block: string, ctx: Ctx): void {
  ctx.broadcast({ type: 'VOTE', block })
  state.view = viewOf(block) + 1
}

/** Does this replica lead the view that it is in, after that of this certified block? */
const mayExtend = ({ view }: State, certified: string, ctx: Ctx): boolean =>
  ctx.rules.leader(view) === ctx.self && viewOf(certified) < view

function extend(state: State, certified: string, ctx: Ctx): void {
  lock(state, certified)
  const block = chain.child(certified, state.view)
  ctx.broadcast({ type: 'PROPOSAL', block })
  vote(state, block, ctx)
}

export const protocol = defineProtocol<GapBlindCommit>({
  name: 'gap-blind-commit',
  about: 'Chained HotStuff without dummy blocks; three blocks of views without a gap commit.',
  rules,
  defaults: () => ({ f: 1, b: 0, values: [], inputs: {}, bounds: { views: 6 } }),
  within: ({ view }, { views }) => view <= views! + 1,
  viewOf: ({ view }) => view,

  init(ctx) {
    ctx.setTimer('view')
    const state = { view: 1, lock: GENESIS }
    if (ctx.rules.leader(1) === ctx.self) extend(state, GENESIS, ctx)
    return state
  },

  timeout: {
    /** The view passes. A leader may extend the genesis. */
    view(state, ctx) {
      ctx.setTimer('view')
      if (mayExtend(state, GENESIS, ctx)) extend(state, GENESIS, ctx)
      else state.view += 1
    },
  },

  upon: {
    PROPOSAL(state, { block }, ctx) {
      const view = viewOf(block)
      if (ctx.from !== ctx.rules.leader(view) || view < state.view) return
      const parent = parentOf(block)
      const isSafe = chain.extends(parent, state.lock) || viewOf(parent) > viewOf(state.lock)
      state.view = view
      lock(state, parent)
      if (isSafe) vote(state, block, ctx)
    },

    VOTE: [
      function propose(state, { block }, ctx) {
        if (!mayExtend(state, block, ctx)) return
        ctx.need(ctx.rules.quorum, votesFor(block))
        extend(state, block, ctx)
      },
      function commit(_, { block }, ctx) {
        const committed = ctx.rules.commits(block)
        if (committed === GENESIS) return
        ctx.need(ctx.rules.quorum, votesFor(block))
        ctx.output({ committed })
      },
    ],
  },

  proofs: { PROPOSAL: ({ block }, { rules }) => chain.certificate(parentOf(block), rules.quorum, votesFor) },

  alphabet({ bounds: { views } }) {
    return every({ type: ['PROPOSAL', 'VOTE'], block: chain.blocks(views!).slice(1) })
  },
})

/** As the program is: three blocks that are parents of each other, whatever views lie between them. */
export const gapBlind = protocol.variant('gap-blind', () => ({ commits: grandparentOf }))

type Output = GapBlindCommit['output']

export const claims = [
  oneChain<Output>(({ committed }) => committed),
  sometimes<Output>(
    { name: 'decided', about: 'Some correct replica commits a block.', decidedBy: 1 },
    ({ outputs }) => outputs.length > 0,
  ),
]
