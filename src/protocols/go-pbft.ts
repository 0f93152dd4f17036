/**
 * A published PBFT exercise with its solution in Go, modelled as written, and in layers that repair it step by step.
 *
 * Layer 0 is the program itself. Of its defects this file has those of the handlers: whether a message comes from the
 * primary is asked of the receiver instead of the sender, and a client is rejected because only replicas have keys. So
 * nothing can ever commit: the primary's PRE-PREPARE is accepted by nobody but the primary, which never gets it, and a
 * client's REQUEST by nobody at all. Not in this file, because a reducer runs alone, to its end, and equally every time:
 * the primary as an element of an unsorted map (here ids are sorted), the lock that the view-change handlers take twice
 * and then wait for, and the timer object that is used before it exists or waited on after it was replaced. Layer 1
 * repairs all of these and nothing else; layer 2 also counts votes by view and payload.
 *
 * Modelling decisions: what a replica broadcasts goes to every other replica. A client hands its REQUEST to every
 * replica, each operation once: the program stamps it with the time. A REPLY has no destination and is not modelled.
 * Numbers are unsigned in the program; a message with any other number cannot be encoded, and is rejected.
 * Bounded are views and sequence numbers, two of each: one view change, and one number that can be skipped or taken twice.
 */
import { type Context, defineProtocol, type Id, type Setting, UsageError } from '../model/index.ts'

interface Proposal {
  view: number
  sequence: number
  payload: string
}

/** What votes are counted by; null where the program does not look. */
interface Ballot {
  sequence: number
  view: number | null
  payload: string | null
}

interface Tally extends Ballot {
  /** Distinct senders, ascending. */
  senders: Id[]
}

/** Every list is sorted by sequence number or view first, so that equal knowledge is an equal state. */
interface State {
  view: number
  /** The last sequence number that this replica gave out as a primary. */
  sequence: number
  lastExecuted: number
  /** Cached; recomputed only where the program does. */
  isPrimary: boolean
  /** One proposal for each sequence number. */
  proposals: Proposal[]
  prepares: Tally[]
  commits: Tally[]
  viewChanges: { view: number; senders: Id[] }[]
  /** Sequence numbers with a commit quorum, executed or not. */
  committed: number[]
}

type Message =
  | { type: 'REQUEST'; payload: string }
  | { type: 'PRE_PREPARE'; view: number; sequence: number; payload: string }
  | { type: 'PREPARE'; view: number; sequence: number; payload: string }
  | { type: 'COMMIT'; view: number; sequence: number; payload: string }
  | { type: 'VIEW_CHANGE'; view: number }
  | { type: 'NEW_VIEW'; view: number }

export interface GoPbft {
  state: State
  message: Message
  /** An empty payload stands for one that does not decode. */
  output: { executed: { slot: number; operation: string } }
  note:
    | { sentCommit: { view: number; slot: number } }
    | { committedUnprepared: { slot: number } }
    /** A NEW-VIEW made it leave one view for another: not the replica's own timeout. */
    | { entered: { view: number; from: number } }
  timer: 'view'
  client: { issued: string[] }
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => {
  if (n < 4) throw new UsageError(`go-pbft with ${n} replicas`, 'give at least four: the program refuses fewer')
  const primary = (view: number): Id => view % n
  return {
    /** For PREPAREs too: the 2f that the program computes for those is never used. Not adapted to n ≠ 3f + 1. */
    quorum: 2 * f + 1,
    primary,
    /** Is a PRE-PREPARE or NEW-VIEW of this view from its primary? The program asks the receiver. */
    fromPrimary: (view: number, _from: Id, self: Id): boolean => self === primary(view),
    /** Does the registry hold a key for this sender? It holds those of the replicas. */
    registered: (id: Id): boolean => id < n,
    /** Votes are counted by sequence number only. */
    ballot: ({ sequence }: Proposal): Ballot => ({ sequence, view: null, payload: null }),
    /** Is a proposal executed whatever was voted for? */
    executes: (_logged: Proposal, _voted: Proposal): boolean => true,
    /** Does a later proposal replace the one that is logged? */
    replaces: false,
    /** Does the timer run? It does, whatever the progress. */
    timers: true,
  }
}

const unsigned = (...numbers: number[]): boolean => numbers.every((value) => Number.isSafeInteger(value) && value >= 0)

/** The two have the same fields at null. */
function order(a: Ballot, b: Ballot): number {
  const [x, y] = [a.payload ?? '', b.payload ?? '']
  return a.sequence - b.sequence || (a.view ?? 0) - (b.view ?? 0) || (x < y ? -1 : x > y ? 1 : 0)
}

function addSender(senders: Id[], sender: Id): void {
  if (senders.includes(sender)) return
  senders.push(sender)
  senders.sort((a, b) => a - b)
}

function tallyOf(tallies: Tally[], ballot: Ballot): Tally {
  const known = tallies.find((tally) => order(tally, ballot) === 0)
  if (known) return known
  tallies.push({ ...ballot, senders: [] })
  tallies.sort(order)
  return tallies.find((other) => order(other, ballot) === 0)!
}

function logged(state: State, sequence: number): Proposal | undefined {
  return state.proposals.find((proposal) => proposal.sequence === sequence)
}

/** Puts a proposal into the log, over whatever was there. */
function log(state: State, proposal: Proposal): void {
  state.proposals = state.proposals.filter(({ sequence }) => sequence !== proposal.sequence)
  state.proposals.push(proposal)
  state.proposals.sort((a, b) => a.sequence - b.sequence)
}

/** Distinct senders of VIEW-CHANGE for a view, this one included. */
function asked(state: State, view: number, sender: Id): number {
  let entry = state.viewChanges.find((change) => change.view === view)
  if (!entry) {
    entry = { view, senders: [] }
    state.viewChanges.push(entry)
    state.viewChanges.sort((a, b) => a.view - b.view)
    entry = state.viewChanges.find((change) => change.view === view)!
  }
  addSender(entry.senders, sender)
  return entry.senders.length
}

function enter(state: State, view: number, ctx: Context<GoPbft>): void {
  ctx.note({ entered: { view, from: state.view } })
  state.view = view
  state.isPrimary = ctx.rules.primary(view) === ctx.self
}

/** Executes what is logged, if its turn has come. A commit that is ahead of its turn or its proposal is forgotten. */
function execute(state: State, voted: Proposal, ctx: Context<GoPbft>): void {
  const { sequence } = voted
  const proposal = logged(state, sequence)
  if (sequence !== state.lastExecuted + 1 || !proposal || proposal.payload === '') return
  if (!ctx.rules.executes(proposal, voted)) return
  state.lastExecuted = sequence
  ctx.output({ executed: { slot: sequence, operation: proposal.payload } })
}

export const goPbft = defineProtocol<GoPbft>({
  name: 'go-pbft',
  about: 'A published PBFT exercise in Go, as written; nothing can commit in it.',
  rules,
  auth: 'signatures',
  network: { duplicate: false },
  selfDelivery: 'none',
  inbox: false,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, clients: 1, values: ['a', 'b'], inputs: 'any', bounds: { views: 2, slots: 2 } }
  },

  init(ctx) {
    if (ctx.rules.timers) ctx.setTimer('view')
    const isPrimary = ctx.rules.primary(0) === ctx.self
    const nothing = { proposals: [], prepares: [], commits: [], viewChanges: [], committed: [] }
    return { view: 0, sequence: 0, lastExecuted: 0, isPrimary, ...nothing }
  },

  timeout: {
    /** Fires for ever. The flag is not recomputed: a primary that leaves its view goes on proposing. */
    view(state, ctx) {
      state.view++
      asked(state, state.view, ctx.self)
      ctx.broadcast({ type: 'VIEW_CHANGE', view: state.view })
      ctx.setTimer('view')
    },
  },

  upon: {
    /** A backup does not forward it. Nobody remembers what was proposed before. */
    REQUEST(state, { payload }, ctx) {
      if (!ctx.rules.registered(ctx.from) || !state.isPrimary) return
      state.sequence++
      const proposal = { view: state.view, sequence: state.sequence, payload }
      log(state, proposal)
      ctx.broadcast({ type: 'PRE_PREPARE', ...proposal })
    },

    PRE_PREPARE(state, { view, sequence, payload }, ctx) {
      if (!unsigned(view, sequence) || !ctx.rules.fromPrimary(view, ctx.from, ctx.self) || view !== state.view) return
      const proposal = { view, sequence, payload }
      const existing = logged(state, sequence)
      const isKnown = existing?.view === view && existing.payload === payload
      if (existing && (isKnown || !ctx.rules.replaces)) return
      log(state, proposal)
      addSender(tallyOf(state.prepares, ctx.rules.ballot(proposal)).senders, ctx.self)
      ctx.broadcast({ type: 'PREPARE', ...proposal })
    },

    /** The first vote of a sender counts, whatever it says. At or above the quorum COMMIT repeats what came last. */
    PREPARE(state, { view, sequence, payload }, ctx) {
      if (!unsigned(view, sequence) || view !== state.view) return
      const voted = { view, sequence, payload }
      const { senders } = tallyOf(state.prepares, ctx.rules.ballot(voted))
      if (senders.includes(ctx.from)) return
      addSender(senders, ctx.from)
      if (senders.length < ctx.rules.quorum || state.committed.includes(sequence)) return
      addSender(tallyOf(state.commits, ctx.rules.ballot(voted)).senders, ctx.self)
      ctx.note({ sentCommit: { view, slot: sequence } })
      ctx.broadcast({ type: 'COMMIT', ...voted })
    },

    COMMIT(state, { view, sequence, payload }, ctx) {
      if (!unsigned(view, sequence) || view !== state.view) return
      const voted = { view, sequence, payload }
      const { senders } = tallyOf(state.commits, ctx.rules.ballot(voted))
      if (senders.includes(ctx.from)) return
      addSender(senders, ctx.from)
      if (senders.length < ctx.rules.quorum || state.committed.includes(sequence)) return
      state.committed.push(sequence)
      state.committed.sort((a, b) => a - b)
      const ballot = ctx.rules.ballot(voted)
      const prepares = state.prepares.find((tally) => order(tally, ballot) === 0)?.senders.length ?? 0
      if (prepares < ctx.rules.quorum) ctx.note({ committedUnprepared: { slot: sequence } })
      execute(state, voted, ctx)
    },

    /** For any view, a past one too. The new primary goes there at once, and so goes back. */
    VIEW_CHANGE(state, { view }, ctx) {
      if (!unsigned(view)) return
      if (asked(state, view, ctx.from) < ctx.rules.quorum || ctx.rules.primary(view) !== ctx.self) return
      ctx.broadcast({ type: 'NEW_VIEW', view })
      enter(state, view, ctx)
    },

    /** No VIEW-CHANGE is shown with it, and no proposal is carried over. */
    NEW_VIEW(state, { view }, ctx) {
      if (!unsigned(view) || !ctx.rules.fromPrimary(view, ctx.from, ctx.self)) return
      enter(state, view, ctx)
      if (ctx.rules.timers) ctx.setTimer('view')
    },
  },

  client: {
    init: () => ({ issued: [] }),
    input(state, operation, ctx) {
      if (state.issued.includes(operation)) return
      state.issued.push(operation)
      state.issued.sort()
      ctx.broadcast({ type: 'REQUEST', payload: operation })
    },
    upon: {},
  },

  within: ({ view, sequence, proposals, prepares, commits, viewChanges }, bounds) => {
    const views = bounds['views'] ?? Number.POSITIVE_INFINITY
    const slots = bounds['slots'] ?? Number.POSITIVE_INFINITY
    const inSlots = [proposals, prepares, commits].every((list) => list.every((entry) => entry.sequence <= slots))
    return view < views && sequence <= slots && inSlots && viewChanges.every((change) => change.view < views)
  },
  viewOf: ({ view }) => view,
})

const withClients = () => ({ registered: () => true })

/** The sender is compared with the primary, and clients have keys. */
const repaired = (_: Setting, { primary }: ReturnType<typeof rules>) => ({
  fromPrimary: (view: number, from: Id) => from === primary(view),
  registered: () => true,
})

/** Votes for one proposal are counted apart from all others, and only that proposal is executed. */
const byProposal = () => ({
  ballot: (proposal: Proposal): Ballot => ({ ...proposal }),
  executes: (inLog: Proposal, voted: Proposal) => inLog.view === voted.view && inLog.payload === voted.payload,
})

export const layer0 = goPbft.variant('layer-0', () => ({}), { about: 'As written: nothing can commit.' })
export const layer0Clients = layer0.variant('layer-0-clients', withClients, { about: 'Layer 0; clients have keys.' })
export const layer1 = goPbft.variant('layer-1', repaired, { about: 'Made to run; votes are counted as written.' })
export const layer1FixedView = layer1.variant('layer-1-fixed-view', () => ({ timers: false }), {
  about: 'Layer 1 without timers: no replica asks for another view.',
})
export const layer2 = layer1.variant('layer-2', byProposal, { about: 'Layer 1, votes counted by view and payload.' })
export const layer2NoConflictCheck = layer2.variant('layer-2-no-conflict-check', () => ({ replaces: true }), {
  about: 'Layer 2 with a planted bug: a second proposal replaces the first one of the same number.',
})
