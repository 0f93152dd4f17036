/**
 * A vote: each replica says once which value it is for, and whoever hears a quorum for one value decides it. Two quorums
 * share a correct replica, so that no two correct replicas decide differently, if n > 3f.
 */
import { agreement, decided, defineProtocol, match, type Setting } from 'turncoat'

interface Vote {
  state: { voted: string | null; decided: string | null }
  message: { type: 'VOTE'; value: string }
  output: { decided: string }
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => ({ quorum: Math.ceil((n + f + 1) / 2) })

export const protocol = defineProtocol<Vote>({
  name: 'vote',
  about: 'One vote of each replica.',
  rules,
  defaults: (n) => {
    const f = Math.floor((n - 1) / 3)
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: {} }
  },
  init: () => ({ voted: null, decided: null }),
  input(state, value, ctx) {
    if (state.voted !== null) return
    state.voted = value
    ctx.broadcast({ type: 'VOTE', value })
  },
  upon: {
    VOTE(state, { value }, ctx) {
      if (state.decided !== null) return
      ctx.need(ctx.rules.quorum, match<Vote['message']>('VOTE', { value }))
      state.decided = value
      ctx.output({ decided: value })
    },
  },
})

/** Quorums of f + 1 need not share a correct replica. */
export const mutant = protocol.variant('f-plus-1', ({ f }) => ({ quorum: f + 1 }))

const decision = (output: Vote['output']) => ({ slot: '', value: output.decided })

export const claims = [agreement(decision), decided(decision)]
