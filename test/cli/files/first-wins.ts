import { defineProtocol, invariant } from '../../../src/model/index.ts'

interface FirstWins {
  state: { round: number; chosen: string | null }
  message: { type: 'CHOOSE'; value: string }
  output: { chosen: string }
  rules: () => object
}

/** Whoever speaks first is believed: one Byzantine replica is enough to break agreement. */
export const protocol = defineProtocol<FirstWins>({
  name: 'first-wins',
  about: 'Whoever speaks first is believed.',
  rules: () => ({}),
  defaults: () => ({ f: 0, b: 0, inputs: { 0: ['a'] }, bounds: { rounds: 1 } }),
  init: () => ({ round: 0, chosen: null }),
  input(_state, value, ctx) {
    ctx.broadcast({ type: 'CHOOSE', value })
  },
  upon: {
    CHOOSE(state, { value }, ctx) {
      if (state.chosen !== null) return
      state.chosen = value
      ctx.output({ chosen: value })
    },
  },
  within: (state, { rounds }) => state.round < rounds!,
})

export const claims = [
  invariant<FirstWins['output']>({ name: 'agreement', about: 'All choose the same.' }, ({ outputs }) => {
    const values = [...new Set(outputs.map(({ output }) => output.chosen))]
    return values.length > 1 ? `both ${values.join(' and ')} were chosen` : undefined
  }),
]
