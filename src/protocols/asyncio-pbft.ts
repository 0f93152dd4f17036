/**
 * A published PBFT simulator of some 400 lines of Python, modelled as written: what its correct replicas do. It has one
 * view, one primary, no view change and no retransmission; requests are never sent, only their digests. A digest is
 * written as the payload itself: `a` stands for H(a).
 *
 * Its votes are kept by the replicas themselves, because the defects are in that bookkeeping. Nothing ties the sender
 * of a message to its origin there, hence authentication `none`; the variants repair that first.
 *
 * Nothing is bounded: there is one view, and the primary proposes once. Byzantine messages are made of parts of what
 * can be sent, so they are about the same sequence number.
 *
 * Left out is what no claim can see: the delays of the network, the trial around the protocol with its timeout, and
 * that a replica handles nothing while its own broadcast is under way.
 */
import { type Context, defineProtocol, type Setting } from '../model/index.ts'

interface Slot {
  seq: number
  digest: string
}

/** Every list is sorted by sequence number, then digest, so that equal knowledge is an equal state. */
interface State {
  /** The primary's only: it proposes one payload. */
  proposed: boolean
  /** The first proposal that arrived for each sequence number. */
  seen: Slot[]
  committed: Slot[]
  /** Sequence numbers for which COMMIT was sent; kept only where a rule asks for it. */
  sent: number[]
}

type Message =
  | { type: 'PREPREPARE'; view: number; seq: number; digest: string }
  | { type: 'PREPARE'; view: number; seq: number; digest: string }
  | { type: 'COMMIT'; view: number; seq: number; digest: string }

export interface AsyncioPbft {
  state: State
  message: Message
  /** Distinct voters for a digest. The view of a vote plays no part. */
  tallies: { prepares: Slot; commits: Slot }
  output: { committed: { slot: number; value: string } }
  note: { sentCommit: { view: number; slot: number } } | { committedUnprepared: { slot: number; value: string } }
  rules: typeof rules
}

const rules = ({ f }: Setting) => ({
  /** The primary and the view, for ever. */
  primary: 0,
  view: 0,
  /** Two quorums of 2f + 1 share a correct replica only if n ≤ 3f + 1; the program takes them for every n. */
  prepareQuorum: 2 * f + 1,
  commitQuorum: 2 * f + 1,
  /** Is a proposal of anybody but the primary ignored? */
  primaryOnly: false,
  /** Is the COMMIT tally acted upon only after the own PREPARE quorum? */
  preparedFirst: false,
  /** Is COMMIT sent only once for a sequence number? */
  commitOnce: false,
})

const order = (a: Slot, b: Slot): number => a.seq - b.seq || (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0)

/** Puts an item where it belongs in a sorted list. */
function insert<T extends Slot>(list: T[], item: T): T {
  list.push(item)
  list.sort(order)
  return item
}

/** Which digest a list has for a sequence number. */
function digestAt(list: readonly Slot[], seq: number): string | undefined {
  return list.find((slot) => slot.seq === seq)?.digest
}

/** Reaching the quorum is not remembered: COMMIT goes out whenever a PREPARE arrives at or above it. */
function sendCommit(state: State, { view, seq, digest }: Slot & { view: number }, ctx: Context<AsyncioPbft>): void {
  if (ctx.rules.commitOnce) {
    if (state.sent.includes(seq)) return
    state.sent.push(seq)
    state.sent.sort((a, b) => a - b)
  }
  ctx.note({ sentCommit: { view, slot: seq } })
  ctx.broadcast({ type: 'COMMIT', view, seq, digest })
}

/** Commits what was proposed here once enough replicas have sent COMMIT. */
function tryCommit(state: State, { seq, digest }: Slot, ctx: Context<AsyncioPbft>): void {
  if (digestAt(state.seen, seq) !== digest || digestAt(state.committed, seq) !== undefined) return
  if (ctx.tally('commits').count({ seq, digest }) < ctx.rules.commitQuorum) return
  const prepared = ctx.tally('prepares').count({ seq, digest }) >= ctx.rules.prepareQuorum
  if (ctx.rules.preparedFirst && !prepared) return
  const decision = { slot: seq, value: digest }
  insert(state.committed, { seq, digest })
  if (!prepared) ctx.note({ committedUnprepared: decision })
  ctx.output({ committed: decision })
}

export const asyncioPbft = defineProtocol<AsyncioPbft>({
  name: 'asyncio-pbft',
  about: 'A published PBFT simulator in Python, as written: one view, no authentication.',
  rules,
  auth: 'none',
  network: { duplicate: false },
  selfDelivery: 'network',
  inbox: false,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: { 0: ['a'] }, bounds: {} }
  },

  tallies: { prepares: {}, commits: {} },
  init: () => ({ proposed: false, seen: [], committed: [], sent: [] }),

  /** A trial proposes one payload, with sequence number 1. At any other replica it is an error. */
  input(state, digest, ctx) {
    if (ctx.self !== ctx.rules.primary || state.proposed) return
    state.proposed = true
    ctx.broadcast({ type: 'PREPREPARE', view: ctx.rules.view, seq: 1, digest })
  },

  upon: {
    /** The first proposal wins, whoever sent it. Votes that are there already are not looked at again. */
    PREPREPARE(state, { view, seq, digest }, ctx) {
      if (ctx.rules.primaryOnly && ctx.from !== ctx.rules.primary) return
      if (digestAt(state.seen, seq) !== undefined) return
      insert(state.seen, { seq, digest })
      ctx.broadcast({ type: 'PREPARE', view, seq, digest })
    },

    PREPARE(state, { view, seq, digest }, ctx) {
      const prepares = ctx.tally('prepares')
      prepares.add({ seq, digest }, ctx.from)
      if (digestAt(state.seen, seq) !== digest) return
      if (prepares.count({ seq, digest }) < ctx.rules.prepareQuorum) return
      sendCommit(state, { view, seq, digest }, ctx)
      if (ctx.rules.preparedFirst) tryCommit(state, { seq, digest }, ctx)
    },

    COMMIT(state, { seq, digest }, ctx) {
      ctx.tally('commits').add({ seq, digest }, ctx.from)
      tryCommit(state, { seq, digest }, ctx)
    },
  },
})

/** Two quorums of this size share f + 1 replicas, hence a correct one, for every n. */
const adapted = ({ n, f }: Setting) => {
  const quorum = Math.ceil((n + f + 1) / 2)
  return { prepareQuorum: quorum, commitQuorum: quorum }
}

/** Every variant knows the true sender of a message; `about` says what else it repairs. */
const repair = (about: string) =>
  ({ auth: 'channels', about: `The published simulator, senders known; ${about}` }) as const

export const primaryOnly = asyncioPbft.variant(
  'primary-only',
  () => ({ primaryOnly: true }),
  repair('proposals are accepted from the primary only.'),
)
export const adaptedQuorum = asyncioPbft.variant(
  'adapted-quorum',
  adapted,
  repair('quorums share a correct replica for every n.'),
)
export const preparedFirst = asyncioPbft.variant(
  'prepared-first',
  () => ({ preparedFirst: true }),
  repair('nothing is committed before it is prepared here.'),
)
export const commitOnce = asyncioPbft.variant(
  'commit-once',
  () => ({ commitOnce: true }),
  repair('COMMIT is sent once for a sequence number.'),
)
export const repaired = asyncioPbft.variant(
  'repaired',
  (setting) => ({ ...adapted(setting), primaryOnly: true, preparedFirst: true, commitOnce: true }),
  repair('all four repairs together, still without a view change.'),
)
