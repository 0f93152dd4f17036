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
import { type Context, defineProtocol, every, type Match, match, range, type Setting } from '../model/index.ts'

/** A round before any round. */
const NONE = -1
/** A value that valid() refuses, wherever it is among the values. */
const INVALID = 'invalid'

interface State {
  round: number
  step: 'propose' | 'prevote' | 'precommit' | 'decided'
  lockedValue: string | null
  lockedRound: number
  validValue: string | null
  validRound: number
}

type Message =
  | { type: 'PROPOSAL'; round: number; value: string; validRound: number }
  | { type: 'PREVOTE'; round: number; value: string | null }
  | { type: 'PRECOMMIT'; round: number; value: string | null }

export interface Tendermint {
  state: State
  message: Message
  output: { decided: string }
  timer: 'propose' | 'prevote' | 'precommit'
  rules: typeof rules
}

type Ctx = Context<Tendermint>
type MayPrevote = (state: State, value: string, validRound: number) => boolean
type Votes = (round: number, value: string) => Match<Message>

const rules = ({ n, f }: Setting) => ({
  proposer: (round: number): number => round % n,
  /** Two quorums share f + 1 replicas, hence a correct one. It is 2f + 1 where n = 3f + 1. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** One of f + 1 is correct, and is there already. */
  skipQuorum: f + 1,
  isValid: (value: string): boolean => value !== INVALID,
  /** What a proposer makes of a new value: its name. */
  content: (value: string, _round: number): string => value,
  /** Lines 15 and 16: is a value proposed again that was once valid? */
  proposesAgain: true,
  /** Lines 28 to 33: does a proposal say in which round its value had a quorum, and does that unlock? */
  unlocks: true,
  /** Lines 23 and 29, which are one for a validRound of −1. */
  mayPrevote: (({ lockedRound, lockedValue }, value, validRound) =>
    lockedRound <= validRound || lockedValue === value) as MayPrevote,
  /** Line 28: PREVOTEs that show that the value had a quorum in validRound, and that this was before. */
  polQuorum: Math.ceil((n + f + 1) / 2),
  pol: ((round, value) => match<Message>('PREVOTE', { round, value })) as Votes,
  isBefore: (validRound: number, round: number): boolean => validRound < round,
  /** Lines 38 and 39: is the value locked? */
  locks: true,
  /** No number of PREVOTEs for nil takes a lock away. */
  unlockQuorum: null as number | null,
  /** Line 49: PRECOMMITs that decide. */
  commits: ((round, value) => match<Message>('PRECOMMIT', { round, value })) as Votes,
})

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
    return { round: 0, step: 'propose', ...nothing }
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
        ctx.need(polQuorum, pol(validRound, value))
        answer(state, value, validRound, ctx)
      },
      skip,
    ],

    PREVOTE: [
      /** Line 36. */
      function lock(state, { round, value }, ctx) {
        if (round !== state.round || value === null || state.validRound >= round) return
        if (state.step !== 'prevote' && state.step !== 'precommit') return
        if (!ctx.rules.isValid(value)) return
        ctx.need(ctx.rules.quorum, match('PREVOTE', { round, value }))
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
        ctx.need(ctx.rules.quorum, match('PREVOTE', { round, value }))
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
        ctx.need(ctx.rules.quorum, match('PREVOTE', { round }))
        ctx.setTimer('prevote')
      },
      skip,
    ],

    PRECOMMIT: [
      /** Line 49. */
      function decide(state, { round, value }, ctx) {
        if (value === null || state.step === 'decided' || !ctx.rules.isValid(value) || !isRound(round)) return
        ctx.need(ctx.rules.quorum, ctx.rules.commits(round, value))
        ctx.need(1, proposalOf(round, value, ctx))
        ctx.output({ decided: value })
        finish(state, ctx)
      },
      /** Line 47. */
      function waitForPrecommits(state, { round }, ctx) {
        if (round !== state.round || state.step === 'decided') return
        ctx.need(ctx.rules.quorum, match('PRECOMMIT', { round }))
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
