/**
 * Sync HotStuff, in an early version: a block is voted for by everybody, and committed 2Δ later by whoever has seen no other
 * one in between. Synchronous, signatures, n = 2f + 1.
 *
 * Ittai Abraham, Dahlia Malkhi, Kartik Nayak, Ling Ren and Maofan Yin, "Sync HotStuff: Simple and Practical Synchronous State
 * Machine Replication", S&P 2020, here as described on Decentralized Thoughts, 2019-11-12. That a replica takes over a
 * certificate as its lock at any time breaks it: Atsuki Momose and Jason Paul Cruz, "Force-Locking Attack on Sync
 * HotStuff", 2019. The change of views is a reconstruction.
 *
 * A round is Δ, and every message of a correct replica takes one; those of Byzantine replicas arrive whenever they like. Blames
 * are left out: a view has five rounds, after which all leave it, as if it had brought nothing new. Blocks are those of
 * `chain`, with a command; a correct leader proposes one block a view, with the first command, so that a certificate is as
 * high as its view.
 *
 * Bounded are views, counted from 1. Three are enough for a certificate that is held back, a block that is committed without one,
 * and a block on the former.
 */
import {
  all,
  any,
  type Context,
  chain,
  defineLockstep,
  every,
  type Id,
  match,
  type Proof,
  range,
  type Setting,
  said,
} from '../model/index.ts'

interface State {
  /** The highest certified block that it has seen. */
  high: string
  /** The highest one when it entered the view. */
  atEntry: string
  /** The first block of the view that it has seen. */
  seen: string
  /** Who has voted for it, if it has voted itself: a quorum at most. */
  votes: Id[]
  /** Has it left the view, because its leader has proposed two blocks? */
  hasLeft: boolean
  hasCommitted: boolean
  /** The block that its timer is about, and the rounds that are left. */
  timed: string
  left: number
}

type Message =
  /** With the certificate of its parent. */
  | { type: 'PROPOSAL'; block: string }
  /** With the leader's proposal. */
  | { type: 'VOTE'; block: string }
  /** With the certificate of the block. */
  | { type: 'STATUS'; block: string }
  /** With two proposals of the leader. */
  | { type: 'LEAVE'; view: number }

export interface SyncHotstuff {
  state: State
  message: Message
  output: { committed: string }
  note: { abandoned: number }
  rules: typeof rules
}

type Ctx = Context<SyncHotstuff>
type Rules = ReturnType<typeof rules>
type Inbox = readonly { readonly from: Id; readonly message: Message }[]

const { genesis: GENESIS, parent: parentOf, view: viewOf } = chain

/** Of a view: everybody enters it, the leader proposes, all vote, the leader commits, and then the others. */
const ROUNDS = 5
/** Everybody begins in the middle of the first view: there is nothing to report. */
const placeOf = (round: number) => ({ view: Math.floor((round + 1) / ROUNDS) + 1, at: (round + 1) % ROUNDS })

const rules = ({ n, f, values, bounds: { views = 0 } }: Setting) => ({
  views,
  commands: values,
  leader: (view: number): Id => (view - 1) % n,
  /** One of f + 1 is correct, and so many are. */
  quorum: f + 1,
  /** 2Δ: a vote takes Δ to arrive, and what its receiver has seen takes another one. */
  timer: 2,
  /** When a leader proposes: it has received everybody's highest certificate by then. */
  proposesAt: 1,
  /** Does a vote pass the proposal on? */
  forwards: true,
  /** Does a replica give up its timer when it leaves a view? */
  stopsTimer: true,
  /** What it is locked on: as published, the highest certificate, whenever it has come. */
  lock: ({ high }: State): string => high,
})

const votesFor = (block: string) => match<Message>('VOTE', { block })
const proposalOf = (block: string, { leader }: Pick<Rules, 'leader'>) =>
  match<Message>('PROPOSAL', { block }, leader(viewOf(block)))

export const syncHotstuff = defineLockstep<SyncHotstuff>({
  name: 'sync-hotstuff',
  about: 'Sync HotStuff (Abraham et al., 2020) in an early version, which locks at any time.',
  rules,
  auth: 'signatures',
  selfDelivery: 'none',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 2))
    return { f, b: f, values: ['a', 'b'], inputs: {}, bounds: { views: 3 } }
  },
  rounds: ({ views }) => ROUNDS * views - 1,

  alphabet({ rules: { views, commands } }) {
    const blocks = chain.blocks(views, commands)
    return [
      ...every({ type: ['PROPOSAL', 'VOTE'], block: blocks.slice(1) }),
      ...every({ type: ['STATUS'], block: blocks }),
      ...every({ type: ['LEAVE'], view: range(views).map((i) => i + 1) }),
    ]
  },

  init(ctx) {
    const state: State = {
      ...{ high: GENESIS, atEntry: GENESIS, seen: GENESIS, votes: [] },
      ...{ hasLeft: false, hasCommitted: false, timed: GENESIS, left: 0 },
    }
    if (ctx.rules.leader(1) === ctx.self) propose(state, 1, ctx)
    return state
  },

  round(state, inbox, ctx) {
    const { view, at } = placeOf(ctx.round)
    learn(state, inbox, ctx)
    if (at === 0) enter(state, view, ctx)
    if (!state.hasLeft) take(state, view, inbox, ctx)
    const isLeader = view <= ctx.rules.views && ctx.rules.leader(view) === ctx.self
    if (isLeader && !state.hasLeft && at === ctx.rules.proposesAt) propose(state, view, ctx)
    expire(state, ctx)
  },

  proofs: {
    PROPOSAL: ({ block }, { rules }) => chain.certificate(parentOf(block), rules.quorum, votesFor),
    VOTE: ({ block }, { rules }) => said(1, proposalOf(block, rules)),
    STATUS: ({ block }, { rules }) => chain.certificate(block, rules.quorum, votesFor),
    LEAVE: ({ view }, { rules }) => equivocation(view, rules),
  },
})

/** The leader of a view has proposed two blocks in it. */
function equivocation(view: number, { leader, views, commands }: Rules): Proof<Message> {
  const blocks = chain.blocks(Math.min(view, views), commands).filter((block) => viewOf(block) === view)
  const other = (block: string) => (message: Message, from: Id) =>
    from === leader(view) && message.type === 'PROPOSAL' && viewOf(message.block) === view && message.block !== block
  return any(blocks.map((block) => all([said(1, proposalOf(block, { leader })), said(1, other(block))])))
}

/** Everybody reports its highest certificate, and takes it as its lock. */
function enter(state: State, view: number, ctx: Ctx): void {
  const { high } = state
  if (!state.hasCommitted) ctx.note({ abandoned: view - 1 })
  Object.assign(state, { atEntry: high, seen: GENESIS, votes: [], hasLeft: false, hasCommitted: false })
  if (ctx.rules.stopsTimer) state.timed = GENESIS
  const leader = ctx.rules.leader(view)
  if (leader !== ctx.self) ctx.send(leader, { type: 'STATUS', block: high })
}

/** Takes note of votes and certificates. */
function learn(state: State, inbox: Inbox, ctx: Ctx): void {
  const voters = inbox.flatMap(({ from, message }) => (isVoteFor(state.seen, message) ? [from] : []))
  if (state.votes.length > 0) count(state, voters, ctx)
  for (const { message } of inbox) {
    if (message.type === 'PROPOSAL') raise(state, parentOf(message.block))
    if (message.type === 'STATUS') raise(state, message.block)
  }
}

const isVoteFor = (block: string, message: Message): boolean => message.type === 'VOTE' && message.block === block

function count(state: State, voters: readonly Id[], { rules }: Ctx): void {
  const votes = [...new Set([...state.votes, ...voters])].slice(0, rules.quorum)
  if (votes.length > state.votes.length) state.votes = votes.sort((a, b) => a - b)
  if (votes.length === rules.quorum) raise(state, state.seen)
}

function raise(state: State, certified: string): void {
  if (viewOf(certified) > viewOf(state.high)) state.high = certified
}

/** The blocks of the view that it is shown, by its leader or with a vote. */
const shownIn = (view: number, inbox: Inbox, { rules }: Ctx): string[] =>
  inbox.flatMap(({ from, message }) => {
    const isShown =
      message.type === 'PROPOSAL' ? from === rules.leader(view) : message.type === 'VOTE' && rules.forwards
    return isShown && 'block' in message && viewOf(message.block) === view ? [message.block] : []
  })

/** Votes for the first block of the view that it sees. If there are two, it tells everybody, and leaves. */
function take(state: State, view: number, inbox: Inbox, ctx: Ctx): void {
  const [first = state.seen, ...others] = new Set([state.seen, ...shownIn(view, inbox, ctx)].filter(Boolean))
  const isTold = inbox.some(({ message }) => message.type === 'LEAVE' && message.view === view)
  if (isTold || others.length > 0) {
    ctx.broadcast({ type: 'LEAVE', view })
    state.hasLeft = true
    if (ctx.rules.stopsTimer) state.timed = GENESIS
    return
  }
  if (first === state.seen) return
  state.seen = first
  if (viewOf(parentOf(first)) < viewOf(ctx.rules.lock(state))) return
  vote(state, ctx)
  const voters = inbox.flatMap(({ from, message }) => (isVoteFor(first, message) ? [from] : []))
  count(state, voters, ctx)
}

function propose(state: State, view: number, ctx: Ctx): void {
  const block = chain.child(state.high, view, ctx.rules.commands[0])
  ctx.broadcast({ type: 'PROPOSAL', block })
  state.seen = block
  vote(state, ctx)
}

function vote(state: State, ctx: Ctx): void {
  ctx.broadcast({ type: 'VOTE', block: state.seen })
  Object.assign(state, { votes: [ctx.self], timed: state.seen, left: ctx.rules.timer + 1 })
}

/** Its timer has run out, and it has seen nothing else. */
function expire(state: State, ctx: Ctx): void {
  if (state.timed === GENESIS) return
  state.left--
  if (state.left > 0) return
  ctx.output({ committed: state.timed })
  Object.assign(state, { timed: GENESIS, hasCommitted: true })
}

export const lockAtEntry = syncHotstuff.variant('lock-at-entry', () => ({ lock: ({ atEntry }) => atEntry }))
// Each weakens one more rule of it.
export const shortTimer = lockAtEntry.variant('short-timer', () => ({ timer: 1 }))
export const noForward = lockAtEntry.variant('no-forward', () => ({ forwards: false }))
export const noStatusWait = lockAtEntry.variant('no-status-wait', () => ({ proposesAt: 0 }))
export const timerSurvivesQuit = lockAtEntry.variant('timer-survives-quit', () => ({ stopsTimer: false }))
/** The largest quorum that the correct can form. Where n = 2f it is f, so that Byzantine replicas alone certify blocks. */
export const n2f = lockAtEntry.variant('n-2f', ({ n, f }) => ({ quorum: n - f }))
