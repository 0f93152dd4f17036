/**
 * Reliable broadcast: one replica sends a value, and either every correct replica delivers one and the same value, or
 * none delivers. Asynchronous, no signatures, n > 3f.
 *
 * Gabriel Bracha, "Asynchronous Byzantine agreement protocols", Information and Computation 75, 1987, section 3 (SEND
 * is called INITIAL there).
 *
 * The system keeps the inbox; a rule asks it for a quorum, and fires once it is there.
 *
 * Nothing is bounded: one broadcast, in which each replica sends at most a few messages. Two values by default, the
 * sender's and another one: rules only compare values, and a violation of agreement has two.
 */
import { type Context, defineProtocol, every, match, type Setting, type Threshold } from '../model/index.ts'

interface State {
  sent: boolean
  echoed: boolean
  readied: boolean
  delivered: string | null
}

type Message = { type: 'SEND'; value: string } | { type: 'ECHO'; value: string } | { type: 'READY'; value: string }

export interface Bracha {
  state: State
  message: Message
  output: { delivered: string }
  rules: (setting: Setting) => Rules
}

/** A quorum is a number of replicas here; where replicas have stakes, it is a weight. */
interface Rules extends Omit<ReturnType<typeof rules>, 'echoQuorum' | 'amplifyQuorum' | 'deliverQuorum'> {
  echoQuorum: Threshold
  amplifyQuorum: Threshold
  deliverQuorum: Threshold
}

const rules = ({ n, f }: Setting) => ({
  /** The designated sender. */
  sender: 0,
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

const echoes = (value: string) => match<Message>('ECHO', { value })
const readies = (value: string) => match<Message>('READY', { value })

function echo(state: State, value: string, ctx: Context<Bracha>) {
  state.echoed = true
  ctx.broadcast({ type: 'ECHO', value })
}

function ready(state: State, value: string, ctx: Context<Bracha>) {
  state.readied = true
  ctx.broadcast({ type: 'READY', value })
}

export const bracha = defineProtocol<Bracha>({
  name: 'bracha',
  about: "Bracha's reliable broadcast (1987).",
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['a', 'b'], inputs: { 0: ['a'] }, bounds: {} }
  },

  alphabet: ({ values }) => every({ type: ['SEND', 'ECHO', 'READY'], value: values }),

  init: () => ({ sent: false, echoed: false, readied: false, delivered: null }),

  input(state, value, ctx) {
    if (ctx.self !== ctx.rules.sender || state.sent) return
    state.sent = true
    ctx.broadcast({ type: 'SEND', value })
    if (!state.echoed) echo(state, value, ctx)
  },

  upon: {
    SEND(state, { value }, ctx) {
      if (ctx.from === ctx.rules.sender && !state.echoed) echo(state, value, ctx)
    },

    ECHO(state, { value }, ctx) {
      if (state.readied && !ctx.rules.readyRepeats) return
      ctx.need(ctx.rules.echoQuorum, echoes(value))
      ready(state, value, ctx)
    },

    READY: [
      function amplify(state, { value }, ctx) {
        if (!ctx.rules.amplifies || (state.readied && !ctx.rules.readyRepeats)) return
        ctx.need(ctx.rules.amplifyQuorum, readies(value))
        ready(state, value, ctx)
      },
      function deliver(state, { value }, ctx) {
        if (state.delivered !== null) return
        ctx.need(ctx.rules.deliverQuorum, readies(value))
        state.delivered = value
        ctx.output({ delivered: value })
      },
    ],
  },
})

export const echoTwo = bracha.variant('echo-two', ({ f }) => ({ echoQuorum: f + 1 }))
export const readyRepeat = bracha.variant('ready-repeat', ({ f }) => ({ echoQuorum: f + 1, readyRepeats: true }))
export const amplifyOne = bracha.variant('amplify-one', () => ({ amplifyQuorum: 1 }))
export const noAmplification = bracha.variant('no-amplification', () => ({ amplifies: false }))
export const deliverFPlus1 = bracha.variant('deliver-f-plus-1', ({ f }) => ({ deliverQuorum: f + 1 }))
export const deliverOne = bracha.variant('deliver-one', () => ({ deliverQuorum: 1 }))
/** The largest quorums that the correct can form; any two share a correct replica where n > 3f. With n = 3, f = 1 all are 2. */
export const n3f = bracha.variant('n-3f', ({ n, f }) => ({
  echoQuorum: n - f,
  amplifyQuorum: f + 1,
  deliverQuorum: n - f,
}))
export const n3fFullQuorum = bracha.variant('n-3f-full-quorum', () => ({
  echoQuorum: 3,
  amplifyQuorum: 2,
  deliverQuorum: 3,
}))
export const echo2fPlus1 = bracha.variant('echo-2f-plus-1', ({ f }) => ({ echoQuorum: 2 * f + 1 }))
