/** A small broadcast, and a variant whose quorums need not share a correct replica. */
import { agreement, decided, defineProtocol, match, type Setting } from '../../src/index.ts'

type Message = { type: 'SEND'; value: string } | { type: 'ECHO'; value: string }

interface Echo {
  state: { echoed: boolean; delivered: string | null }
  message: Message
  output: { delivered: string }
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => ({ quorum: Math.ceil((n + f + 1) / 2), accepts: () => true })

export const protocol = defineProtocol<Echo>({
  name: 'echo',
  about: 'A broadcast with one quorum.',
  auth: 'channels',
  rules,
  defaults: (n) => {
    const f = Math.floor((n - 1) / 3)
    return { f, b: f, inputs: { 0: ['a'] }, bounds: {} }
  },
  init: () => ({ echoed: false, delivered: null }),
  input(state, value, ctx) {
    if (state.echoed) return
    state.echoed = true
    ctx.broadcast({ type: 'SEND', value })
    ctx.broadcast({ type: 'ECHO', value })
  },
  upon: {
    SEND(state, { value }, ctx) {
      if (ctx.from !== 0 || state.echoed || !ctx.rules.accepts()) return
      state.echoed = true
      ctx.broadcast({ type: 'ECHO', value })
    },
    ECHO(state, { value }, ctx) {
      if (state.delivered !== null) return
      ctx.need(ctx.rules.quorum, match<Message>('ECHO', { value }))
      state.delivered = value
      ctx.output({ delivered: value })
    },
  },
})

export const fPlus1 = protocol.variant('f-plus-1', ({ f }) => ({ quorum: f + 1 }))

const delivered = (output: Echo['output']) => ({ slot: '', value: output.delivered })

export const claims = [agreement(delivered), decided(delivered)]
