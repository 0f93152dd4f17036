/**
 * Bracha's reliable broadcast again, with its tallies in the state: one step is one delivery with everything that it
 * triggers. Rules, quorums and mutants are those of `bracha`, and so must the verdicts be.
 *
 * Of each sender only the first ECHO and the first READY count, as in a program that keeps a set of voters; a later one
 * changes nothing, hence is no step. A replica's own broadcasts reach it within the step that makes them. A sender that
 * has only one value to send has sent it before anything happens. Model checkers for programs get the same model in
 * their own languages and must count the same states: with n = 4, r3 Byzantine, and r0 the sender of `a`, 1,150,362.
 *
 * Nothing is bounded, as in `bracha`: the tallies end when each sender's first votes are counted. Two values by default.
 */
import { type Context, defineProtocol, every, type Id, type Setting, type Tally } from '../model/index.ts'

interface State {
  sent: boolean
  echoed: boolean
  readied: boolean
  delivered: string | null
}

type Message = { type: 'SEND'; value: string } | { type: 'ECHO'; value: string } | { type: 'READY'; value: string }

export interface BrachaByDelivery {
  state: State
  message: Message
  /** By value, the senders whose first ECHO or READY it was. */
  tallies: { echoes: string; readies: string }
  output: { delivered: string }
  rules: typeof rules
}

const SENDER: Id = 0

const rules = ({ n, f, inputs }: Setting) => ({
  /** What the sender sends, if there is no choice: it has been sent when the run begins. */
  onlyValue: inputs[SENDER]?.length === 1 ? inputs[SENDER][0]! : null,
  /** Two such quorums share a correct replica, and a correct replica echoes one value: at most one value gets READYs. */
  echoQuorum: Math.ceil((n + f + 1) / 2),
  /** One of f + 1 is correct, so some correct replica saw an echo quorum. */
  amplifyQuorum: f + 1,
  /** Of 2f + 1, f + 1 are correct: enough to make every correct replica amplify, and hence deliver. */
  deliverQuorum: 2 * f + 1,
  /** Does a replica send READY at all when others are ready? */
  amplifies: true,
  /** May a replica send READY for a second value? */
  readyRepeats: false,
})

/** Counts a vote, unless one of this sender is there already. */
function count(tally: Tally<string>, from: Id, value: string): boolean {
  return !tally.voted(from) && tally.add(value, from)
}

function echo(state: State, value: string, ctx: Context<BrachaByDelivery>) {
  state.echoed = true
  ctx.broadcast({ type: 'ECHO', value })
}

function ready(state: State, value: string, ctx: Context<BrachaByDelivery>) {
  if (state.readied && !ctx.rules.readyRepeats) return
  state.readied = true
  ctx.broadcast({ type: 'READY', value })
}

export const brachaByDelivery = defineProtocol<BrachaByDelivery>({
  name: 'bracha-by-delivery',
  about: "Bracha's reliable broadcast with its tallies in the state, delivery by delivery.",
  rules,
  auth: 'channels',
  selfDelivery: 'at-once',
  inbox: false,
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: { [SENDER]: ['a'] }, bounds: {} }
  },

  alphabet: ({ values }) => every({ type: ['SEND', 'ECHO', 'READY'], value: values }),
  tallies: { echoes: {}, readies: {} },

  init(ctx) {
    const state: State = { sent: false, echoed: false, readied: false, delivered: null }
    const { onlyValue, echoQuorum } = ctx.rules
    // Where its own ECHO is a quorum, sending triggers more than an initial state can express, and remains a step.
    if (ctx.self === SENDER && onlyValue !== null && echoQuorum > 1) {
      state.sent = true
      ctx.broadcast({ type: 'SEND', value: onlyValue })
      echo(state, onlyValue, ctx)
      count(ctx.tally('echoes'), ctx.self, onlyValue)
    }
    return state
  },

  input(state, value, ctx) {
    if (ctx.self !== SENDER || state.sent) return
    state.sent = true
    ctx.broadcast({ type: 'SEND', value })
  },

  upon: {
    SEND(state, { value }, ctx) {
      if (ctx.from === SENDER && !state.echoed) echo(state, value, ctx)
    },

    ECHO(state, { value }, ctx) {
      const echoes = ctx.tally('echoes')
      if (!count(echoes, ctx.from, value)) return
      if (echoes.count(value) >= ctx.rules.echoQuorum) ready(state, value, ctx)
    },

    READY(state, { value }, ctx) {
      const readies = ctx.tally('readies')
      if (!count(readies, ctx.from, value)) return
      const { amplifies, amplifyQuorum, deliverQuorum } = ctx.rules
      if (amplifies && readies.count(value) >= amplifyQuorum) ready(state, value, ctx)
      if (state.delivered !== null || readies.count(value) < deliverQuorum) return
      state.delivered = value
      ctx.output({ delivered: value })
    },
  },
})

export const echoTwo = brachaByDelivery.variant('echo-two', ({ f }) => ({ echoQuorum: f + 1 }))
export const readyRepeat = brachaByDelivery.variant('ready-repeat', ({ f }) => ({
  echoQuorum: f + 1,
  readyRepeats: true,
}))
export const amplifyOne = brachaByDelivery.variant('amplify-one', () => ({ amplifyQuorum: 1 }))
export const noAmplification = brachaByDelivery.variant('no-amplification', () => ({ amplifies: false }))
export const deliverFPlus1 = brachaByDelivery.variant('deliver-f-plus-1', ({ f }) => ({ deliverQuorum: f + 1 }))
export const deliverOne = brachaByDelivery.variant('deliver-one', () => ({ deliverQuorum: 1 }))
/** The largest quorums that the correct can form; any two share a correct replica where n > 3f. With n = 3, f = 1 all are 2. */
export const n3f = brachaByDelivery.variant('n-3f', ({ n, f }) => ({
  echoQuorum: n - f,
  amplifyQuorum: f + 1,
  deliverQuorum: n - f,
}))
export const n3fFullQuorum = brachaByDelivery.variant('n-3f-full-quorum', () => ({
  echoQuorum: 3,
  amplifyQuorum: 2,
  deliverQuorum: 3,
}))
export const echo2fPlus1 = brachaByDelivery.variant('echo-2f-plus-1', ({ f }) => ({ echoQuorum: 2 * f + 1 }))
