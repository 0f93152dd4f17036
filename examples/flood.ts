/**
 * Flooding: everybody tells everybody the least value that it knows, round after round, and decides it at the end. Who
 * stops in the middle is tolerated (Lynch, "Distributed Algorithms", 1996, section 6.2), who is Byzantine is not.
 *
 * The protocol in rounds of docs/write-your-own-protocol.md.
 */
import { agreement, decided, decidesAfterHealing, defineLockstep, type Setting } from 'turncoat'

interface Flood {
  state: { least: string | null }
  message: { type: 'LEAST'; value: string }
  output: { decided: string | null }
  rules: typeof rules
}

/** Among f + 1 rounds is one in which nobody stops: after it all know the same. */
const rules = ({ f }: Setting) => ({ rounds: f + 1 })

export const protocol = defineLockstep<Flood>({
  name: 'flood',
  about: 'Everybody tells everybody the least value that it knows.',
  rules,
  defaults: () => ({ f: 1, b: 1, values: ['a', 'b'], inputs: 'any', bounds: {} }),
  rounds: (rules) => rules.rounds,
  alphabet: ({ values }) => values.map((value) => ({ type: 'LEAST', value })),

  init: () => ({ least: null }),

  input(state, value, ctx) {
    if (state.least !== null) return
    state.least = value
    ctx.broadcast({ type: 'LEAST', value })
  },

  round(state, inbox, ctx) {
    for (const { message } of inbox) {
      if (state.least === null || message.value < state.least) state.least = message.value
    }
    if (ctx.round === ctx.rules.rounds) ctx.output({ decided: state.least })
    else if (state.least !== null) ctx.broadcast({ type: 'LEAST', value: state.least })
  },
})

const decision = (output: Flood['output']) => ({ slot: '', value: output.decided })

export const claims = [agreement(decision), decidesAfterHealing(decision, () => ['']), decided(decision)]
