/**
 * Streamlet: in each epoch a leader proposes a block on a longest notarised chain, and all vote for it if it is one.
 * There are no locks: three adjacent notarised blocks of consecutive epochs finalise the second one.
 *
 * Benjamin Y. Chan and Elaine Shi, "Streamlet: Textbook Streamlined Blockchains", AFT 2020, section 3.
 *
 * Blocks are those of `chain`, by epochs. Transactions are left out. The paper's clock is a timer that may expire at any time, its leaders are
 * drawn at random: here they take turns, and `--tenure k` gives each k epochs on end. With more than there are epochs
 * r0 leads all of them, as the adversary would have it. What a replica knows to be notarised is what it has looked
 * at, which may be late.
 *
 * Bounded are epochs, counted from 1. A replica in epoch e may still vote in e.
 */
import { type Context, chain, defineProtocol, every, match, type Setting } from '../model/index.ts'

interface State {
  epoch: number
  /** The tip of a longest chain that it knows to be notarised. */
  longest: string
}

type Message = { type: 'PROPOSAL'; block: string } | { type: 'VOTE'; block: string }

export interface Streamlet {
  state: State
  message: Message
  output: { finalised: string }
  timer: 'epoch'
  rules: typeof rules
}

type Ctx = Context<Streamlet>

const { genesis: GENESIS, height: heightOf, parent: parentOf, view: epochOf } = chain
/** The last `length` blocks of a chain, the tip first, where there are so many. */
const tailOf = (block: string, length: number): string[] =>
  heightOf(block) < length ? [] : [block, ...chain.ancestors(block)].slice(0, length)
/** The tail, if its epochs have no gap. */
const runOf = (block: string, length: number): string[] => {
  const tail = tailOf(block, length)
  return tail.every((one) => epochOf(one) === epochOf(block) + heightOf(one) - heightOf(block)) ? tail : []
}

/** A run of notarised blocks, the tip first, and which one of them it finalises. */
interface Final {
  readonly run: readonly string[]
  readonly block: string | undefined
}

const rules = ({ n, bounds: { epochs = 0, tenure = 1 } }: Setting) => ({
  leader: (epoch: number): number => Math.floor((epoch - 1) / tenure) % n,
  /** Nobody else ever leads where there is one leader: no timer runs. */
  changesLeaders: tenure < epochs,
  /** Two thirds, of which two share more than a third, hence a correct replica, which votes once in an epoch. */
  quorum: Math.ceil((2 * n) / 3),
  /** Is a chain with this tip as long as the longest that the replica knows? */
  isLongest: (tip: string, longest: string): boolean => heightOf(tip) >= heightOf(longest),
  /** One vote in an epoch. */
  votesOnce: true,
  /** Which blocks below and with this tip have to be notarised, for one of them to be final? */
  finalises: (tip: string): Final => {
    const run = runOf(tip, 3)
    return { run, block: run[1] }
  },
  /** Do the three blocks have to be adjacent? */
  isChain: true,
})

const votesFor = (block: string) => match<Message>('VOTE', { block })

function needNotarised(block: string, ctx: Ctx): void {
  if (block !== GENESIS) ctx.need(ctx.rules.quorum, votesFor(block))
}

function learn(state: State, notarised: string): void {
  if (heightOf(notarised) > heightOf(state.longest)) state.longest = notarised
}

function vote(state: State, block: string, ctx: Ctx): void {
  ctx.broadcast({ type: 'VOTE', block })
  state.epoch = epochOf(block) + (ctx.rules.votesOnce ? 1 : 0)
}

export const streamlet = defineProtocol<Streamlet>({
  name: 'streamlet',
  about: 'Streamlet (Chan and Shi, 2020), with blocks by reference.',
  rules,
  // Section 2.1: everybody echoes what it sees.
  network: { gossip: true },
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: [], inputs: {}, bounds: { epochs: 4, tenure: 1 } }
  },
  within: ({ epoch }, { epochs }) => epoch <= epochs! + 1,
  /**
   * It goes on for ever. Of f + 1 gaps between Byzantine leaders one has three correct ones, whose blocks finalise the second
   * of them: beyond the bounds each leads twice more.
   */
  healsWithin: ({ epoch }, { epochs, tenure }, n) => epoch <= epochs! + 2 * n * tenure!,
  /** "At the beginning of each epoch a leader proposes": before the clock of anybody else takes the epoch away. */
  expiresFirst: ({ epoch }, self, { leader }) => leader(epoch) === self,
  viewOf: ({ epoch }) => epoch,

  init(ctx) {
    if (ctx.rules.changesLeaders || ctx.rules.leader(1) === ctx.self) ctx.setTimer('epoch')
    return { epoch: 1, longest: GENESIS }
  },

  timeout: {
    /** The epoch passes. Its leader proposes first. */
    epoch(state, ctx) {
      ctx.setTimer('epoch')
      // A replica that receives a later epoch's block is late, and has nothing to propose.
      if (ctx.rules.leader(state.epoch) !== ctx.self || epochOf(state.longest) >= state.epoch) {
        state.epoch += 1
        return
      }
      const block = chain.child(state.longest, state.epoch)
      ctx.broadcast({ type: 'PROPOSAL', block })
      vote(state, block, ctx)
    },
  },

  upon: {
    /** "Vote for the first proposal of the epoch's leader, if it extends one of the longest notarised chains." */
    PROPOSAL(state, { block }, ctx) {
      const epoch = epochOf(block)
      const parent = parentOf(block)
      if (ctx.from !== ctx.rules.leader(epoch) || epoch < state.epoch) return
      if (!ctx.rules.isLongest(parent, state.longest)) return
      needNotarised(parent, ctx)
      learn(state, parent)
      vote(state, block, ctx)
    },

    VOTE: [
      function notarise(state, { block }, ctx) {
        if (heightOf(block) <= heightOf(state.longest)) return
        needNotarised(block, ctx)
        learn(state, block)
      },
      /** "Three adjacent notarised blocks with consecutive epochs: finalise the prefix up to the second." */
      function finalise(state, { block: tip }, ctx) {
        const { run, block } = ctx.rules.finalises(tip)
        if (block === undefined || !ctx.rules.isChain) return
        for (const one of run) needNotarised(one, ctx)
        learn(state, tip)
        ctx.output({ finalised: block })
      },
      /** Not in the paper: whatever is notarised in the two epochs before. */
      function finaliseUnchained(state, { block: tip }, ctx) {
        if (ctx.rules.isChain || epochOf(tip) < 3) return
        needNotarised(tip, ctx)
        const second = notarisedIn(epochOf(tip) - 1, ctx)
        const first = notarisedIn(epochOf(tip) - 2, ctx)
        if (first === null || second === null) return
        learn(state, tip)
        ctx.output({ finalised: second })
      },
    ],
  },

  alphabet({ bounds: { epochs }, rules: { votesOnce } }) {
    // Whoever votes more than once stays in an epoch, and is within the bounds in the one after the last.
    return every({ type: ['PROPOSAL', 'VOTE'], block: chain.blocks(epochs! + (votesOnce ? 0 : 1)).slice(1) })
  },
})

/** A block of that epoch that has a quorum of votes. */
function notarisedIn(epoch: number, ctx: Ctx): string | null {
  const ofEpoch = (message: Message) => message.type === 'VOTE' && epochOf(message.block) === epoch
  const block = ({ block: one }: Message) => one
  return ctx.take(ctx.rules.quorum, ofEpoch, (chosen) =>
    chosen.every((one) => block(one) === block(chosen[0]!)) ? block(chosen[0]!) : null,
  )
}

// A variant changes one named rule. The first group is unsafe.
export const nonConsecutive = streamlet.variant('non-consecutive', () => ({
  finalises: (tip) => ({ run: tailOf(tip, 3), block: tailOf(tip, 3)[1] }),
}))
export const twoConsecutive = streamlet.variant('two-consecutive', () => ({
  finalises: (tip) => ({ run: runOf(tip, 2), block: runOf(tip, 2)[1] }),
}))
export const finaliseTip = streamlet.variant('finalise-tip', () => ({
  finalises: (tip) => ({ run: runOf(tip, 3), block: runOf(tip, 3)[0] }),
}))
export const twoConsecutiveTip = streamlet.variant('two-consecutive-tip', () => ({
  finalises: (tip) => ({ run: runOf(tip, 2), block: runOf(tip, 2)[0] }),
}))
export const noVoteRule = streamlet.variant('no-vote-rule', () => ({ isLongest: () => true }))
export const unchainedFinalise = streamlet.variant('unchained-finalise', () => ({ isChain: false }))
export const voteRepeat = streamlet.variant('vote-repeat', () => ({ votesOnce: false }))
// This one gets stuck: the vote of a Byzantine replica may notarise a block in the eyes of one, and of no other.
export const noRelay = streamlet.variant('no-relay', () => ({}), { network: { gossip: false } })
// This one looks wrong.
export const compareEpochs = streamlet.variant('compare-epochs', () => ({
  isLongest: (tip, longest) => epochOf(tip) >= epochOf(longest),
}))
