/**
 * Echo broadcast: one replica sends a value, a quorum signs that it has seen it, and whoever sees the quorum delivers.
 * No two correct replicas deliver different values, if n > 3f. After Reiter, "Secure agreement protocols", CCS 1994.
 *
 * The protocol that docs/write-your-own-protocol.md builds step by step.
 */
import {
  agreement,
  type Context,
  decided,
  decidesAfterHealing,
  defineProtocol,
  match,
  type Setting,
  said,
} from 'turncoat'

interface State {
  echoed: string | null
  delivered: string | null
}

type Message = { type: 'SEND'; value: string } | { type: 'ECHO'; value: string } | { type: 'FINAL'; value: string }

interface EchoBroadcast {
  state: State
  message: Message
  output: { delivered: string }
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => ({
  sender: 0,
  /** Two such quorums share f + 1 replicas, hence a correct one, and a correct replica echoes one value. */
  quorum: Math.ceil((n + f + 1) / 2),
})

/** What counts as an echo: written once, used by the handler and by the proof. */
const echoes = (value: string) => match<Message>('ECHO', { value })

function echo(state: State, value: string, ctx: Context<EchoBroadcast>) {
  state.echoed = value
  ctx.broadcast({ type: 'ECHO', value })
}

export const protocol = defineProtocol<EchoBroadcast>({
  name: 'echo-broadcast',
  about: 'Echo broadcast with signatures.',
  rules,
  defaults: (n) => {
    const f = Math.floor((n - 1) / 3)
    return { f, b: f, values: ['a', 'b'], inputs: { 0: ['a'] }, bounds: {} }
  },

  init: () => ({ echoed: null, delivered: null }),

  input(state, value, ctx) {
    if (ctx.self !== ctx.rules.sender || state.echoed !== null) return
    ctx.broadcast({ type: 'SEND', value })
    echo(state, value, ctx)
  },

  upon: {
    SEND(state, { value }, ctx) {
      if (ctx.from === ctx.rules.sender && state.echoed === null) echo(state, value, ctx)
    },

    ECHO(state, { value }, ctx) {
      if (ctx.self !== ctx.rules.sender || state.delivered !== null) return
      ctx.need(ctx.rules.quorum, echoes(value))
      ctx.broadcast({ type: 'FINAL', value })
      state.delivered = value
      ctx.output({ delivered: value })
    },

    FINAL(state, { value }, ctx) {
      if (state.delivered !== null) return
      state.delivered = value
      ctx.output({ delivered: value })
    },
  },

  proofs: {
    FINAL: ({ value }, { rules }) => said(rules.quorum, echoes(value)),
  },
})

/** Two of f + 1 replicas need not share a correct one: this breaks agreement. */
export const fPlus1 = protocol.variant('f-plus-1', ({ f }) => ({ quorum: f + 1 }))
/** Nobody verifies the signatures in a FINAL: this breaks agreement too. */
export const finalUnchecked = protocol.trusting('final-unchecked', 'FINAL')

/** One broadcast, hence one slot without a name. */
const delivered = (output: EchoBroadcast['output']) => ({ slot: '', value: output.delivered })

export const claims = [
  agreement(delivered),
  decidesAfterHealing(delivered, ({ correct }) => (correct.includes(0) ? [''] : [])),
  decided(delivered),
]
