/**
 * PBFT: replicas execute the requests of clients in one order, with f Byzantine among n ≥ 3f + 1. Safe in an
 * asynchronous network; live once messages arrive within the timeouts.
 *
 * Miguel Castro and Barbara Liskov, "Practical Byzantine Fault Tolerance", OSDI 1999, the version with signatures;
 * "… and Proactive Recovery", ACM TOCS 20(4), 2002. Sections named below are those of the first.
 *
 * The system keeps inboxes: no votes are in the state, nothing is sent twice, and a certificate names what was prepared;
 * its proof says who voted. Without clients requests are inputs at replicas, and the timer runs from the start. Bounded
 * are views and slots: 2 and 1 show what a view change carries over; 3 views, a choice; 2 slots, gaps and checkpoints.
 */
import { type Context, defineProtocol, match } from '../model/index.ts'
import { client } from './pbft-client.ts'
import type { Choice, Message, Proposal, Request, State } from './pbft-messages.ts'
import {
  byBackups,
  changesTo,
  checkpoints,
  digestOf,
  isExecuted,
  isName,
  isNatural,
  leads,
  NOTHING,
  nameOfRequest,
  otherChanges,
  requestNamed,
  requestsOf,
} from './pbft-messages.ts'
import type { Pbft } from './pbft-rules.ts'
import { advance, choose, entryIn, entryOf, envelopes, forget, isOpen, quorums, rules, stableAt } from './pbft-rules.ts'

type Ctx = Context<Pbft>

/** Section 4.4: a timer runs while a request waits to be executed, and starts afresh when one has been. */
function watch(state: Pick<State, 'view' | 'pending'>, ctx: Ctx): void {
  ctx.cancelTimer('view')
  if (ctx.clients === 0 || state.pending.length > 0) ctx.setTimer('view', ctx.rules.patience(state.view))
}

/** Section 4.1: a request is executed or answered once more; until then the replica waits for it. */
function receive(state: State, request: Request, ctx: Ctx): void {
  const { client, timestamp } = request
  const name = nameOfRequest(request)
  if (!isName(name) || !isNatural(timestamp) || requestNamed(name)?.client !== client) return
  const older = state.pending.find((other) => requestNamed(other)?.client === client)
  if (isExecuted(state.service, name)) reply(state, name, ctx)
  else if (older === undefined || requestNamed(older)!.timestamp < timestamp) {
    state.pending = [...state.pending.filter((other) => other !== older), name].sort()
    if (state.active) ctx.setTimer('view', ctx.rules.patience(state.view))
  }
  propose(state, ctx)
}

function reply({ view, service }: State, name: string, ctx: Ctx): void {
  const request = requestNamed(name)
  const done = requestsOf(service)
  if (!request || !done.includes(name)) return
  const { client, timestamp } = request
  ctx.send(client, { type: 'REPLY', view, timestamp, client, result: digestOf(done.slice(0, done.indexOf(name) + 1)) })
}

/** Section 4.2: the primary gives waiting requests the next slot. A batch goes when it is full, or nothing else is. */
function propose(state: State, ctx: Ctx): void {
  while (leads(state, ctx)) {
    const { view, log, stable, executed } = state
    const proposed = log.filter((entry) => entry.accepted?.view === view)
    const named = proposed.flatMap((entry) => requestsOf(entry.accepted!.digest))
    // An input stays offered: it is kept only until it has a slot.
    state.pending = state.pending.filter((name) => requestNamed(name) || !named.includes(name))
    const waiting = state.pending.filter((name) => !named.includes(name))
    const slot = Math.max(stable, executed, ...proposed.map((entry) => entry.slot)) + 1
    const busy = proposed.some((entry) => entry.slot > executed)
    if (waiting.length === 0 || (waiting.length < ctx.rules.batch && busy) || !isOpen(state, slot, ctx)) return
    const digest = digestOf(waiting.slice(0, ctx.rules.batch))
    ctx.broadcast({ type: 'PRE_PREPARE', view, slot, digest })
    accept(state, view, { slot, digest }, ctx)
  }
}

/** Section 4.2: one proposal is accepted for a slot and a view. */
function accept(state: State, view: number, { slot, digest }: Proposal, ctx: Ctx): void {
  const entry = entryOf(state, slot)
  if (entry.accepted && entry.accepted.view >= view) return
  entry.accepted = { view, digest }
  if (ctx.rules.saysPrepare(ctx.self, view)) ctx.broadcast({ type: 'PREPARE', view, slot, digest })
}

/** Sections 4.2 and 4.3: committed batches are executed in order, and a checkpoint is taken every K slots. */
function execute(state: State, ctx: Ctx): void {
  for (let entry = ctx.rules.next(state); entry; entry = ctx.rules.next(state)) {
    for (const name of requestsOf(entry.committed!)) {
      if (!ctx.rules.isNew(state.service, name)) continue
      state.service = digestOf([...requestsOf(state.service), name])
      ctx.output({ executed: name })
      reply(state, name, ctx)
    }
    state.executed = entry.slot
    if (entry.slot % ctx.rules.interval === 0) {
      ctx.broadcast({ type: 'CHECKPOINT', slot: entry.slot, digest: state.service })
    }
    progress(state, ctx)
  }
}

/** What was executed is waited for no longer. */
function progress(state: State, ctx: Ctx): void {
  state.pending = state.pending.filter((name) => !isExecuted(state.service, name))
  if (state.active) watch(state, ctx)
  propose(state, ctx)
}

/** Section 4.4: the replica stops taking part in its view and sends what it has prepared. */
function startViewChange(state: State, view: number, ctx: Ctx): void {
  Object.assign(state, { view, active: false, pending: state.pending.filter(requestNamed) })
  forget(state, ctx)
  ctx.cancelTimer('view')
  const { stable, checkpoint, log } = state
  ctx.broadcast({ type: 'VIEW_CHANGE', view, stable, checkpoint, certificates: ctx.rules.certificates(log) })
}

/** Section 4.4: O is agreed on again, by PREPAREs and COMMITs of the new view; what was executed is not repeated. */
function enter(state: State, view: number, { stable, checkpoint, preprepares }: Choice, ctx: Ctx): void {
  Object.assign(state, { view, active: true })
  forget(state, ctx)
  advance(state, stable, checkpoint)
  for (const proposal of preprepares) if (isOpen(state, proposal.slot, ctx)) accept(state, view, proposal, ctx)
  ctx.note({ entered: { view, stable, checkpoint, preprepares } })
  watch(state, ctx)
  propose(state, ctx)
}

export const pbft = defineProtocol<Pbft>({
  name: 'pbft',
  about: 'Practical Byzantine fault tolerance (Castro and Liskov, 1999), with signatures.',
  rules,
  // TOCS 2002, retransmission: a NEW-VIEW that a faulty primary shows to one replica only must reach the others.
  network: { gossip: true },
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, inputs: 'any', bounds: { views: 2, slots: 1, checkpoint: 100, window: 200, batch: 1 } }
  },
  /** Nothing is executed, and no checkpoint taken, that some replica had not in its log. */
  within: ({ view, log }, { views, slots }) => view < views! && log.every(({ slot }) => slot <= slots!),
  viewOf: ({ view }) => view,

  init(ctx) {
    watch({ view: 0, pending: [] }, ctx)
    const service = { executed: 0, service: NOTHING, pending: [] }
    return { view: 0, active: true, stable: 0, checkpoint: NOTHING, log: [], ...service }
  },

  /** A request without a client, named by its value. */
  input(state, name, ctx) {
    if (!leads(state, ctx) || !isName(name) || requestNamed(name) || isExecuted(state.service, name)) return
    if (!state.pending.includes(name)) state.pending = [...state.pending, name].sort()
    propose(state, ctx)
  },

  timeout: {
    view: (state, ctx) => startViewChange(state, state.view + 1, ctx),
  },

  upon: {
    /** Section 4.1: who is not the primary relays the request to it. */
    REQUEST(state, { operation, timestamp, client }, ctx) {
      if (ctx.from !== client) return
      receive(state, { operation, timestamp, client }, ctx)
      const waits = state.pending.includes(nameOfRequest({ operation, timestamp, client }))
      const primary = ctx.rules.primary(state.view)
      if (waits && state.active && primary !== ctx.self) {
        ctx.send(primary, { type: 'RELAY', operation, timestamp, client })
      }
    },

    RELAY(state, { operation, timestamp, client }, ctx) {
      if (client >= ctx.n && client < ctx.n + ctx.clients) receive(state, { operation, timestamp, client }, ctx)
    },

    PRE_PREPARE(state, { view, slot, digest }, ctx) {
      const { rules } = ctx
      if (ctx.from !== rules.primary(view) || !isOpen(state, slot, ctx) || !rules.isBatch(digest)) return
      if (rules.opens(state, view)) enter(state, view, { ...state, preprepares: [{ slot, digest }] }, ctx)
      // O of the NEW-VIEW leaves no gap, so a slot that it covers has been accepted or is below h.
      if (rules.current(state, view)) accept(state, view, { slot, digest }, ctx)
    },

    /** Section 4.2, prepared(m, v, n, i). */
    PREPARE(state, { view, slot }, ctx) {
      const entry = entryIn(state, view, slot, ctx)
      if (!entry || entry.prepared?.view === view) return
      const { digest } = entry.accepted
      ctx.need(ctx.rules.prepareQuorum, ctx.rules.prepares(view, slot, digest))
      entry.prepared = { view, digest }
      ctx.broadcast({ type: 'COMMIT', view, slot, digest })
      ctx.note({ prepared: { view, slot, digest } })
    },

    /** Section 4.2, committed-local(m, v, n, i). */
    COMMIT(state, { view, slot }, ctx) {
      const entry = entryIn(state, view, slot, ctx)
      if (!entry || !ctx.rules.mayCommit(entry) || entry.committed !== null) return
      const { digest } = entry.accepted
      ctx.need(ctx.rules.commitQuorum, ctx.rules.commits(view, slot, digest))
      entry.committed = digest
      ctx.output({ slot, digest })
      ctx.note({ committed: { view, slot, digest } })
      execute(state, ctx)
    },

    /** Section 4.3: a checkpoint becomes stable; a replica that has not got there adopts its state. */
    CHECKPOINT(state, { slot, digest }, ctx) {
      if (!isNatural(slot) || slot <= Math.min(state.stable, state.executed)) return
      ctx.need(ctx.rules.checkpointQuorum, checkpoints(slot, digest))
      advance(state, slot, digest)
      if (slot > state.executed) {
        Object.assign(state, { executed: slot, service: digest })
        ctx.output({ adopted: digest })
      }
      execute(state, ctx)
      progress(state, ctx)
    },

    VIEW_CHANGE: [
      /** Section 4.5.2: f + 1 replicas are ahead; follow to the smallest of their views. */
      function join(state, { view }, ctx) {
        if (!isNatural(view) || view <= state.view) return
        ctx.need(ctx.rules.joinQuorum, (message) => message.type === 'VIEW_CHANGE' && message.view >= view)
        startViewChange(state, view, ctx)
      },
      /** Section 4.4: the primary of the new view announces it, on its own VIEW-CHANGE and those of q − 1 others. */
      function announce(state, { view }, ctx) {
        const { rules, self } = ctx
        if (state.active || view !== state.view || rules.primary(view) !== self) return
        const own = ctx.take(1, changesTo(view, self), (change) => change)
        const choice = ctx.take(rules.quorum - 1, otherChanges(view, self), (rest) => choose([...own, ...rest], rules))
        ctx.broadcast({ type: 'NEW_VIEW', view, ...choice })
        enter(state, view, choice, ctx)
      },
      /** Section 4.5.2: the timer for a NEW-VIEW starts when enough replicas wait for it to make it possible. */
      function startTimer(state, { view }, ctx) {
        if (state.active || view !== state.view) return
        ctx.need(ctx.rules.quorum, changesTo(view))
        ctx.setTimer('view', ctx.rules.patience(view))
      },
    ],

    NEW_VIEW(state, { view, ...choice }, ctx) {
      if (ctx.from !== ctx.rules.primary(view) || !ctx.rules.follows(state, view)) return
      if (isNatural(choice.stable)) enter(state, view, choice, ctx)
    },
  },

  client,
  ...envelopes,
})

// A variant weakens one named rule. The first group is unsafe, or stuck.
export const noViewGate = pbft.variant('no-view-gate', () => ({
  current: (state, view) => isNatural(view) && view <= state.view,
}))
export const commit2f = pbft.variant('commit-2f', ({ f }) => ({ commitQuorum: 2 * f }))
export const vcOmitsPrepared = pbft.variant('vc-omits-prepared', () => ({ certificates: () => [] }))
export const newViewOUnchecked = pbft.variant('new-view-o-unchecked', () => ({ isChosen: () => true }))
export const newViewUnchecked = pbft.trusting('new-view-unchecked', 'NEW_VIEW')
export const noNewView = pbft.variant('no-new-view', (_, { follows }) => ({ opens: follows }))
export const lowestViewCertificate = pbft.variant('lowest-view-certificate', (_, { outranks }) => ({
  outranks: (one, other) => (one.view === other.view ? outranks(one, other) : one.view < other.view),
}))
export const commitAcrossViews = pbft.variant('commit-across-views', () => ({
  commits: (_, slot, digest) => match('COMMIT', { slot, digest }),
}))
export const prepareAcrossViews = pbft.variant('prepare-across-views', ({ n }) => ({
  prepares: (_, slot, digest) => byBackups(match('PREPARE', { slot, digest }), n),
}))
const commitsToAny = (view: number, slot: number) => match<Message>('COMMIT', { view, slot })
export const digestBlind = pbft.variant('digest-blind', ({ n }) => ({
  prepares: (view, slot) => byBackups(match('PREPARE', { view, slot }), n),
  commits: commitsToAny,
}))
export const commitWithoutPrepared = pbft.variant('commit-without-prepared', () => ({
  mayCommit: () => true,
  commits: commitsToAny,
}))
export const quorum2fPlus1 = pbft.variant('quorum-2f-plus-1', ({ f }) => quorums(2 * f + 1))
export const prepare2fMinus1 = pbft.variant('prepare-2f-minus-1', ({ f }) => ({ prepareQuorum: 2 * f - 1 }))
export const vcUnverified = pbft.trusting('vc-unverified-certificates', 'VIEW_CHANGE')
export const clientOneReply = pbft.variant('client-one-reply', () => ({ replyQuorum: 1 }))
export const noNullFill = pbft.variant('no-null-fill', () => ({ fillsGaps: false }))
export const executeOutOfOrder = pbft.variant('execute-out-of-order', () => ({
  next: ({ log, executed }) => log.find(({ slot, committed }) => slot > executed && committed !== null),
}))
export const executeAgain = pbft.variant('execute-again', () => ({ isNew: () => true }))
export const vcUnprovedCheckpoint = pbft.variant('vc-unproved-checkpoint', () => ({ checkpointProof: 0 }))
export const stateTransferF = pbft.variant('state-transfer-f', ({ f }) => stableAt(f))
export const noJoin = pbft.variant('no-join', ({ n }) => ({ joinQuorum: n + 1 }))
// These look wrong and are not.
export const commitDigestBlind = pbft.variant('commit-digest-blind', () => ({ commits: commitsToAny }))
export const primaryPrepares = pbft.variant('primary-prepares', () => ({ saysPrepare: () => true }))
export const checkpointFPlus1 = pbft.variant('checkpoint-f-plus-1', ({ f }) => stableAt(f + 1))
