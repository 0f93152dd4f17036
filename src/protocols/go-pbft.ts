/**
 * A published PBFT exercise with its solution in Go, modelled as written, and in layers that repair it step by step.
 *
 * Layer 0 is the program itself. Of its defects this file has those of the handlers: whether a message comes from the
 * primary is asked of the receiver instead of the sender, and a client is rejected because only replicas have keys. So
 * nothing can ever commit: the primary's PRE-PREPARE is accepted by nobody but the primary, which never gets it, and a
 * client's REQUEST by nobody at all. Not in this file, because a reducer runs alone, to its end, and equally every time:
 * the primary as an element of an unsorted map (here ids are sorted), the lock that the view-change handlers take twice
 * and then wait for, and the timer object that is used before it exists or waited on after it was replaced. Layer 1
 * repairs all of these and nothing else; layer 2 also counts votes by view and payload. Layer 3 repairs most of what
 * keeps layer 2 from getting on. It is there to tell defects apart: leave one repair out, and what breaks first is that.
 *
 * Modelling decisions: what a replica broadcasts goes to every other replica. A client hands its REQUEST to every
 * replica, each operation once: the program stamps it with the time. A REPLY has no destination and is not modelled.
 * Numbers are unsigned in the program; a message with any other number cannot be encoded, and is rejected.
 * Bounded are views and sequence numbers, two of each: one view change, and one number that can be skipped or taken twice.
 */
import { type Context, defineProtocol, type Id, type Tally } from '../model/index.ts'
import {
  type Ballot,
  type Early,
  keepEarly,
  keepWaiting,
  log,
  logged,
  type Proposal,
  type State,
  takeDue,
  unsigned,
} from './go-pbft-books.ts'
import { byProposal, patient, repaired, restarting, rules, withClients } from './go-pbft-rules.ts'

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
  tallies: { prepares: Ballot; commits: Ballot; viewChanges: number }
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

function enter(state: State, view: number, ctx: Context<GoPbft>): void {
  ctx.note({ entered: { view, from: state.view } })
  state.view = view
  state.isPrimary = ctx.rules.primary(view) === ctx.self
  const open = (state.waiting ?? []).filter((payload) => !isProposed(state, payload))
  if (state.isPrimary) for (const payload of open) propose(state, payload, ctx)
  if (state.early) for (const { phase, from, ...proposal } of takeDue(state)) on[phase](state, proposal, from, ctx)
}

/** Has this primary proposed it in its view? */
function isProposed({ view, proposals }: State, payload: string): boolean {
  return proposals.some((known) => known.view === view && known.payload === payload)
}

/** Over whatever the log had under that number. Nobody remembers what was proposed before. */
function propose(state: State, payload: string, ctx: Context<GoPbft>): void {
  state.sequence = ctx.rules.number(payload, state.sequence, state.proposals)
  const proposal = { view: state.view, sequence: state.sequence, payload }
  log(state, proposal)
  ctx.broadcast({ type: 'PRE_PREPARE', ...proposal })
}

/** Messages of any other view are dropped, unless those that come too early are kept. */
function isCurrent(state: State, message: Early, ctx: Context<GoPbft>): boolean {
  if (message.view > state.view && ctx.rules.keepsEarly) keepEarly(state, message)
  return message.view === state.view
}

/** At or above the quorum COMMIT repeats what came last. */
function prepared(state: State, voted: Proposal, ctx: Context<GoPbft>): void {
  const { view, sequence } = voted
  const ballot = ctx.rules.ballot(voted)
  const votes = ctx.tally('prepares').count(ballot)
  if (!ctx.rules.prepared(logged(state, sequence), voted, votes) || state.committed.includes(sequence)) return
  ctx.tally('commits').add(ballot, ctx.self)
  ctx.note({ sentCommit: { view, slot: sequence } })
  ctx.broadcast({ type: 'COMMIT', ...voted })
  if (ctx.rules.examinesOwn) committed(state, voted, ctx)
}

function committed(state: State, voted: Proposal, ctx: Context<GoPbft>): void {
  const { sequence } = voted
  const ballot = ctx.rules.ballot(voted)
  if (ctx.tally('commits').count(ballot) < ctx.rules.quorum || state.committed.includes(sequence)) return
  state.committed.push(sequence)
  state.committed.sort((a, b) => a - b)
  const prepares = ctx.tally('prepares').count(ballot)
  if (!ctx.rules.prepared(logged(state, sequence), voted, prepares))
    ctx.note({ committedUnprepared: { slot: sequence } })
  execute(state, voted, ctx)
}

/** Executes what is logged, if its turn has come. A commit that is ahead of its turn or its proposal is forgotten. */
function execute(state: State, voted: Proposal, ctx: Context<GoPbft>): void {
  const { sequence } = voted
  const proposal = logged(state, sequence)
  if (sequence !== state.lastExecuted + 1 || !proposal || proposal.payload === '') return
  if (!ctx.rules.executes(proposal, voted)) return
  state.lastExecuted = sequence
  ctx.output({ executed: { slot: sequence, operation: proposal.payload } })
  if (state.waiting) state.waiting = state.waiting.filter((payload) => payload !== proposal.payload)
  if (ctx.rules.retries) retry(state, ctx)
}

/** Executes what comes next, if that is committed already. */
function retry(state: State, ctx: Context<GoPbft>): void {
  const next = logged(state, state.lastExecuted + 1)
  if (!next) return
  if (ctx.tally('commits').count(ctx.rules.ballot(next)) >= ctx.rules.quorum) execute(state, next, ctx)
}

function changeView(state: State, view: number, ctx: Context<GoPbft>): void {
  ctx.broadcast({ type: 'NEW_VIEW', view })
  enter(state, view, ctx)
}

/**
 * Puts the sender of a vote into its tally, and returns whether it was new there. The first one counts, whatever its
 * content.
 */
function isCounted(state: State, vote: Early, tally: Tally<Ballot>, ctx: Context<GoPbft>): boolean {
  const { phase: _, from, ...voted } = vote
  if (!unsigned(voted.view, voted.sequence) || !isCurrent(state, vote, ctx)) return false
  return tally.add(ctx.rules.ballot(voted), from)
}

/** Counts a VIEW-CHANGE, and returns how many have asked for the view by now. */
function asked(state: State, view: number, sender: Id, ctx: Context<GoPbft>): number {
  const viewChanges = ctx.tally('viewChanges')
  viewChanges.add(view, sender)
  if (sender === ctx.self) state.lastAsked = Math.max(state.lastAsked, view)
  return viewChanges.count(view)
}

/** What is done about a proposal, and about votes for one. */
const on: Record<Early['phase'], (state: State, message: Proposal, from: Id, ctx: Context<GoPbft>) => void> = {
  PRE_PREPARE(state, proposal, from, ctx) {
    const { view, sequence, payload } = proposal
    if (!unsigned(view, sequence) || !ctx.rules.fromPrimary(view, from, ctx.self)) return
    if (!isCurrent(state, { ...proposal, phase: 'PRE_PREPARE', from }, ctx)) return
    const existing = logged(state, sequence)
    const isKnown = existing?.view === view && existing.payload === payload
    if (existing && (isKnown || !ctx.rules.replaces(existing, proposal))) return
    log(state, proposal)
    ctx.tally('prepares').add(ctx.rules.ballot(proposal), ctx.self)
    ctx.broadcast({ type: 'PREPARE', ...proposal })
    if (ctx.rules.examinesOwn) prepared(state, proposal, ctx)
    if (ctx.rules.retries) retry(state, ctx)
  },

  PREPARE(state, voted, from, ctx) {
    if (isCounted(state, { ...voted, phase: 'PREPARE', from }, ctx.tally('prepares'), ctx)) prepared(state, voted, ctx)
  },

  COMMIT(state, voted, from, ctx) {
    if (isCounted(state, { ...voted, phase: 'COMMIT', from }, ctx.tally('commits'), ctx)) committed(state, voted, ctx)
  },
}

type Bounds = Readonly<Record<string, number>>
const inView = (view: number, { views = Number.POSITIVE_INFINITY }: Bounds): boolean => view < views
const inSlot = ({ sequence }: { sequence: number }, { slots = Number.POSITIVE_INFINITY }: Bounds): boolean =>
  sequence <= slots

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
    const nothing = { proposals: [], lastAsked: 0, committed: [] }
    const kept = { ...(ctx.rules.keepsRequests ? { waiting: [] } : {}), ...(ctx.rules.keepsEarly ? { early: [] } : {}) }
    return { view: 0, sequence: 0, lastExecuted: 0, isPrimary, ...nothing, ...kept }
  },

  timeout: {
    /** Fires for ever. The flag is not recomputed: a primary that leaves its view goes on proposing. */
    view(state, ctx) {
      const view = 1 + (ctx.rules.leavesAlone ? state.view : Math.max(state.view, state.lastAsked))
      if (ctx.rules.leavesAlone) state.view = view
      const changes = asked(state, view, ctx.self, ctx)
      ctx.broadcast({ type: 'VIEW_CHANGE', view })
      ctx.setTimer('view')
      if (!ctx.rules.examinesOwn || changes < ctx.rules.quorum || ctx.rules.primary(view) !== ctx.self) return
      changeView(state, view, ctx)
    },
  },

  upon: {
    /** A backup does not forward it. */
    REQUEST(state, { payload }, ctx) {
      if (!ctx.rules.registered(ctx.from)) return
      if (ctx.rules.keepsRequests) keepWaiting(state, payload)
      if (state.isPrimary && !(ctx.rules.keepsRequests && isProposed(state, payload))) propose(state, payload, ctx)
    },
    PRE_PREPARE: (state, { type: _, ...proposal }, ctx) => on.PRE_PREPARE(state, proposal, ctx.from, ctx),
    PREPARE: (state, { type: _, ...voted }, ctx) => on.PREPARE(state, voted, ctx.from, ctx),
    COMMIT: (state, { type: _, ...voted }, ctx) => on.COMMIT(state, voted, ctx.from, ctx),

    /** For any view, a past one too. The new primary goes there at once, and so goes back. */
    VIEW_CHANGE(state, { view }, ctx) {
      if (!unsigned(view)) return
      if (asked(state, view, ctx.from, ctx) < ctx.rules.quorum || ctx.rules.primary(view) !== ctx.self) return
      changeView(state, view, ctx)
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

  within: ({ view, sequence, proposals, early = [] }, bounds) => {
    const inSlots = [...proposals, ...early].every((entry) => inSlot(entry, bounds))
    return (
      inView(view, bounds) &&
      inSlot({ sequence }, bounds) &&
      inSlots &&
      early.every((entry) => inView(entry.view, bounds))
    )
  },
  tallies: { prepares: { within: inSlot }, commits: { within: inSlot }, viewChanges: { within: inView } },
  viewOf: ({ view }) => view,
})

export const layer0 = goPbft.variant('layer-0', () => ({}), { about: 'As written: nothing can commit.' })
export const layer0Clients = layer0.variant('layer-0-clients', withClients, { about: 'Layer 0; clients have keys.' })
export const layer1 = goPbft.variant('layer-1', repaired, { about: 'Made to run; votes are counted as written.' })
export const layer1FixedView = layer1.variant('layer-1-fixed-view', () => ({ timers: false }), {
  about: 'Layer 1 without timers: no replica asks for another view.',
})
export const layer2 = layer1.variant('layer-2', byProposal, { about: 'Layer 1, votes counted by view and payload.' })
export const layer2NoConflictCheck = layer2.variant('layer-2-no-conflict-check', () => ({ replaces: () => true }), {
  about: 'Layer 2 with a planted bug: a second proposal replaces the first one of the same number.',
})
export const layer3 = layer2.variant('layer-3', patient, {
  about: 'Layer 2; requests and early messages are kept, numbers carried over, own votes looked at.',
})
export const layer3InTurn = layer3.variant('layer-3-in-turn', () => ({ retries: true }), {
  about: 'Layer 3; a commit that was ahead of its turn is executed when that has come.',
})
export const layer3LeavesAlone = layer3.variant('layer-3-leaves-alone', () => ({ leavesAlone: true }), {
  about: 'Layer 3, but a timer takes a replica to the next view, as in the program.',
})
export const layer3EarlyDiscarded = layer3.variant('layer-3-early-discarded', () => ({ keepsEarly: false }), {
  about: 'Layer 3, but messages of a view not yet entered are thrown away, as in the program.',
})
export const layer3NumbersRestart = layer3.variant('layer-3-numbers-restart', restarting, {
  about: 'Layer 3, but a new primary starts counting at one, as in the program.',
})
