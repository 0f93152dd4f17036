/**
 * Tendermint: one value is decided in rounds, each with a proposal and two votes. There is no view change: whoever has
 * seen a quorum of PREVOTEs locks that value, and leaves its lock only for a quorum of PREVOTEs of a later round.
 *
 * Ethan Buchman, Jae Kwon and Zarko Milosevic, "The latest gossip on BFT consensus", arXiv 1807.04938, Algorithm 1. The
 * lines named below are its lines. One height; a value is its own id; nil is null.
 *
 * The paper's getValue() is an input, offered at every turn of the proposer. Whoever has decided is at the next height,
 * and says nothing more here: by gossip the others see the votes that it saw.
 *
 * Bounded are rounds. Two show what a lock is for. Whoever leaves a lock does so for a round after it, so that the
 * mutants of that rule need three.
 */
import { type Context, defineProtocol, every, type Id, type Match, match, range } from '../model/index.ts'
import { type Message, NONE, rules, type State, type Vote } from './tendermint-rules.ts'

export interface Tendermint {
  state: State
  message: Message
  output: { decided: string }
  timer: 'propose' | 'prevote' | 'precommit'
  rules: typeof rules
}

type Ctx = Context<Tendermint>

/** Lines 11 to 21. */
function startRound(state: State, round: number, ctx: Ctx): void {
  for (const timer of ['propose', 'prevote', 'precommit'] as const) ctx.cancelTimer(timer)
  state.round = round
  state.step = 'propose'
  const { proposer, proposesAgain } = ctx.rules
  if (proposer(round) !== ctx.self) ctx.setTimer('propose')
  else if (proposesAgain && state.validValue !== null) propose(state, state.validValue, state.validRound, ctx)
}

/** Line 19, and what the proposer's own proposal makes it do. */
function propose(state: State, value: string, round: number, ctx: Ctx): void {
  const validRound = ctx.rules.unlocks ? round : NONE
  ctx.broadcast({ type: 'PROPOSAL', round: state.round, value, validRound })
  answer(state, value, validRound, ctx)
}

/** Lines 22 to 33. */
function answer(state: State, value: string, validRound: number, ctx: Ctx): void {
  const { isValid, mayPrevote } = ctx.rules
  prevote(state, isValid(value) && mayPrevote(state, value, validRound) ? value : null, ctx)
}

function prevote(state: State, value: string | null, ctx: Ctx): void {
  ctx.cancelTimer('propose')
  ctx.broadcast({ type: 'PREVOTE', round: state.round, value })
  state.step = 'prevote'
}

function precommit(state: State, value: string | null, ctx: Ctx): void {
  ctx.cancelTimer('prevote')
  ctx.broadcast({ type: 'PRECOMMIT', round: state.round, value })
  state.step = 'precommit'
}

/** A Byzantine replica may name any number. */
const isRound = (round: number): boolean => Number.isInteger(round) && round >= 0

const proposalOf = (round: number, value: string, ctx: Ctx) =>
  match<Message>('PROPOSAL', { round, value }, ctx.rules.proposer(round))

/** Not in the paper: of each sender the first vote of a round is kept, and no other. */
function store({ stored }: State, { type, round, value }: Vote, { rules, from }: Ctx): void {
  if (!stored || type !== rules.storesFirst) return
  if (stored.some((vote) => vote.from === from && vote.round === round)) return
  stored.push({ from, round, value })
  stored.sort((one, other) => one.round - other.round || one.from - other.from)
}

/** Of these votes those that count: all, or those that are kept. Its own is. */
function counted(votes: Match<Message>, { stored }: State, { rules, self }: Ctx): Match<Message> {
  if (!stored) return votes
  const isKept = ({ round, value }: Vote, from: Id): boolean =>
    from === self || stored.some((vote) => vote.from === from && vote.round === round && vote.value === value)
  return (message, from) => votes(message, from) && (message.type !== rules.storesFirst || isKept(message, from))
}

/** Line 55: f + 1 replicas are in a later round. */
function skip(state: State, { round }: { round: number }, ctx: Ctx): void {
  if (round <= state.round || state.step === 'decided' || !isRound(round)) return
  ctx.need(ctx.rules.skipQuorum, (message) => message.round === round)
  startRound(state, round, ctx)
}

export const tendermint = defineProtocol<Tendermint>({
  name: 'tendermint',
  about: 'Tendermint (Buchman, Kwon and Milosevic, 2018), one height.',
  rules,
  // Section 2: what one correct replica has received, all of them receive.
  network: { gossip: true },
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: { rounds: 2 } }
  },
  within: ({ round }, { rounds }) => round < rounds!,
  viewOf: ({ round }) => round,

  init(ctx) {
    if (ctx.rules.proposer(0) !== ctx.self) ctx.setTimer('propose')
    const nothing = { lockedValue: null, lockedRound: NONE, validValue: null, validRound: NONE }
    return { round: 0, step: 'propose', ...nothing, ...(ctx.rules.storesFirst && { stored: [] }) }
  },

  /** Lines 17 to 19. */
  input(state, value, ctx) {
    const { proposer, content } = ctx.rules
    if (proposer(state.round) !== ctx.self || state.step !== 'propose') return
    propose(state, content(value, state.round), NONE, ctx)
  },

  timeout: {
    /** Line 57. */
    propose(state, ctx) {
      if (state.step === 'propose') prevote(state, null, ctx)
    },
    /** Line 61. */
    prevote(state, ctx) {
      if (state.step === 'prevote') precommit(state, null, ctx)
    },
    /** Line 65. */
    precommit: (state, ctx) => startRound(state, state.round + 1, ctx),
  },

  upon: {
    PROPOSAL: [
      /** Line 22. */
      function prevoteNew(state, { round, value, validRound }, ctx) {
        if (ctx.from !== ctx.rules.proposer(round) || round !== state.round || state.step !== 'propose') return
        if (validRound === NONE) answer(state, value, validRound, ctx)
      },
      /** Line 28. */
      function prevoteAgain(state, { round, value, validRound }, ctx) {
        const { proposer, unlocks, isBefore, polQuorum, pol } = ctx.rules
        if (ctx.from !== proposer(round) || round !== state.round || state.step !== 'propose') return
        if (!unlocks || validRound < 0 || !isBefore(validRound, round)) return
        ctx.need(polQuorum, counted(pol(validRound, value), state, ctx))
        answer(state, value, validRound, ctx)
      },
      skip,
    ],

    PREVOTE: [
      store,
      /** Line 36. */
      function lock(state, { round, value }, ctx) {
        if (round !== state.round || value === null || state.validRound >= round) return
        if (state.step !== 'prevote' && state.step !== 'precommit') return
        if (!ctx.rules.isValid(value)) return
        ctx.need(ctx.rules.quorum, counted(match('PREVOTE', { round, value }), state, ctx))
        ctx.need(1, proposalOf(round, value, ctx))
        if (state.step === 'prevote') {
          if (ctx.rules.locks) Object.assign(state, { lockedValue: value, lockedRound: round })
          precommit(state, value, ctx)
        }
        Object.assign(state, { validValue: value, validRound: round })
      },
      /** Line 44. */
      function precommitNil(state, { round, value }, ctx) {
        if (round !== state.round || value !== null || state.step !== 'prevote') return
        ctx.need(ctx.rules.quorum, counted(match('PREVOTE', { round, value }), state, ctx))
        precommit(state, null, ctx)
      },
      /** Not in the paper. */
      function unlock(state, { round, value }, ctx) {
        const { unlockQuorum } = ctx.rules
        if (unlockQuorum === null || round !== state.round || value !== null || state.lockedRound === NONE) return
        if (state.step === 'decided') return
        ctx.need(unlockQuorum, match('PREVOTE', { round, value }))
        Object.assign(state, { lockedValue: null, lockedRound: NONE })
      },
      /** Line 34. */
      function waitForPrevotes(state, { round }, ctx) {
        if (round !== state.round || state.step !== 'prevote') return
        ctx.need(ctx.rules.quorum, counted(match('PREVOTE', { round }), state, ctx))
        ctx.setTimer('prevote')
      },
      skip,
    ],

    PRECOMMIT: [
      store,
      /** Line 49. */
      function decide(state, { round, value }, ctx) {
        if (value === null || state.step === 'decided' || !ctx.rules.isValid(value) || !isRound(round)) return
        ctx.need(ctx.rules.quorum, counted(ctx.rules.commits(round, value), state, ctx))
        ctx.need(1, proposalOf(round, value, ctx))
        ctx.output({ decided: value })
        finish(state, ctx)
      },
      /** Line 47. */
      function waitForPrecommits(state, { round }, ctx) {
        if (round !== state.round || state.step === 'decided') return
        ctx.need(ctx.rules.quorum, counted(match('PRECOMMIT', { round }), state, ctx))
        ctx.setTimer('precommit')
      },
      skip,
    ],
  },

  alphabet({ values, bounds: { rounds }, rules: { content } }) {
    const round = range(rounds!)
    const value = [...new Set(values.flatMap((one) => round.map((number) => content(one, number))))]
    return [
      ...every({ type: ['PROPOSAL'], round, value, validRound: [NONE, ...round] }),
      ...every({ type: ['PREVOTE', 'PRECOMMIT'], round, value: [null, ...value] }),
    ]
  },
})

/** Nothing of this height matters any more. */
function finish(state: State, ctx: Ctx): void {
  for (const timer of ['propose', 'prevote', 'precommit'] as const) ctx.cancelTimer(timer)
  const nothing = { lockedValue: null, lockedRound: NONE, validValue: null, validRound: NONE }
  Object.assign(state, { step: 'decided', ...nothing })
}

// A variant weakens one named rule. The first group is unsafe.
export const forgetLock = tendermint.variant('forget-lock', (_, { mayPrevote }) => ({
  mayPrevote: (state, value, validRound) => validRound === NONE || mayPrevote(state, value, validRound),
}))
export const noLock = tendermint.variant('no-lock', () => ({ locks: false }))
export const polUnchecked = tendermint.variant('pol-unchecked', () => ({ polQuorum: 0 }))
export const polAnyRound = tendermint.variant('pol-any-round', () => ({
  pol: (_, value) => match<Message>('PREVOTE', { value }),
}))
export const polIgnoreLockRound = tendermint.variant('pol-ignore-lock-round', (_, { mayPrevote }) => ({
  mayPrevote: (state, value, validRound) => validRound >= 0 || mayPrevote(state, value, validRound),
}))
export const precommitAcrossRounds = tendermint.variant('precommit-across-rounds', () => ({
  commits: (_, value) => match<Message>('PRECOMMIT', { value }),
}))
export const unlockOnNil = tendermint.variant('unlock-on-nil', (_, { quorum }) => ({ unlockQuorum: quorum }))
export const unlockOnWeakNil = tendermint.variant('unlock-on-weak-nil', ({ f }) => ({ unlockQuorum: f + 1 }))
export const quorum2fPlus1 = tendermint.variant('quorum-2f-plus-1', ({ f }) => ({
  quorum: 2 * f + 1,
  polQuorum: 2 * f + 1,
}))
// These get stuck.
export const freshProposals = tendermint.variant('fresh-proposals', () => ({
  proposesAgain: false,
  content: (value, round) => `${value}${round}`,
}))
export const dedupPrevotes = tendermint.variant('dedup-prevotes', () => ({ storesFirst: 'PREVOTE' }))
export const dedupPrecommits = tendermint.variant('dedup-precommits', () => ({ storesFirst: 'PRECOMMIT' }))
export const noPolRule = tendermint.variant('no-pol-rule', () => ({ unlocks: false }))
// These look wrong and are not.
export const polFutureRound = tendermint.variant('pol-future-round', () => ({ isBefore: () => true }))
export const dropLockedValueDisjunct = tendermint.variant('drop-locked-value-disjunct', (_, { mayPrevote }) => ({
  mayPrevote: (state, value, validRound) =>
    validRound === NONE ? mayPrevote(state, value, validRound) : state.lockedRound <= validRound,
}))
/** A lock that nil takes away, and that no PREVOTE contradicts: as one program was (docs/in-the-wild.md). */
export const unlockOnNilInsisting = tendermint.variant('unlock-on-nil-insisting', (_, { quorum }) => ({
  unlockQuorum: quorum,
  mayPrevote: ({ lockedValue }, value) => lockedValue === null || lockedValue === value,
}))
