/**
 * Raft: a leader is elected for a term, and all append what it says to their logs.
 *
 * Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014, Figure 2
 * ("Rules for Servers"), and sections 5.1 to 5.4. Clients are left out: a command is given to the leader. So are changes of
 * membership and snapshots. A leader sends one entry at a time, and does not remember what it has sent to whom: it may
 * send any entry of its log to all at any time, which covers nextIndex and matchIndex.
 *
 * n > 2f, where f servers may crash. Nothing here protects from a Byzantine one.
 *
 * Bounded are terms, counted from 1, and slots of the log. Two terms show that a leader has all that is committed; four, why
 * it commits entries of its own term only (Figure 8).
 */
import { type Context, defineProtocol, every, match, range, type Setting } from '../model/index.ts'

interface Entry {
  term: number
  command: string
}

interface State {
  role: 'follower' | 'candidate' | 'leader'
  /** currentTerm, and votedFor in it. */
  term: number
  votedFor: number | null
  /**
   * How many entries the leader of this term has sent. A correct one sends the same entry again for an index; of a
   * Byzantine one the first is kept, so that two that conflict do not replace each other for ever.
   */
  heard: number
  log: Entry[]
  commitIndex: number
}

type Message =
  | { type: 'REQUEST_VOTE'; term: number; lastLogIndex: number; lastLogTerm: number }
  | { type: 'VOTE'; term: number; candidate: number }
  /** Without an entry it is a heartbeat. */
  | {
      type: 'APPEND'
      term: number
      prevLogIndex: number
      prevLogTerm: number
      entry: Entry | null
      leaderCommit: number
    }
  /** The sender's log is the leader's up to this index. */
  | { type: 'APPENDED'; term: number; index: number }

export interface Raft {
  state: State
  message: Message
  output: { leader: number } | { index: number; applied: string }
  timer: 'election'
  rules: typeof rules
}

type Ctx = Context<Raft>

const lastTerm = (log: readonly Entry[]): number => log.at(-1)?.term ?? 0
const termAt = (log: readonly Entry[], index: number): number => log[index - 1]?.term ?? 0

const rules = ({ n }: Setting) => ({
  /**
   * Two majorities share a server: it votes once in a term, and has every committed entry. That it keeps to this is all
   * that safety stands on.
   */
  majority: Math.floor(n / 2) + 1,
  /** Section 5.4.1: is the candidate's log at least as up to date as this one? */
  isUpToDate: (lastLogIndex: number, lastLogTerm: number, log: readonly Entry[]): boolean =>
    lastLogTerm > lastTerm(log) || (lastLogTerm === lastTerm(log) && lastLogIndex >= log.length),
  /** Section 5.2: one vote in a term. */
  votesOnce: true,
  /** Section 5.3: does what came before an entry have to match? */
  checksPrevious: true,
  /** Section 5.4.2: entries of earlier terms are committed with one of the leader's own term, never by themselves. */
  commitsOwnTermOnly: true,
  /** Figure 2, "Persistent state on all servers (updated on stable storage before responding to RPCs)". */
  persistent: ['term', 'votedFor', 'log'] as readonly (keyof State)[],
})

/** "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower" (section 5.1). */
function observe(state: State, term: number): void {
  if (term > state.term) Object.assign(state, { term, role: 'follower', votedFor: null, heard: 0 })
}

function apply(state: State, index: number, { output }: Ctx): void {
  while (state.commitIndex < Math.min(index, state.log.length)) {
    state.commitIndex += 1
    output({ index: state.commitIndex, applied: state.log[state.commitIndex - 1]!.command })
  }
}

/** A leader's word on the entry at an index, or a heartbeat beyond the last one. */
function append({ term, log, commitIndex }: State, index: number, { broadcast }: Ctx): void {
  const entry = log[index - 1] ?? null
  const prevLogIndex = index - 1
  broadcast({
    ...{ type: 'APPEND', term, prevLogIndex, prevLogTerm: termAt(log, prevLogIndex) },
    ...{ entry: entry && { ...entry }, leaderCommit: commitIndex },
  })
}

export const raft = defineProtocol<Raft>({
  name: 'raft',
  about: 'Raft (Ongaro and Ousterhout, 2014): elections and the log.',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    ...{ f: Math.floor((n - 1) / 2), b: 0, values: ['a', 'b'] },
    inputs: { 0: ['a'], 1: ['b'] },
    bounds: { terms: 2, slots: 1 },
  }),
  within: ({ term, log }, { terms, slots }) => term <= terms! && log.length <= slots!,
  viewOf: ({ term }) => term,
  durable: ({ persistent }) => persistent,

  init(ctx) {
    ctx.setTimer('election')
    return { role: 'follower', term: 0, votedFor: null, heard: 0, log: [], commitIndex: 0 }
  },

  /** "If command received from client: append entry to local log" (section 5.3). */
  input(state, command, ctx) {
    if (state.role !== 'leader' || state.log.some((entry) => entry.command === command)) return
    state.log.push({ term: state.term, command })
    append(state, state.log.length, ctx)
    ctx.broadcast({ type: 'APPENDED', term: state.term, index: state.log.length })
  },

  timeout: {
    /** "On conversion to candidate, start election" (section 5.2): it votes for itself. */
    election(state, ctx) {
      ctx.setTimer('election')
      if (state.role === 'leader') return
      const term = state.term + 1
      Object.assign(state, { role: 'candidate', term, votedFor: ctx.self, heard: 0 })
      ctx.broadcast({ type: 'REQUEST_VOTE', term, lastLogIndex: state.log.length, lastLogTerm: lastTerm(state.log) })
      ctx.broadcast({ type: 'VOTE', term, candidate: ctx.self })
    },
  },

  upon: {
    /** "RequestVote RPC, receiver implementation", 1 and 2. */
    REQUEST_VOTE(state, { term, lastLogIndex, lastLogTerm }, ctx) {
      const { votesOnce, isUpToDate } = ctx.rules
      if (term < state.term) return
      observe(state, term)
      const isFree = state.votedFor === null || !votesOnce
      if (!isFree || !isUpToDate(lastLogIndex, lastLogTerm, state.log)) return
      state.votedFor ??= ctx.from
      ctx.broadcast({ type: 'VOTE', term, candidate: ctx.from })
    },

    /** "If votes received from majority of servers: become leader" (section 5.2). */
    VOTE(state, { term, candidate }, ctx) {
      if (state.role !== 'candidate' || candidate !== ctx.self || term !== state.term) return
      ctx.need(ctx.rules.majority, match('VOTE', { term, candidate }))
      state.role = 'leader'
      ctx.output({ leader: term })
      // "Send initial empty AppendEntries RPCs to each server", and what it has besides.
      for (const index of range(state.log.length + 1)) append(state, index + 1, ctx)
      if (state.log.length > 0) ctx.broadcast({ type: 'APPENDED', term, index: state.log.length })
    },

    /** "AppendEntries RPC, receiver implementation", 1 to 5. */
    APPEND(state, { term, prevLogIndex, prevLogTerm, entry, leaderCommit }, ctx) {
      if (term < state.term || (term === state.term && state.role === 'leader') || prevLogIndex < 0) return
      // No entry is of a later term than the leader that sends it.
      if (entry !== null && !(entry.term >= 1 && entry.term <= term)) return
      const matches = prevLogIndex <= state.log.length && termAt(state.log, prevLogIndex) === prevLogTerm
      if (prevLogIndex > state.log.length || (ctx.rules.checksPrevious && !matches)) return
      observe(state, term)
      state.role = 'follower'
      const index = prevLogIndex + (entry === null ? 0 : 1)
      if (entry !== null && index > state.heard) {
        state.heard = index
        if (termAt(state.log, index) !== entry.term) state.log.splice(prevLogIndex, state.log.length, { ...entry })
      }
      if (index > 0) ctx.broadcast({ type: 'APPENDED', term, index })
      if (leaderCommit > state.commitIndex) apply(state, Math.min(leaderCommit, index), ctx)
    },

    /** "If there exists an N > commitIndex, a majority of matchIndex ≥ N, and log[N].term == currentTerm" (section 5.4). */
    APPENDED(state, { term, index }, ctx) {
      if (state.role !== 'leader' || term !== state.term || !(index > state.commitIndex)) return
      if (ctx.rules.commitsOwnTermOnly && termAt(state.log, index) !== term) return
      ctx.need(ctx.rules.majority, match('APPENDED', { term, index }))
      apply(state, index, ctx)
      append(state, state.log.length + 1, ctx)
    },
  },

  alphabet({ n, values, bounds: { terms, slots } }) {
    const term = range(terms! + 1).map((i) => i + 1)
    const before = range(terms! + 1)
    const index = range(slots! + 1)
    const entry = every({ term: term.slice(0, terms!), command: values })
    return [
      ...every({ type: ['REQUEST_VOTE'], term, lastLogIndex: index, lastLogTerm: before }),
      ...every({ type: ['VOTE'], term, candidate: range(n) }),
      ...every({
        ...{ type: ['APPEND'], term, prevLogIndex: index, prevLogTerm: before },
        ...{ entry: [null, ...entry], leaderCommit: index },
      }),
      ...every({ type: ['APPENDED'], term, index: index.slice(1) }),
    ]
  },
})

/** A server votes for every candidate of a term. */
export const votesAgain = raft.variant('votes-again', () => ({ votesOnce: false }))
/** A server votes for a candidate whatever the candidate's log lacks. */
export const staleLeader = raft.variant('stale-leader', () => ({ isUpToDate: () => true }))
/** A follower appends an entry whatever its log has before it. */
export const gapsInLog = raft.variant('gaps-in-log', () => ({ checksPrevious: false }))
/** A leader commits what a majority has, of whatever term. */
export const commitsEarlierTerms = raft.variant('commits-earlier-terms', () => ({ commitsOwnTermOnly: false }))
/** A server keeps its term and its log, but not whom it has voted for. */
export const forgetsVote = raft.variant('forgets-vote', () => ({ persistent: ['term', 'log'] }))
/** A server keeps its term and its vote, but not its log. */
export const forgetsLog = raft.variant('forgets-log', () => ({ persistent: ['term', 'votedFor'] }))
