/**
 * A sequence of decisions, each with a proof that can be shown to whoever missed it, and a proof that may be put together
 * from the votes of other decisions: bft-smart/library 121.
 *
 * The protocol is the normal case of Sousa and Bessani, "From Byzantine Consensus to BFT State Machine Replication", EDCC
 * 2012, section IV (Mod-SMaRt over the consensus of Cachin, "Yet Another Visit to Paxos"): PROPOSE, WRITE, ACCEPT, and the
 * next instance begins when this one is decided. One leader, hence one epoch: changes of leaders are left out, and so are
 * votes of several epochs in one proof, which the program lets pass for the same reason.
 *
 * Bounded are instances. Two show a proof of one taken for the other.
 */
import { agreement, type Context, decided, defineProtocol, every, match, type Setting, said } from 'turncoat'

interface State {
  /** The instance that runs here, and what this replica has said in it. */
  instance: number
  written: string | null
  accepted: string | null
}

type Message =
  | { type: 'PROPOSE'; instance: number; value: string }
  | { type: 'WRITE'; instance: number; value: string }
  | { type: 'ACCEPT'; instance: number; value: string }
  /** For whoever missed it: with a quorum of ACCEPTs. */
  | { type: 'DECISION'; instance: number; value: string }

interface ProofOfAnyInstance {
  state: State
  message: Message
  output: { instance: number; decided: string }
  rules: typeof rules
}

type Ctx = Context<ProofOfAnyInstance>

const rules = ({ n, f }: Setting) => ({
  leader: 0,
  /** More than (n + f) / 2: two such quorums share f + 1 replicas, hence a correct one. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** Do the votes of a proof have to be of the instance that it proves? */
  bindsInstance: true,
})

const votes = (type: 'WRITE' | 'ACCEPT', instance: number, value: string) => match<Message>(type, { instance, value })

function write(state: State, value: string, ctx: Ctx): void {
  state.written = value
  ctx.broadcast({ type: 'WRITE', instance: state.instance, value })
}

/** Puts out what was decided, tells whoever asks, and goes on to the next instance. */
function decide(state: State, value: string, ctx: Ctx): void {
  const { instance } = state
  ctx.output({ instance, decided: value })
  ctx.broadcast({ type: 'DECISION', instance, value })
  Object.assign(state, { instance: instance + 1, written: null, accepted: null })
}

export const protocol = defineProtocol<ProofOfAnyInstance>({
  name: 'proof-of-any-instance',
  about: 'Consensus after consensus, as BFT-SMaRt does it, with proofs of what was decided.',
  rules,
  defaults: () => ({ f: 1, b: 1, values: ['a', 'b'], inputs: { 0: ['a', 'b'] }, bounds: { instances: 2 } }),
  /** The last decision leads to an instance that does not begin. */
  within: ({ instance, written, accepted }, { instances }) =>
    instance < instances! || (instance === instances! && written === null && accepted === null),

  init: () => ({ instance: 0, written: null, accepted: null }),

  input(state, value, ctx) {
    if (ctx.self !== ctx.rules.leader || state.written !== null) return
    ctx.broadcast({ type: 'PROPOSE', instance: state.instance, value })
    write(state, value, ctx)
  },

  upon: {
    PROPOSE(state, { instance, value }, ctx) {
      if (ctx.from !== ctx.rules.leader || instance !== state.instance || state.written !== null) return
      write(state, value, ctx)
    },

    WRITE(state, { instance, value }, ctx) {
      if (instance !== state.instance || state.accepted !== null) return
      ctx.need(ctx.rules.quorum, votes('WRITE', instance, value))
      state.accepted = value
      ctx.broadcast({ type: 'ACCEPT', instance, value })
    },

    ACCEPT(state, { instance, value }, ctx) {
      if (instance !== state.instance) return
      ctx.need(ctx.rules.quorum, votes('ACCEPT', instance, value))
      decide(state, value, ctx)
    },

    DECISION(state, { instance, value }, ctx) {
      if (instance === state.instance) decide(state, value, ctx)
    },
  },

  proofs: {
    DECISION: ({ instance, value }, { rules }) =>
      said(rules.quorum, rules.bindsInstance ? votes('ACCEPT', instance, value) : match('ACCEPT', { value })),
  },

  alphabet({ values, bounds: { instances } }) {
    const instance = Array.from({ length: instances! }, (_, i) => i)
    return every({ type: ['PROPOSE', 'WRITE', 'ACCEPT', 'DECISION'], instance, value: values })
  },
})

/** As the program was: the ACCEPTs of a proof have to be for its value, of whatever instance they are. */
export const anyInstance = protocol.variant('any-instance', () => ({ bindsInstance: false }))

/** Each instance is a slot. */
const chosen = ({ instance, decided }: ProofOfAnyInstance['output']) => ({ slot: instance, value: decided })

export const claims = [agreement(chosen), decided(chosen)]
