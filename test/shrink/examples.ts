import { agreement, decidesAfterHealing, totality } from '../../properties/claims.ts'
import { type AnyMessage, type Claim, defineProtocol, match, type Program, said } from '../../src/model/index.ts'
import { bracha, deliverOne, echoTwo, readyRepeat } from '../../src/protocols/bracha.ts'
import { offers, programIn } from './walk.ts'

const delivered = (output: any) => ('delivered' in output ? { slot: '', value: output.delivered } : undefined)

interface Tally {
  state: { voted: boolean; votes: { value: string; from: number }[] }
  message: { type: 'PROPOSE'; value: string } | { type: 'VOTE'; value: string }
  output: { delivered: string }
}

/** Two equal votes decide; each replica keeps them itself, and each message reaches it once. */
export const tally = defineProtocol<Tally>({
  name: 'tally',
  about: 'A vote that two of three win.',
  rules: () => ({}),
  auth: 'channels',
  network: { duplicate: false },
  selfDelivery: 'network',
  inbox: false,
  defaults: () => ({ f: 0, b: 1, inputs: {}, bounds: {} }),
  init: () => ({ voted: false, votes: [] }),
  upon: {
    PROPOSE(state, { value }, ctx) {
      if (ctx.from !== 0 || state.voted) return
      state.voted = true
      ctx.broadcast({ type: 'VOTE', value })
    },
    VOTE(state, { value }, ctx) {
      if (state.votes.some((vote) => vote.from === ctx.from)) return
      state.votes.push({ value, from: ctx.from })
      // Two of three voted for it: enough where nobody votes twice.
      if (state.votes.filter((vote) => vote.value === value).length === 2) ctx.output({ delivered: value })
    },
  },
})

interface Proved {
  state: { voted: boolean; done: boolean }
  message: { type: 'PROPOSE'; value: string } | { type: 'VOTE'; value: string } | { type: 'DECIDE'; value: string }
  output: { delivered: string }
}

/** A decision carries the proof that two voted for it; votes are given to anybody who proposes. */
export const proved = defineProtocol<Proved>({
  name: 'proved',
  about: 'A decision that two votes prove.',
  rules: () => ({}),
  auth: 'signatures',
  defaults: () => ({ f: 0, b: 1, inputs: {}, bounds: {} }),
  init: () => ({ voted: false, done: false }),
  upon: {
    PROPOSE(state, { value }, ctx) {
      if (state.voted) return
      state.voted = true
      ctx.broadcast({ type: 'VOTE', value })
    },
    VOTE() {},
    DECIDE(state, { value }, ctx) {
      if (state.done) return
      state.done = true
      ctx.output({ delivered: value })
    },
  },
  proofs: { DECIDE: ({ value }) => said(2, match<Proved['message']>('VOTE', { value })) },
})

export interface Example {
  readonly name: string
  readonly program: Program
  readonly claim: Claim<any>
  readonly messages: readonly AnyMessage[]
  /** Length of a shortest violation, where a plain search is quick enough to confirm it. */
  readonly optimum?: number
}

const both = (...types: string[]): AnyMessage[] => types.flatMap((type) => ['a', 'b'].map((value) => ({ type, value })))
const broadcast = both('SEND', 'ECHO', 'READY')

export const examples: readonly Example[] = [
  {
    name: 'deliver-one',
    program: programIn(deliverOne, { n: 4, byzantine: [0] }),
    claim: agreement(delivered),
    messages: broadcast,
    optimum: 2,
  },
  {
    name: 'over-bound',
    program: programIn(bracha, { n: 4, f: 1, byzantine: [0, 3] }),
    claim: agreement(delivered),
    messages: broadcast,
    optimum: 4,
  },
  {
    name: 'ready-repeat',
    program: programIn(readyRepeat, { n: 4, byzantine: [0] }),
    claim: agreement(delivered),
    messages: broadcast,
  },
  {
    name: 'echo-two, totality',
    program: programIn(echoTwo, { n: 4, byzantine: [0] }),
    claim: totality(delivered),
    messages: broadcast,
  },
  {
    name: 'deliver-one, eager',
    program: programIn(deliverOne, { n: 4, byzantine: [0], steps: 'eager' }),
    claim: agreement(delivered),
    messages: broadcast,
    optimum: 2,
  },
  {
    name: 'tally, fifo',
    program: programIn(tally, { n: 3, byzantine: [0], network: { fifo: true } }),
    claim: agreement(delivered),
    messages: both('PROPOSE', 'VOTE'),
  },
  {
    name: 'tally',
    program: programIn(tally, { n: 3, byzantine: [0] }),
    claim: agreement(delivered),
    messages: both('PROPOSE', 'VOTE'),
    optimum: 6,
  },
]

/** A proof whose evidence is made in the run itself, and must be found again when steps are left out. */
export const provedExample: Example = {
  name: 'proved',
  program: programIn(proved, { n: 4, byzantine: [0] }),
  claim: agreement(delivered),
  messages: both('PROPOSE', 'VOTE'),
}

/** A claim that nothing has to happen for. */
export const stuck = decidesAfterHealing<any>(delivered, () => [''])

export const offered = ({ program, messages }: Example) => offers(program, messages)
