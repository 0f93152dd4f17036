/**
 * Randomised agreement on one bit, asynchronous, without signatures: whoever sees no majority tosses a coin. Byzantine
 * version, n > 5f.
 *
 * Michael Ben-Or, "Another Advantage of Free Choice: Completely Asynchronous Agreement Protocols", PODC 1983, protocol
 * B. Its messages (1, r, x), (2, r, v, D) and (2, r, ?) are REPORT, PROPOSAL with a value, and PROPOSAL without one. A
 * replica "waits for n − f messages": which ones is up to the schedule, and a rule may fire later than it could.
 *
 * One thing differs from the paper, which lets everybody go on for ever: whoever has decided takes part in one more
 * round, sends in it what it has decided, and stops. All others decide in that round.
 *
 * Bounded are rounds, because coins may fall badly for ever. Three are enough for every known violation: in one
 * somebody decides, in the next the others lose the value again, and in the third they decide another one.
 */
import { type Context, defineProtocol, match, type Setting } from '../model/index.ts'

interface State {
  /** The estimate: the own input, then what a round made of it. Null before the input. */
  estimate: string | null
  /** Rounds count from 1; 0 before the input. */
  round: number
  /** What it waits for: REPORTs, PROPOSALs, or a coin. */
  step: 'reports' | 'proposals' | 'coin'
  decided: string | null
}

type Message =
  | { type: 'REPORT'; round: number; value: string }
  /** Null is the paper's question mark; a value v its D(v). */
  | { type: 'PROPOSAL'; round: number; value: string | null }

export interface BenOr {
  state: State
  message: Message
  output: { decided: string }
  coin: 'estimate'
  rules: typeof rules
}

const rules = ({ n, f, values }: Setting) => ({
  /** What the two sides of the coin stand for. */
  sides: [values[0] ?? '0', values[1] ?? values[0] ?? '1'] as const,
  /** All that can be waited for: f may be silent. */
  wait: n - f,
  /** More than (n + f) / 2 equal REPORTs: two such sets share a correct replica, so at most one value is proposed. */
  proposeQuorum: Math.floor((n + f) / 2) + 1,
  /** One of f + 1 is correct, so the value is the one that a quorum reported. */
  adoptQuorum: f + 1,
  /** More than (n + f) / 2: whoever else waits for n − f sees at least f + 1 of them, since n > 5f, and adopts. */
  decideQuorum: Math.floor((n + f) / 2) + 1,
})

/** The value that at least `quorum` of the messages have; the smaller one, should a mutant allow two. */
function reaching(messages: readonly Message[], quorum: number): string | null {
  const votes = (value: string | null) => messages.filter((message) => message.value === value).length
  const values = messages.flatMap(({ value }) => (value === null ? [] : [value])).sort((x, y) => (x < y ? -1 : 1))
  return values.find((value) => votes(value) >= quorum) ?? null
}

const reports = (round: number) => match<Message>('REPORT', { round })
const proposals = (round: number) => match<Message>('PROPOSAL', { round })

function enterRound(state: State, round: number, estimate: string, ctx: Context<BenOr>) {
  state.round = round
  state.step = 'reports'
  state.estimate = estimate
  ctx.broadcast({ type: 'REPORT', round, value: estimate })
}

export const benOr = defineProtocol<BenOr>({
  name: 'ben-or',
  about: "Ben-Or's randomised agreement (1983), Byzantine version.",
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 5))
    return { f, b: f, values: ['0', '1'], inputs: 'any', bounds: { rounds: 3 } }
  },

  init: () => ({ estimate: null, round: 0, step: 'reports', decided: null }),

  input(state, value, ctx) {
    if (state.estimate === null) enterRound(state, 1, value, ctx)
  },

  coin: {
    estimate: (state, side, ctx) => enterRound(state, state.round + 1, ctx.rules.sides[side], ctx),
  },

  upon: {
    REPORT(state, { round }, ctx) {
      if (state.round !== round || state.step !== 'reports') return
      const { wait, proposeQuorum } = ctx.rules
      const value = ctx.take(wait, reports(round), (chosen) => reaching(chosen, proposeQuorum))
      state.step = 'proposals'
      ctx.broadcast({ type: 'PROPOSAL', round, value })
    },

    PROPOSAL(state, { round }, ctx) {
      if (state.round !== round || state.step !== 'proposals' || state.decided !== null) return
      const { wait, adoptQuorum, decideQuorum } = ctx.rules
      const { adopted, decision } = ctx.take(wait, proposals(round), (chosen) => ({
        adopted: reaching(chosen, adoptQuorum),
        decision: reaching(chosen, decideQuorum),
      }))
      if (decision !== null) {
        state.decided = decision
        ctx.output({ decided: decision })
      }
      const estimate = decision ?? adopted
      if (estimate !== null) {
        enterRound(state, round + 1, estimate, ctx)
        return
      }
      state.step = 'coin'
      ctx.flip('estimate')
    },
  },

  // The last round ends with the REPORT of the next one.
  within: ({ round, step }, { rounds }) => round <= rounds! || (round === rounds! + 1 && step === 'reports'),
  viewOf: ({ round }) => round,
})

export const adoptF = benOr.variant('adopt-f', ({ f }) => ({ adoptQuorum: f }))
export const decideFPlus1 = benOr.variant('decide-f-plus-1', ({ f }) => ({ decideQuorum: f + 1 }))
export const simpleMajority = benOr.variant('simple-majority', ({ n }) => ({ proposeQuorum: Math.floor(n / 2) + 1 }))
