/**
 * Authenticated broadcast: one replica sends a value, and all correct replicas decide the same; if the sender is
 * correct, its value. Synchronous rounds and signatures, any f < n.
 *
 * Danny Dolev and H. Raymond Strong, "Authenticated algorithms for Byzantine agreement", SIAM Journal on Computing
 * 12(4), 1983.
 *
 * A chain is a value with the signatures of different replicas, the sender's first. In round k a replica extracts a value
 * with k signatures, adds its own, and passes it on. A value that one correct replica extracts in the last round has f + 1
 * signatures, one of them of a correct replica, which has passed it on to all.
 */
import { all, defineLockstep, type Id, range, type Setting, said, UsageError } from '../model/index.ts'

/** A value and who signed it, in order. Whoever sends it signs it too, as the last one. */
export interface Chain {
  value: string
  signers: Id[]
}

interface State {
  sent: boolean
  /** Sorted. Two are enough to know that the sender is Byzantine. */
  extracted: string[]
}

type Message = { type: 'RELAY'; chains: Chain[] }

export interface DolevStrong {
  state: State
  message: Message
  output: { decided: string }
  rules: typeof rules
}

const SENDER = 0
/** Orders of signing beyond which nobody can go through the alphabet: it has pairs of them. */
const MOST_SIGNINGS = 60
/** What is decided where the sender sent nothing, or two values. */
const DEFAULT = 'default'

const rules = ({ f }: Setting) => ({
  /** With f + 1 signatures in the last round, one signer is correct and has sent it to all in time. */
  rounds: f + 1,
  /** Signatures that a chain needs in a round, one for each round: nobody can hold a value back and bring it late. */
  signatures: (round: number) => round,
  /** Are extracted values passed on? */
  relays: true,
  /** Must the sender's signature be the first? */
  senderFirst: true,
})

/** The signature of a chain's last signer: it has sent the shorter chain. */
export const signed = ({ value, signers }: Chain) => {
  const earlier = signers.length - 1
  const isShorter = (chain: Chain): boolean =>
    chain.value === value && chain.signers.length === earlier && chain.signers.every((id, i) => id === signers[i])
  return said<Message>(1, ({ chains }, from) => from === signers[earlier] && chains.some(isShorter))
}

/** Every order in which up to so many replicas can have signed. */
function signings(n: number, most: number, senderFirst: boolean): Id[][] {
  const lists: Id[][] = [[]]
  for (const list of lists) {
    if (list.length >= most) continue
    const next = senderFirst && list.length === 0 ? [SENDER] : range(n)
    for (const id of next) if (!list.includes(id)) lists.push([...list, id])
    if (lists.length > MOST_SIGNINGS) {
      throw new UsageError(
        `more than ${MOST_SIGNINGS} chains of ${most} among ${n} signers`,
        'choose a smaller f, or n',
      )
    }
  }
  return lists
}

export const dolevStrong = defineLockstep<DolevStrong>({
  name: 'dolev-strong',
  about: 'Authenticated broadcast of Dolev and Strong (1983).',
  rules,
  auth: 'signatures',
  selfDelivery: 'none',
  defaults: (n) => {
    // Beyond f = 2 there are soon more chains than one can list.
    const f = Math.max(0, Math.min(2, Math.floor((n - 1) / 3)))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: {} }
  },
  rounds: ({ rounds }) => rounds,

  // One chain for each of two values is all that anybody needs to send, and a chain that is too long is never read.
  *alphabet({ n, values, rules: { rounds, senderFirst } }): Generator<Message> {
    const orders = signings(n, rounds - 1, senderFirst)
    const sorted = [...values].sort()
    for (const [i, value] of sorted.entries()) {
      for (const signers of orders) {
        const one: Chain = { value, signers }
        yield { type: 'RELAY', chains: [one] }
        for (const other of sorted.slice(i + 1)) {
          for (const more of orders) yield { type: 'RELAY', chains: [one, { value: other, signers: more }] }
        }
      }
    }
  },

  init: () => ({ sent: false, extracted: [] }),

  input(state, value, ctx) {
    if (ctx.self !== SENDER || state.sent) return
    state.sent = true
    state.extracted.push(value)
    ctx.broadcast({ type: 'RELAY', chains: [{ value, signers: [] }] })
  },

  round(state, inbox, ctx) {
    const { round, self } = ctx
    const { rounds, signatures, senderFirst, relays } = ctx.rules
    const fresh: Chain[] = []
    for (const { from, message } of inbox) {
      for (const { value, signers: before } of message.chains) {
        const signers = [...before, from]
        if (state.extracted.length >= 2 || state.extracted.includes(value)) continue
        // In round k nobody but Byzantine replicas working together can have more than k signatures.
        if (signers.length < signatures(round) || signers.length > round) continue
        if (new Set(signers).size < signers.length) continue
        if (signers.includes(self) || (senderFirst && signers[0] !== SENDER)) continue
        state.extracted.push(value)
        fresh.push({ value, signers })
      }
    }
    state.extracted.sort()
    fresh.sort((a, b) => (a.value < b.value ? -1 : 1))
    if (relays && round < rounds && fresh.length > 0) ctx.broadcast({ type: 'RELAY', chains: fresh })
    if (round === rounds) ctx.output({ decided: state.extracted.length === 1 ? state.extracted[0]! : DEFAULT })
  },

  proofs: { RELAY: ({ chains }) => all(chains.filter(({ signers }) => signers.length > 0).map(signed)) },
})

export const fRounds = dolevStrong.variant('f-rounds', ({ f }) => ({ rounds: f }))
export const shortChain = dolevStrong.variant('short-chain', () => ({
  signatures: (round) => Math.max(1, round - 1),
}))
export const noRelay = dolevStrong.variant('no-relay', () => ({ relays: false }))
export const senderOptional = dolevStrong.variant('sender-optional', () => ({ senderFirst: false }))
