/**
 * Phase king: in each of f + 1 phases every replica sends its bit, twice, and whoever is not sure takes that of the
 * phase's king. One of the kings is correct. Synchronous rounds, no signatures, n > 3f.
 *
 * Piotr Berman, Juan A. Garay and Kenneth J. Perry, "Towards optimal distributed consensus", FOCS 1989; here as three
 * rounds a phase, after I. Abraham, "Phase-King through the lens of gradecast", Decentralized Thoughts, 2022. The king
 * of phase k is r(k − 1). A replica that receives nothing from the king keeps its bit.
 */
import { type Context, defineLockstep, every, type Setting } from '../model/index.ts'

interface State {
  value: string | null
  /** 2: nobody correct has another value; 1: nobody correct is sure of another value. */
  grade: number
}

type Message =
  | { type: 'VALUE'; value: string }
  /** n − f have sent this value. */
  | { type: 'SUPPORT'; value: string }
  | { type: 'KING'; value: string }

export interface PhaseKing {
  state: State
  message: Message
  output: { decided: string }
  rules: typeof rules
}

type Inbox = readonly { readonly from: number; readonly message: Message }[]

const rules = ({ n, f, values }: Setting) => ({
  /** The bit of whoever was given none: nobody stays out, for a silent replica counts as a faulty one. */
  fallback: values[0]!,
  /** One of f + 1 kings is correct. */
  phases: f + 1,
  /** All that can be waited for. Two sets of n − f share a correct replica, so that one value is supported at most. */
  support: n - f,
  /** SUPPORTs after which a replica needs no king: n − 2f of them, at least f + 1, are seen by everybody. */
  sure: n - f,
  /** One of f + 1 is correct. */
  hint: f + 1,
  king: (phase: number): number => phase - 1,
})

/** The value that so many send in messages of a type. */
function saidBy(count: number, type: Message['type'], inbox: Inbox, values: readonly string[]): string | undefined {
  return values.find(
    (value) => inbox.filter(({ message }) => message.type === type && message.value === value).length >= count,
  )
}

/** The bits that anybody has sent. */
const heard = (inbox: Inbox): string[] => [...new Set(inbox.map(({ message }) => message.value))].sort()

export const phaseKing = defineLockstep<PhaseKing>({
  name: 'phase-king',
  about: 'Phase king (Berman, Garay and Perry, 1989), three rounds a phase.',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: ['0', '1'], inputs: 'any', bounds: {} }
  },
  rounds: ({ phases }) => 3 * phases,
  alphabet: ({ values }) => every({ type: ['VALUE', 'SUPPORT', 'KING'], value: values }),

  init: () => ({ value: null, grade: 0 }),

  input(state, value, ctx) {
    if (state.value !== null) return
    state.value = value
    ctx.broadcast({ type: 'VALUE', value })
  },

  round(state, inbox, ctx) {
    const phase = Math.ceil(ctx.round / 3)
    if (ctx.round % 3 === 1) support(inbox, ctx)
    else if (ctx.round % 3 === 2) judge(state, inbox, phase, ctx)
    else obey(state, inbox, phase, ctx)
  },
})

function support(inbox: Inbox, ctx: Context<PhaseKing>): void {
  const value = saidBy(ctx.rules.support, 'VALUE', inbox, heard(inbox))
  if (value !== undefined) ctx.broadcast({ type: 'SUPPORT', value })
}

function judge(state: State, inbox: Inbox, phase: number, ctx: Context<PhaseKing>): void {
  const { sure, hint, king } = ctx.rules
  const certain = saidBy(sure, 'SUPPORT', inbox, heard(inbox))
  const likely = saidBy(hint, 'SUPPORT', inbox, heard(inbox))
  state.grade = certain !== undefined ? 2 : likely !== undefined ? 1 : 0
  state.value = certain ?? likely ?? state.value ?? ctx.rules.fallback
  if (king(phase) === ctx.self) ctx.broadcast({ type: 'KING', value: state.value })
}

function obey(state: State, inbox: Inbox, phase: number, ctx: Context<PhaseKing>): void {
  const { king, phases } = ctx.rules
  const order = inbox.find(({ from, message }) => from === king(phase) && message.type === 'KING')
  if (order && state.grade < 2) state.value = order.message.value
  state.grade = 0
  if (phase < phases) ctx.broadcast({ type: 'VALUE', value: state.value! })
  else ctx.output({ decided: state.value! })
}

// A variant weakens one named rule.
export const fPhases = phaseKing.variant('f-phases', ({ f }) => ({ phases: f }))
export const weakGrade = phaseKing.variant('weak-grade', ({ f }) => ({ sure: f + 1 }))
