/**
 * Chained HotStuff: one message a view. A proposal carries a certificate of its parent, and a vote for it is at once the
 * second vote for the parent, and the third for the grandparent. Whoever sees a chain of three such blocks in three
 * views without a gap commits the first of them.
 *
 * Maofan Yin, Dahlia Malkhi, Michael K. Reiter, Guy Golan Gueta and Ittai Abraham, "HotStuff: BFT Consensus with
 * Linearity and Responsiveness", PODC 2019, section 5, Algorithm 3: the lines named below. With `two-chain`, the core of
 * Jolteon (Gelashvili et al., "Jolteon and Ditto", FC 2022, Figure 2): a lock on the newest certificate, and a chain of two.
 *
 * Blocks are those of `chain`. Commands are left out. A view with two commands on one parent cannot have both of them
 * certified, as everybody votes once.
 *
 * Bounded are views, counted from 1. A replica in view v may still vote in v. `--tenure k` gives each leader k views
 * on end; with more than there are views, r0 leads all of them, as the adversary would have it.
 */
import { type Context, chain, defineProtocol, every, match, range, type Setting } from '../model/index.ts'

interface State {
  view: number
  /** The block that it is locked on: lockedQC. */
  lock: string
  /** The certified block of the highest view: genericQC. */
  high: string
}

type Message =
  /** With the certificate of its parent. */
  | { type: 'PROPOSAL'; block: string }
  | { type: 'VOTE'; block: string }
  /** With the certificate of the block. */
  | { type: 'NEW_VIEW'; view: number; block: string }

export interface ChainedHotstuff {
  state: State
  message: Message
  output: { committed: string }
  timer: 'view'
  rules: typeof rules
}

type Ctx = Context<ChainedHotstuff>

const { genesis: GENESIS, parent: parentOf, view: viewOf } = chain
/** Are a block and its parent of neighbouring views? */
const isDirect = (block: string): boolean => viewOf(block) === viewOf(parentOf(block)) + 1

const rules = ({ n, f, bounds: { views = 0, tenure = 1 } }: Setting) => ({
  leader: (view: number): number => Math.floor((view - 1) / tenure) % n,
  /**
   * Nobody waits for another leader where there is none: no timer runs, and nothing is sent about what is certified.
   */
  changesLeaders: tenure < views,
  /** n − f, of which two share f + 1 replicas where n = 3f + 1, hence a correct one. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** What a certificate of this block locks: line 20, the block before it. */
  locks: (block: string): string => parentOf(block),
  /** Algorithm 1, safeNode: may a replica with this lock vote for a block with this parent? */
  isSafe: (parent: string, lock: string): boolean => chain.extends(parent, lock) || viewOf(parent) > viewOf(lock),
  /** What a certificate of this block commits: lines 22 and 23, the first of three blocks in views without a gap. */
  commits: (block: string): string =>
    isDirect(block) && isDirect(parentOf(block)) ? parentOf(parentOf(block)) : GENESIS,
  /** One vote in a view. */
  votesOnce: true,
  /** Does the timer run again after a view has ended by it? */
  restartsTimer: true,
  /** Does a leader extend the highest certified block that it knows, or whichever it has? */
  extendsHighest: true,
})

const votesFor = (block: string) => match<Message>('VOTE', { block })

const changesTo = (view: number) => (message: Message) =>
  message.type === 'NEW_VIEW' && message.view === view && isEarlier(message)

/** Lines 17 to 24: what a replica makes of a certificate. */
function update(state: State, certified: string, ctx: Ctx): void {
  const { locks, commits, changesLeaders } = ctx.rules
  if (changesLeaders && viewOf(certified) > viewOf(state.high)) state.high = certified
  const lock = locks(certified)
  if (viewOf(lock) > viewOf(state.lock)) state.lock = lock
  const committed = commits(certified)
  if (committed !== GENESIS) ctx.output({ committed })
}

/** Lines 4 to 8: the leader extends what it knows to be certified, and votes for it as others do. */
function propose(state: State, certified: string, view: number, ctx: Ctx): void {
  update(state, certified, ctx)
  const isOutdated = ctx.rules.extendsHighest && viewOf(state.high) > viewOf(certified)
  const block = chain.child(isOutdated ? state.high : certified, view)
  ctx.broadcast({ type: 'PROPOSAL', block })
  if (ctx.rules.isSafe(parentOf(block), state.lock)) vote(state, block, ctx)
  state.view = view + 1
}

/** A replica that has voted goes on to the next view. */
function vote(state: State, block: string, ctx: Ctx): void {
  ctx.broadcast({ type: 'VOTE', block })
  state.view = viewOf(block) + (ctx.rules.votesOnce ? 1 : 0)
}

export const chainedHotstuff = defineProtocol<ChainedHotstuff>({
  name: 'chained-hotstuff',
  about: 'Chained HotStuff (Yin et al., 2019), with blocks by reference.',
  rules,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: [], inputs: {}, bounds: { views: 4, tenure: 1 } }
  },
  /** A vote in the last view leads to the next one. */
  within: ({ view }, { views }) => view <= views! + 1,
  /**
   * It goes on for ever. Three correct leaders on end, and one more who shows the certificate of the third block, commit the
   * first. If there are ever four on end, they are among so many; the others vote for what the fourth one shows.
   */
  healsWithin: ({ view }, { views, tenure }, n) => view <= views! + n * tenure! + 6,
  viewOf: ({ view }) => view,

  init(ctx) {
    if (ctx.rules.changesLeaders) ctx.setTimer('view')
    const state = { view: 1, lock: GENESIS, high: GENESIS }
    if (ctx.rules.leader(1) === ctx.self) propose(state, GENESIS, 1, ctx)
    return state
  },

  timeout: {
    /** Lines 25 to 28. */
    view(state, ctx) {
      state.view += 1
      ctx.broadcast({ type: 'NEW_VIEW', view: state.view, block: state.high })
      if (ctx.rules.restartsTimer) ctx.setTimer('view')
    },
  },

  upon: {
    /** Lines 10 to 16. The certificate is heeded, whether or not the block is voted for. */
    PROPOSAL(state, { block }, ctx) {
      const view = viewOf(block)
      if (ctx.from !== ctx.rules.leader(view) || view < state.view) return
      const parent = parentOf(block)
      const isSafe = ctx.rules.isSafe(parent, state.lock)
      state.view = view
      update(state, parent, ctx)
      if (isSafe) vote(state, block, ctx)
    },

    /** Line 5: the votes of the view before. */
    VOTE(state, { block }, ctx) {
      const view = viewOf(block) + 1
      if (ctx.rules.leader(view) !== ctx.self || view < state.view) return
      ctx.need(ctx.rules.quorum, votesFor(block))
      propose(state, block, view, ctx)
    },

    /** Lines 4 and 5: nobody knows of votes, so the highest certificate of a quorum. */
    NEW_VIEW(state, change, ctx) {
      const { view } = change
      const { leader, quorum, extendsHighest } = ctx.rules
      if (leader(view) !== ctx.self || view !== state.view) return
      if (!extendsHighest) {
        ctx.need(quorum, changesTo(view))
        propose(state, change.block, view, ctx)
        return
      }
      const { block } = ctx.takeHighest(quorum, changesTo(view), (one) => viewOf(one.block))
      propose(state, block, view, ctx)
    },
  },

  proofs: {
    PROPOSAL: ({ block }, { rules }) => chain.certificate(parentOf(block), rules.quorum, votesFor),
    NEW_VIEW: ({ block }, { rules }) => chain.certificate(block, rules.quorum, votesFor),
  },

  alphabet({ bounds: { views } }) {
    const blocks = chain.blocks(views!)
    return [
      ...every({ type: ['PROPOSAL', 'VOTE'], block: blocks.slice(1) }),
      // A certificate of a view that has not been is refused.
      ...every({ type: ['NEW_VIEW'], view: range(views! + 2).slice(2), block: blocks }).filter(isEarlier),
    ]
  },
})

function isEarlier({ view, block }: { view: number; block: string }): boolean {
  return viewOf(block) < view
}

// A chain of three. A variant weakens one named rule. The first group is unsafe.
export const noLock = chainedHotstuff.variant('no-lock', () => ({ isSafe: () => true }))
const grandparentOf = (block: string) => parentOf(parentOf(block))
const nonConsecutive = { commits: grandparentOf }
export const threeChainNonConsecutive = chainedHotstuff.variant('three-chain-non-consecutive', () => nonConsecutive)
export const threeChainFirstLinkOnly = chainedHotstuff.variant('three-chain-first-link-only', () => ({
  commits: (block) => (isDirect(parentOf(block)) ? grandparentOf(block) : GENESIS),
}))
export const threeChainLastLinkOnly = chainedHotstuff.variant('three-chain-last-link-only', () => ({
  commits: (block) => (isDirect(block) ? grandparentOf(block) : GENESIS),
}))
export const quorum2f = chainedHotstuff.variant('quorum-2f', ({ f }) => ({ quorum: 2 * f }))
export const doubleVote = chainedHotstuff.variant('double-vote', () => ({ votesOnce: false }))

// A chain of two, and a lock on the newest certificate.
const atLeast = (parent: string, lock: string): boolean => viewOf(parent) >= viewOf(lock)
const earlyLockRules = { locks: (block: string) => block, isSafe: atLeast }
const twoDirect = (block: string) => (isDirect(block) ? parentOf(block) : GENESIS)
export const twoChain = chainedHotstuff.variant('two-chain', () => ({ ...earlyLockRules, commits: twoDirect }), {
  about: 'The core of Jolteon, HotStuff-2 and DiemBFT v4: a chain of two commits, a lock on the newest certificate.',
})
/** This one gets stuck: its timer runs once, so that it waits for ever where a second leader is silent. */
export const twoChainTimerOnce = twoChain.variant('two-chain-timer-once', () => ({ restartsTimer: false }))
export const noLockTwoChain = twoChain.variant('no-lock-two-chain', () => ({ isSafe: () => true }))
export const twoChainLateLock = chainedHotstuff.variant('two-chain-late-lock', () => ({ commits: twoDirect }))
export const twoChainNonConsecutive = twoChain.variant('two-chain-non-consecutive', () => ({ commits: parentOf }))
export const oneChain = twoChain.variant('one-chain', () => ({ commits: (block) => block }))
export const earlyLockThreeChainNonConsecutive = chainedHotstuff.variant(
  'early-lock-three-chain-non-consecutive',
  () => ({
    ...earlyLockRules,
    ...nonConsecutive,
  }),
)

// DiemBFT: the lock is the preferred round, and a parent of that round is recent enough.
export const diembft = chainedHotstuff.variant('diembft', () => ({ isSafe: atLeast }), {
  about: 'The rules of DiemBFT: a parent of the preferred round, which is the lock, is recent enough.',
})
export const diembftQuorum2f = diembft.variant('diembft-quorum-2f', ({ f }) => ({ quorum: 2 * f }))
export const diembftDoubleVote = diembft.variant('diembft-double-vote', () => ({ votesOnce: false }))
export const diembftNoPreferredRound = diembft.variant('diembft-no-preferred-round', () => ({ isSafe: () => true }))

// These look wrong and are not: they lock more, or commit less.
export const anyJustify = chainedHotstuff.variant('any-justify', () => ({ extendsHighest: false }))
export const earlyLock = chainedHotstuff.variant('early-lock', () => ({ ...earlyLockRules }))
export const earlyLockThreeChainOneLink = chainedHotstuff.variant('early-lock-three-chain-one-link', () => ({
  ...earlyLockRules,
  commits: (block) => (isDirect(block) ? grandparentOf(block) : GENESIS),
}))
