/**
 * Authenticated broadcast without signatures, one round of it: replicas that have got a message from its broadcaster say so,
 * until enough have said so for everybody to accept it. Asynchronous, n > 3f.
 *
 * T. K. Srikanth and Sam Toueg, "Simulating authenticated broadcasts to derive simple fault-tolerant algorithms",
 * Distributed Computing 2(2), 1987; the rules are those of `bcastByz.tla` in the TLA+ examples, where f is called T. Its
 * thresholds are n − 2f and n − f, which are f + 1 and 2f + 1 for n = 3f + 1 only.
 *
 * The broadcaster is no part of the model: that its INIT arrives at a replica is an input there (state V1; V0 before). So
 * it may reach some replicas and not others, or none. Nothing is bounded.
 */
import { type Context, defineProtocol, match, range, type Setting } from '../model/index.ts'

interface State {
  echoed: boolean
  accepted: boolean
}

type Message = { type: 'ECHO' }

export interface SrikanthToueg {
  state: State
  message: Message
  output: { accepted: string }
  note: { arrived: string }
  rules: typeof rules
}

type Ctx = Context<SrikanthToueg>

/** What every broadcaster broadcasts. */
const INIT = 'init'

const rules = ({ n, f }: Setting) => ({
  /** With n > 3f there is a correct one among n − 2f. If n − f have accepted, so many correct ones have sent ECHO. */
  echoQuorum: n - 2 * f,
  /** All that can be waited for: f may be silent. */
  acceptQuorum: n - f,
  /** Does a replica send ECHO because others have? */
  relays: true,
})

function echo(state: State, ctx: Ctx): void {
  if (state.echoed) return
  state.echoed = true
  ctx.broadcast({ type: 'ECHO' })
}

export const srikanthToueg = defineProtocol<SrikanthToueg>({
  name: 'srikanth-toueg',
  about: 'The broadcast of Srikanth and Toueg (1987), one round of it.',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    return { f, b: f, values: [INIT], inputs: Object.fromEntries(range(n).map((id) => [id, [INIT]])), bounds: {} }
  },

  init: () => ({ echoed: false, accepted: false }),

  input(state, _, ctx) {
    if (state.echoed) return
    ctx.note({ arrived: INIT })
    echo(state, ctx)
  },

  upon: {
    ECHO: [
      function relay(state, _, ctx) {
        if (state.echoed || !ctx.rules.relays) return
        ctx.need(ctx.rules.echoQuorum, match('ECHO', {}))
        echo(state, ctx)
      },
      function accept(state, _, ctx) {
        if (state.accepted) return
        ctx.need(ctx.rules.acceptQuorum, match('ECHO', {}))
        state.accepted = true
        ctx.output({ accepted: INIT })
        echo(state, ctx)
      },
    ],
  },
})

/** Only who has got the message, or has accepted it, says so. */
export const noRelay = srikanthToueg.variant('no-relay', () => ({ relays: false }))
/** One Byzantine replica that is silent stops it. */
export const acceptAll = srikanthToueg.variant('accept-all', ({ n }) => ({ acceptQuorum: n }))
