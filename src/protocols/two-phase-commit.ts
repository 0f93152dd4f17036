/**
 * Two-phase commit: a manager asks all participants whether they are prepared, and commits if all of them are.
 *
 * Jim Gray and Leslie Lamport, "Consensus on Transaction Commit", ACM Transactions on Database Systems 31, 2006,
 * section 3, with the state variables of its specification TwoPhase: rmState, tmState, tmPrepared, msgs (the soup). r0 is
 * the transaction manager, so that N participants need n = N + 1. Each action of the specification is one step; those
 * that nobody's message triggers are inputs:
 *
 *     RMPrepare, RMChooseToAbort           input prepare, abort at a participant
 *     TMRcvPrepared                        PREPARED at the manager
 *     TMCommit, TMAbort                    input commit, abort at the manager
 *     RMRcvCommitMsg, RMRcvAbortMsg        COMMIT, ABORT at a participant
 *
 * The specification then has 2^N + 4^N + 6^N distinct states, and so has this: tmPrepared is a state variable, not a
 * question to the inbox.
 *
 * Nothing is bounded: one transaction, and each participant changes its state at most twice. The values are wishes.
 */
import { type Context, defineProtocol, type Id, type Setting } from '../model/index.ts'

type Fate = 'committed' | 'aborted'

interface Manager {
  tmState: 'init' | Fate
  /** Participants that are known to be prepared, ascending. */
  tmPrepared: Id[]
}

interface Participant {
  rmState: 'working' | 'prepared' | Fate
}

type Message = { type: 'PREPARED' } | { type: 'COMMIT' } | { type: 'ABORT' }

export interface TwoPhaseCommit {
  state: Manager | Participant
  message: Message
  /** What a participant did with its part of the transaction; what the manager sent. */
  output: { finished: Fate } | { told: Fate }
  rules: typeof rules
}

const MANAGER: Id = 0

const rules = ({ n }: Setting) => ({
  /** All participants: one that is not prepared may still abort on its own. */
  preparedBeforeCommit: n - 1,
  /** May a participant that has sent PREPARED still abort on its own? */
  abortsPrepared: false,
})

function decide(state: Manager, fate: Fate, ctx: Context<TwoPhaseCommit>) {
  state.tmState = fate
  ctx.broadcast({ type: fate === 'committed' ? 'COMMIT' : 'ABORT' })
  ctx.output({ told: fate })
}

function finish(state: Participant, fate: Fate, ctx: Context<TwoPhaseCommit>) {
  // The specification obeys the manager always; it sends two decisions only if it is Byzantine, and then the first one
  // counts.
  if (state.rmState === 'committed' || state.rmState === 'aborted') return
  state.rmState = fate
  ctx.output({ finished: fate })
}

function managerActs(state: Manager, wish: string, ctx: Context<TwoPhaseCommit>) {
  if (state.tmState !== 'init') return
  const allPrepared = state.tmPrepared.length >= ctx.rules.preparedBeforeCommit
  if (wish === 'commit' && allPrepared) decide(state, 'committed', ctx)
  if (wish === 'abort') decide(state, 'aborted', ctx)
}

function participantActs(state: Participant, wish: string, ctx: Context<TwoPhaseCommit>) {
  const mayAbort = state.rmState === 'working' || (state.rmState === 'prepared' && ctx.rules.abortsPrepared)
  if (wish === 'abort' && mayAbort) finish(state, 'aborted', ctx)
  if (wish === 'prepare' && state.rmState === 'working') {
    state.rmState = 'prepared'
    ctx.send(MANAGER, { type: 'PREPARED' })
  }
}

export const twoPhaseCommit = defineProtocol<TwoPhaseCommit>({
  name: 'two-phase-commit',
  about: 'Two-phase commit after the specification of Gray and Lamport (2006); r0 is the manager.',
  rules,
  auth: 'channels',
  inbox: false,
  defaults: (n) => {
    const participants = Array.from({ length: n - 1 }, (_, index) => [index + 1, ['prepare', 'abort']])
    return {
      f: 0,
      b: 0,
      values: ['prepare', 'commit', 'abort'],
      inputs: { [MANAGER]: ['commit', 'abort'], ...Object.fromEntries(participants) },
      bounds: {},
    }
  },

  init: ({ self }) => (self === MANAGER ? { tmState: 'init', tmPrepared: [] } : { rmState: 'working' }),

  input(state, wish, ctx) {
    if ('tmState' in state) managerActs(state, wish, ctx)
    else participantActs(state, wish, ctx)
  },

  upon: {
    PREPARED(state, _, ctx) {
      if (!('tmState' in state) || state.tmState !== 'init') return
      const isParticipant = ctx.from !== MANAGER && ctx.from < ctx.n
      if (!isParticipant || state.tmPrepared.includes(ctx.from)) return
      state.tmPrepared.push(ctx.from)
      state.tmPrepared.sort((a, b) => a - b)
    },

    COMMIT(state, _, ctx) {
      if ('rmState' in state && ctx.from === MANAGER) finish(state, 'committed', ctx)
    },

    ABORT(state, _, ctx) {
      if ('rmState' in state && ctx.from === MANAGER) finish(state, 'aborted', ctx)
    },
  },
})

export const commitEarly = twoPhaseCommit.variant('commit-early', ({ n }) => ({ preparedBeforeCommit: n - 2 }))
export const abortPrepared = twoPhaseCommit.variant('abort-prepared', () => ({ abortsPrepared: true }))
