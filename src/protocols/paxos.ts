/**
 * Single-decree Paxos: replicas that may crash, but are not Byzantine, choose one value.
 *
 * Leslie Lamport, "The Part-Time Parliament", ACM Transactions on Computer Systems 16, 1998, and "Paxos Made Simple",
 * 2001. PREPARE, PROMISE, ACCEPT, ACCEPTED are the 1a, 1b, 2a, 2b of his specifications. Every replica is an acceptor
 * and a learner, and a proposer if it has an input. Ballot k belongs to r(k mod n).
 *
 * n > 2f, where f replicas may crash. Nothing here protects from a Byzantine message: the two Byzantine settings show
 * it.
 *
 * Bounded are ballots, because rivals can outbid each other for ever. Two ballots of two proposers are the smallest
 * case in which a later proposer must respect what an earlier one may have decided; that each ballot respects all
 * before it is the same argument again. It is an argument: more ballots are checked only with --ballots.
 */
import { type Context, defineProtocol, every, match, range, type Setting } from '../model/index.ts'

/** A ballot, or a state before any ballot. */
const NONE = -1

interface State {
  /** What it proposes if it is free to choose, and the ballot that it leads. */
  proposal: string | null
  ballot: number
  /** Has it sent ACCEPT in its ballot? */
  proposed: boolean
  /** The highest ballot that it has promised to. */
  promised: number
  /** What it accepted last, and in which ballot. */
  acceptedIn: number
  accepted: string | null
  decided: string | null
}

type Message =
  | { type: 'PREPARE'; ballot: number }
  /** What the sender accepted last, and where: the value is null, and `last` is −1, where it has accepted nothing. */
  | { type: 'PROMISE'; ballot: number; last: number; value: string | null }
  | { type: 'ACCEPT'; ballot: number; value: string }
  | { type: 'ACCEPTED'; ballot: number; value: string }

type Promised = Extract<Message, { type: 'PROMISE' }>

export interface Paxos {
  state: State
  message: Message
  output: { decided: string }
  timer: 'ballot'
  rules: typeof rules
}

const rules = ({ n }: Setting) => ({
  /**
   * Two majorities share a replica. That it tells the truth is all that agreement stands on: here nobody is Byzantine.
   */
  quorum: Math.floor(n / 2) + 1,
  /** Who leads a ballot. */
  owner: (ballot: number) => ballot % n,
  /** What was accepted in the highest ballot that a quorum of promises tells of may have been decided there. */
  toldOf: ({ last, value }: Promised): number => (value === null ? NONE - 1 : last),
  /** The value that the highest of a quorum of promises binds the proposer to, or null where it is free. */
  bound: ({ value }: Promised): string | null => value,
  /** Does an acceptor refuse ballots below the one that it has promised to? */
  keepsPromises: true,
  /** "Stable storage … is used to maintain the information that the acceptor must remember" (2001, section 2.5). */
  stable: ['promised', 'acceptedIn', 'accepted'] as readonly (keyof State)[],
})

const promises = (ballot: number) => match<Message>('PROMISE', { ballot })
const acceptances = (ballot: number, value: string) => match<Message>('ACCEPTED', { ballot, value })

/** Phase 1 of the lowest ballot of its own that it has not promised to pass over. */
function lead(state: State, ctx: Context<Paxos>) {
  const next = Math.max(state.promised, state.ballot) + 1
  const ballot = next + ((ctx.self + ctx.n - ctx.rules.owner(next)) % ctx.n)
  state.ballot = ballot
  state.proposed = false
  ctx.broadcast({ type: 'PREPARE', ballot })
  ctx.setTimer('ballot')
  promise(state, ballot, ctx)
}

function promise(state: State, ballot: number, ctx: Context<Paxos>) {
  state.promised = ballot
  ctx.broadcast({ type: 'PROMISE', ballot, last: state.acceptedIn, value: state.accepted })
}

function accept(state: State, ballot: number, value: string, ctx: Context<Paxos>) {
  // A ballot has one value, unless its owner is Byzantine; then the first one counts.
  if (ballot <= state.acceptedIn) return
  if (ballot < state.promised && ctx.rules.keepsPromises) return
  state.promised = Math.max(state.promised, ballot)
  state.acceptedIn = ballot
  state.accepted = value
  ctx.broadcast({ type: 'ACCEPTED', ballot, value })
}

export const paxos = defineProtocol<Paxos>({
  name: 'paxos',
  about: 'Single-decree Paxos (Lamport 1998), every replica in all roles.',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    f: Math.floor((n - 1) / 2),
    b: 0,
    values: ['a', 'b'],
    inputs: Object.fromEntries([['a'], ['b']].slice(0, n).map((values, id) => [id, values])),
    bounds: { ballots: 2 },
  }),

  init: () => ({
    proposal: null,
    ballot: NONE,
    proposed: false,
    promised: NONE,
    acceptedIn: NONE,
    accepted: null,
    decided: null,
  }),

  input(state, value, ctx) {
    if (state.proposal !== null) return
    state.proposal = value
    lead(state, ctx)
  },

  timeout: {
    ballot(state, ctx) {
      if (state.decided === null) lead(state, ctx)
    },
  },

  upon: {
    PREPARE(state, { ballot }, ctx) {
      if (ctx.from === ctx.rules.owner(ballot) && ballot > state.promised) promise(state, ballot, ctx)
    },

    PROMISE(state, { ballot }, ctx) {
      if (ballot !== state.ballot || state.proposed || state.proposal === null) return
      const { quorum, toldOf, bound } = ctx.rules
      const value = bound(ctx.takeHighest(quorum, promises(ballot), toldOf)) ?? state.proposal
      state.proposed = true
      ctx.broadcast({ type: 'ACCEPT', ballot, value })
      accept(state, ballot, value, ctx)
    },

    ACCEPT(state, { ballot, value }, ctx) {
      if (ctx.from === ctx.rules.owner(ballot)) accept(state, ballot, value, ctx)
    },

    ACCEPTED(state, { ballot, value }, ctx) {
      if (state.decided !== null) return
      ctx.need(ctx.rules.quorum, acceptances(ballot, value))
      state.decided = value
      ctx.cancelTimer('ballot')
      ctx.output({ decided: value })
    },
  },

  /** A ballot that is out of bounds stands for all such. */
  alphabet({ values, bounds: { ballots } }) {
    const ballot = range(ballots! + 1)
    return [
      ...every({ type: ['PREPARE'], ballot }),
      ...every({ type: ['PROMISE'], ballot, last: [NONE, ...ballot], value: [null, ...values] }),
      ...every({ type: ['ACCEPT', 'ACCEPTED'], ballot, value: values }),
    ]
  },

  within: ({ ballot, promised }, { ballots }) => Math.max(ballot, promised) < ballots!,
  viewOf: ({ ballot }) => ballot,
  durable: ({ stable }) => stable,
})

export const ignoresAccepted = paxos.variant('ignores-accepted', () => ({ bound: () => null }))
export const forgetsPromise = paxos.variant('forgets-promise', () => ({ keepsPromises: false }))
export const forgetsAccepted = paxos.variant('forgets-accepted', () => ({ stable: ['promised'] }))
