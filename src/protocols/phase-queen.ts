/**
 * Phase queen: in each of f + 1 phases everybody says its bit once, and whoever has not seen a large majority takes that of
 * the phase's queen. One of the queens is correct. Two rounds a phase where phase king takes three, but n > 4f.
 *
 * Piotr Berman and Juan A. Garay, "Asymptotically optimal distributed consensus", ICALP 1989. The queen of phase k is
 * r(k − 1). Who is told nothing by the queen keeps what it has.
 */
import { defineLockstep, every, type Setting } from '../model/index.ts'

interface State {
  value: string | null
  /** Has so large a majority said it that the queen is not asked? */
  isSure: boolean
}

type Message = { type: 'VALUE'; value: string } | { type: 'QUEEN'; value: string }

export interface PhaseQueen {
  state: State
  message: Message
  output: { decided: string }
  rules: typeof rules
}

const rules = ({ n, f, values }: Setting) => ({
  /** The bits. Of two that are said as often it is the first; whoever was given none has that one, too. */
  bits: values,
  /** One of f + 1 queens is correct. */
  phases: f + 1,
  /** More than n / 2 + f: without the Byzantine ones it is more than half, so that every queen sees that majority. */
  sure: Math.floor(n / 2 + f) + 1,
  queen: (phase: number): number => phase - 1,
})

export const phaseQueen = defineLockstep<PhaseQueen>({
  name: 'phase-queen',
  about: 'Phase queen (Berman and Garay, 1989), two rounds a phase.',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 4))
    return { f, b: f, values: ['0', '1'], inputs: 'any', bounds: {} }
  },
  rounds: ({ phases }) => 2 * phases,
  alphabet: ({ values }) => every({ type: ['VALUE', 'QUEEN'], value: values }),

  init: () => ({ value: null, isSure: false }),

  input(state, value, ctx) {
    if (state.value !== null) return
    state.value = value
    ctx.broadcast({ type: 'VALUE', value })
  },

  round(state, inbox, ctx) {
    const { bits, sure, queen, phases } = ctx.rules
    const phase = Math.ceil(ctx.round / 2)
    if (ctx.round % 2 === 1) {
      const count = (bit: string) =>
        inbox.filter(({ message }) => message.type === 'VALUE' && message.value === bit).length
      const value = bits.reduce((most, bit) => (count(bit) > count(most) ? bit : most))
      Object.assign(state, { value, isSure: count(value) >= sure })
      if (queen(phase) === ctx.self) ctx.broadcast({ type: 'QUEEN', value })
      return
    }
    const order = inbox.find(({ from, message }) => from === queen(phase) && message.type === 'QUEEN')
    if (order && !state.isSure) state.value = order.message.value
    state.isSure = false
    if (phase < phases) ctx.broadcast({ type: 'VALUE', value: state.value! })
    else ctx.output({ decided: state.value! })
  },
})
