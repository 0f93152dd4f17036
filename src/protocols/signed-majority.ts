/**
 * One view of PBFT with the quorum of a crash protocol: a majority of n = 2f + 1. Votes are signed, and nobody can vote in
 * another's name. That is enough against crashes, and not against one replica that votes for two values.
 *
 * Cynthia Dwork, Nancy Lynch and Larry Stockmeyer, "Consensus in the Presence of Partial Synchrony", Journal of the ACM
 * 35(2), 1988: n > 3f is needed, with signatures too. The votes are those of Castro and Liskov (see pbft.ts).
 *
 * Nothing is bounded: one value, one view. So a crashed primary is not replaced.
 */
import { type Context, defineProtocol, every, match, type Setting } from '../model/index.ts'

interface State {
  accepted: string | null
  prepared: boolean
  decided: boolean
}

type Message =
  | { type: 'PRE_PREPARE'; value: string }
  | { type: 'PREPARE'; value: string }
  | { type: 'COMMIT'; value: string }

export interface SignedMajority {
  state: State
  message: Message
  output: { decided: string }
  rules: typeof rules
}

const rules = ({ n }: Setting) => ({
  primary: 0,
  /** Two majorities share a replica. If it follows the protocol, it has voted for one value only. */
  quorum: Math.floor(n / 2) + 1,
})

function accept(state: State, value: string, ctx: Context<SignedMajority>): void {
  state.accepted = value
  ctx.broadcast({ type: 'PREPARE', value })
}

export const signedMajority = defineProtocol<SignedMajority>({
  name: 'signed-majority',
  about: 'One view of PBFT with the quorums of a crash protocol, n = 2f + 1.',
  rules,
  defaults: (n) => ({
    f: Math.max(0, Math.floor((n - 1) / 2)),
    ...{ b: 0, values: ['a', 'b'], inputs: { 0: ['a', 'b'] }, bounds: {} },
  }),

  alphabet: ({ values }) => every({ type: ['PRE_PREPARE', 'PREPARE', 'COMMIT'], value: values }),

  init: () => ({ accepted: null, prepared: false, decided: false }),

  input(state, value, ctx) {
    if (ctx.self !== ctx.rules.primary || state.accepted !== null) return
    ctx.broadcast({ type: 'PRE_PREPARE', value })
    accept(state, value, ctx)
  },

  upon: {
    PRE_PREPARE(state, { value }, ctx) {
      if (ctx.from === ctx.rules.primary && state.accepted === null) accept(state, value, ctx)
    },

    PREPARE(state, { value }, ctx) {
      if (state.accepted !== value || state.prepared) return
      ctx.need(ctx.rules.quorum, match('PREPARE', { value }))
      state.prepared = true
      ctx.broadcast({ type: 'COMMIT', value })
    },

    COMMIT(state, { value }, ctx) {
      if (state.accepted !== value || !state.prepared || state.decided) return
      ctx.need(ctx.rules.quorum, match('COMMIT', { value }))
      state.decided = true
      ctx.output({ decided: value })
    },
  },
})

/** Two quorums share f + 1 replicas, hence a correct one. Of 2f + 1 that is all of them, and one that is silent stops it. */
export const byzantineQuorum = signedMajority.variant('byzantine-quorum', ({ n, f }) => ({
  quorum: Math.ceil((n + f + 1) / 2),
}))
