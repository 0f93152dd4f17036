/**
 * A broadcast: one replica sends a value, everybody says which value they got, and whoever hears a quorum of equal
 * answers delivers. No two correct replicas deliver different values, if n > 3f. Make it your own protocol.
 */
import {
  agreement,
  type Context,
  decided,
  decidesAfterHealing,
  defineProtocol,
  invariant,
  match,
  type Setting,
} from 'turncoat'

type Message = { type: 'SEND'; value: string } | { type: 'ECHO'; value: string }

interface Broadcast {
  state: { echoed: string | null; delivered: string | null }
  message: Message
  output: { delivered: string }
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => ({
  sender: 0,
  /** Two such quorums share f + 1 replicas, hence a correct one, and a correct replica echoes one value only. */
  quorum: Math.ceil((n + f + 1) / 2),
})

function echo(state: Broadcast['state'], value: string, ctx: Context<Broadcast>) {
  state.echoed = value
  ctx.broadcast({ type: 'ECHO', value })
}

export const protocol = defineProtocol<Broadcast>({
  name: 'broadcast',
  about: 'A broadcast with one quorum.',
  auth: 'channels',
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

    /** The inbox keeps what was said: `need` asks it, and the message stays offered until enough have said the same. */
    ECHO(state, { value }, ctx) {
      if (state.delivered !== null) return
      ctx.need(ctx.rules.quorum, match<Message>('ECHO', { value }))
      state.delivered = value
      ctx.output({ delivered: value })
    },
  },
})

/** A planted mutant. Quorums of f + 1 need not share a correct replica, so a Byzantine sender breaks agreement. */
export const mutant = protocol.variant('f-plus-1', ({ f }) => ({ quorum: f + 1 }))

/** One broadcast, hence one slot without a name. */
const delivered = (output: Broadcast['output']) => ({ slot: '', value: output.delivered })

const validity = invariant<Broadcast['output']>(
  { name: 'validity', about: 'What a correct sender did not send is not delivered.' },
  ({ correct, outputs, setting }) => {
    const wrong = outputs.find(({ output }) => !setting.inputs[0]!.includes(output.delivered))
    return correct.includes(0) && wrong ? `r${wrong.at} delivered ${wrong.output.delivered}` : undefined
  },
)

export const claims = [
  agreement(delivered),
  validity,
  decidesAfterHealing(delivered, ({ correct }) => (correct.includes(0) ? [''] : [])),
  // A guard: a protocol in which nobody ever delivers keeps all of the above.
  decided(delivered),
]
