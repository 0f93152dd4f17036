/**
 * Simplex: in each iteration all vote for a leader's block, or after a timeout for a dummy block. Whoever leaves an
 * iteration for a block, and has not voted for the dummy, says FINALISE; a quorum of these makes the block final.
 *
 * Benjamin Y. Chan and Rafael Pass, "Simplex Consensus: A Simple and Fast Consensus Protocol", TCC 2023, section 2.
 *
 * A block is its path of iterations: `1.3` is the block of iteration 3 on that of iteration 1, with a dummy in iteration
 * 2, and nothing is the genesis. Transactions are left out; leaders take turns, and `--tenure k` gives each k
 * iterations on end. Bounded are iterations, counted from 1.
 */
import { type Context, defineProtocol, every, type Match, match, range, type Setting } from '../model/index.ts'

interface State {
  iteration: number
  /** Has it voted for a block in this iteration, and has its timer fired? */
  voted: boolean
  expired: boolean
  /** The tip of the chain that it has seen to be notarised, the dummies left out. */
  tip: string
}

type Message =
  | { type: 'PROPOSAL'; block: string }
  | { type: 'VOTE'; block: string }
  /** A vote for the dummy block of an iteration. */
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

const GENESIS = ''
const pathOf = (block: string): number[] => (block === GENESIS ? [] : block.split('.').map(Number))
const iterationOf = (block: string): number => pathOf(block).at(-1) ?? 0
const parentOf = (block: string): string => pathOf(block).slice(0, -1).join('.')
const childOf = (block: string, iteration: number): string => [...pathOf(block), iteration].join('.')

const rules = ({ n, bounds: { tenure = 1 } }: Setting) => ({
  leader: (iteration: number): number => Math.floor((iteration - 1) / tenure) % n,
  /** Two thirds, of which two share more than a third, hence a correct replica. */
  quorum: Math.ceil((2 * n) / 3),
  /** Does a vote for a block ask for notarised dummies in the iterations that it leaves out? */
  checksDummies: true,
  /** May a replica say FINALISE that has voted for the dummy? */
  finalisesLate: false,
})

const votesFor = (block: string): Match<Message> => match('VOTE', { block })
const dummies = (iteration: number): Match<Message> => match('DUMMY', { iteration })

function enter(state: State, iteration: number, ctx: Ctx): void {
  Object.assign(state, { iteration, voted: false, expired: false })
  ctx.setTimer('iteration')
  if (ctx.rules.leader(iteration) !== ctx.self) return
  const block = childOf(state.tip, iteration)
  ctx.broadcast({ type: 'PROPOSAL', block })
  vote(state, block, ctx)
}

function vote(state: State, block: string, ctx: Ctx): void {
  state.voted = true
  ctx.broadcast({ type: 'VOTE', block })
}

export const simplex = defineProtocol<Simplex>({
  name: 'simplex',
  about: 'Simplex (Chan and Pass, 2023), with blocks by reference.',
  rules,
  // "On entering an iteration, forward the notarised chain."
  network: { gossip: true },
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: [], inputs: {}, bounds: { iterations: 2, tenure: 1 } }
  },
  within: ({ iteration }, { iterations }) => iteration <= iterations! + 1,
  viewOf: ({ iteration }) => iteration,

  init(ctx) {
    const state = { iteration: 1, voted: false, expired: false, tip: GENESIS }
    enter(state, 1, ctx)
    return state
  },

  timeout: {
    iteration(state, ctx) {
      state.expired = true
      ctx.broadcast({ type: 'DUMMY', iteration: state.iteration })
    },
  },

  upon: {
    /** The first proposal of the leader, on a chain that is notarised with its dummies. */
    PROPOSAL(state, { block }, ctx) {
      const { leader, quorum, checksDummies } = ctx.rules
      const iteration = iterationOf(block)
      if (ctx.from !== leader(iteration) || iteration !== state.iteration || state.voted) return
      const parent = parentOf(block)
      if (parent !== GENESIS) ctx.need(quorum, votesFor(parent))
      const skipped = range(iteration).slice(iterationOf(parent) + 1)
      if (checksDummies) for (const one of skipped) ctx.need(quorum, dummies(one))
      vote(state, block, ctx)
    },

    /** A notarised block ends the iteration. */
    VOTE(state, { block }, ctx) {
      const iteration = iterationOf(block)
      if (iteration !== state.iteration) return
      ctx.need(ctx.rules.quorum, votesFor(block))
      if (!state.expired || ctx.rules.finalisesLate) ctx.broadcast({ type: 'FINALISE', iteration })
      state.tip = block
      enter(state, iteration + 1, ctx)
    },

    /** So does a notarised dummy. */
    DUMMY(state, { iteration }, ctx) {
      if (iteration !== state.iteration) return
      ctx.need(ctx.rules.quorum, dummies(iteration))
      enter(state, iteration + 1, ctx)
    },

    /** A notarised block, and a quorum of FINALISE for its iteration. */
    FINALISE(_, { iteration }, ctx) {
      ctx.need(ctx.rules.quorum, match('FINALISE', { iteration }))
      const block = ctx.take(ctx.rules.quorum, ofIteration(iteration), oneBlock)
      if (block !== null) ctx.output({ finalised: block })
    },
  },

  alphabet({ bounds: { iterations } }) {
    const blocks = [GENESIS]
    for (const i of range(iterations! + 1)) blocks.push(...blocks.map((block) => childOf(block, i + 1)))
    return [
      ...every({ type: ['PROPOSAL', 'VOTE'], block: blocks.slice(1) }),
      ...every({ type: ['DUMMY', 'FINALISE'], iteration: range(iterations! + 2).slice(1) }),
    ]
  },
})

const ofIteration = (iteration: number) => (message: Message) =>
  message.type === 'VOTE' && iterationOf(message.block) === iteration

/** The block that all of these votes are for. */
function oneBlock(votes: readonly Message[]): string | null {
  const blocks = new Set(votes.map((vote) => (vote.type === 'VOTE' ? vote.block : null)))
  return blocks.size === 1 ? [...blocks][0]! : null
}

// A variant weakens one named rule.
export const finalisesLate = simplex.variant('finalises-late', () => ({ finalisesLate: true }))
export const dummiesUnchecked = simplex.variant('dummies-unchecked', () => ({ checksDummies: false }))
export const quorum2f = simplex.variant('quorum-2f', ({ f }) => ({ quorum: 2 * f }))
