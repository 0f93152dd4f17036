/**
 * The broadcast of Bracha and Toueg, by which what one correct replica accepts all do: first ECHOs of those who have got
 * the message of the broadcaster, or have heard of it from enough others, then READYs. Asynchronous, n > 3f.
 *
 * Gabriel Bracha and Sam Toueg, "Asynchronous consensus and broadcast protocols", Journal of the ACM 32(4), 1985; the rules
 * are those of `aba_asyn_byz.tla` in the TLA+ examples, whose states and guards are named below. (There `Init0` and `Init1`
 * have `\in` where `=` is meant: no initial state, so that whatever is claimed of them holds.)
 *
 * The broadcaster is no part of the model: that its message arrives at a replica is an input there (V1; V0 before).
 * Nothing is bounded.
 */
import { type Context, defineProtocol, match, range, type Setting } from '../model/index.ts'

interface State {
  /** Has sent nothing (V0), an ECHO (EC), a READY too (RD), or has accepted (AC). */
  step: 'V0' | 'EC' | 'RD' | 'AC'
}

type Message = { type: 'ECHO' } | { type: 'READY' }

export interface BrachaToueg {
  state: State
  message: Message
  output: { accepted: string }
  note: { arrived: string }
  rules: typeof rules
}

type Ctx = Context<BrachaToueg>

/** What every broadcaster broadcasts. */
const INIT = 'init'

const rules = ({ n, f }: Setting) => ({
  /** guardE: more than (n + f) / 2. Of n > 3f so many are correct, and f Byzantine ones are far from so many. */
  echoQuorum: Math.floor((n + f + 2) / 2),
  /** guardR1: one of f + 1 is correct. */
  readyQuorum: f + 1,
  /** guardR2: f + 1 of 2f + 1 are correct, and make every correct replica ready. */
  acceptQuorum: 2 * f + 1,
  /** Do READYs count where ECHOs do? */
  amplifies: true,
})

function echo(state: State, ctx: Ctx): void {
  state.step = 'EC'
  ctx.broadcast({ type: 'ECHO' })
}

/** What takes a replica a step further: from V0 to EC, and from EC to RD. */
function advance(state: State, ctx: Ctx): void {
  if (state.step === 'V0') {
    echo(state, ctx)
  } else {
    state.step = 'RD'
    ctx.broadcast({ type: 'READY' })
  }
}

const canAdvance = ({ step }: State): boolean => step === 'V0' || step === 'EC'

export const brachaToueg = defineProtocol<BrachaToueg>({
  name: 'bracha-toueg',
  about: 'The broadcast of Bracha and Toueg (1985).',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: [INIT], inputs: Object.fromEntries(range(n).map((id) => [id, [INIT]])), bounds: {} }
  },

  init: () => ({ step: 'V0' }),

  input(state, _, ctx) {
    if (state.step !== 'V0') return
    ctx.note({ arrived: INIT })
    echo(state, ctx)
  },

  upon: {
    ECHO(state, _, ctx) {
      if (!canAdvance(state)) return
      ctx.need(ctx.rules.echoQuorum, match('ECHO', {}))
      advance(state, ctx)
    },

    READY: [
      function amplify(state, _, ctx) {
        if (!canAdvance(state) || !ctx.rules.amplifies) return
        ctx.need(ctx.rules.readyQuorum, match('READY', {}))
        advance(state, ctx)
      },
      function accept(state, _, ctx) {
        if (state.step !== 'RD') return
        ctx.need(ctx.rules.acceptQuorum, match('READY', {}))
        state.step = 'AC'
        ctx.output({ accepted: INIT })
      },
    ],
  },
})

export const noAmplification = brachaToueg.variant('no-amplification', () => ({ amplifies: false }))
/** One Byzantine replica that is silent stops it. */
export const acceptAll = brachaToueg.variant('accept-all', ({ n }) => ({ acceptQuorum: n }))
