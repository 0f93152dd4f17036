/**
 * Agreement with strong unanimity from authenticated broadcast: everybody broadcasts its value, all broadcasts run side by
 * side, and what most of them bring is decided. Synchronous rounds and signatures. The broadcast works for any f < n; that
 * what all correct replicas propose is decided takes n > 2f, because the Byzantine ones broadcast too.
 *
 * Danny Dolev and H. Raymond Strong, "Authenticated algorithms for Byzantine agreement", SIAM Journal on Computing 12(4),
 * 1983: dolev-strong.ts, whose chains these are. The first signer of a chain says to which broadcast it belongs.
 */
import { all, defineLockstep, range, type Setting, UsageError } from '../model/index.ts'
import { type Chain, signed } from './dolev-strong.ts'

interface State {
  sent: boolean
  /** By sender: what was extracted in its broadcast, sorted. Two are enough to know that it is Byzantine. */
  extracted: string[][]
}

type Message = { type: 'RELAY'; chains: Chain[] }

export interface ParallelDolevStrong {
  state: State
  message: Message
  output: { decided: string }
  rules: typeof rules
}

/** What a broadcast brings in which nothing was sent, or two values; and what is decided where no value has a majority. */
const DEFAULT = 'default'
/** Beyond one fault there are too many sets of chains to go through. */
const MOST_FAULTS = 1

const rules = ({ n, f }: Setting) => ({
  /** With f + 1 signatures in the last round, one signer is correct and has sent it to all in time. */
  rounds: f + 1,
  /** More than half of the broadcasts: with n > 2f those of correct replicas are so many. */
  majority: Math.floor(n / 2) + 1,
})

/** Every set of chains that can be sent in the first two rounds: of anybody's values, with one signature at most. */
function* sets(chains: readonly Chain[]): Generator<Chain[]> {
  for (const bits of range(2 ** chains.length).slice(1)) yield chains.filter((_, i) => (bits >> i) % 2 === 1)
}

const before = (one: Chain, other: Chain): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)

export const parallelDolevStrong = defineLockstep<ParallelDolevStrong>({
  name: 'parallel-dolev-strong',
  about: 'Agreement by n broadcasts of Dolev and Strong (1983) side by side, n > 2f.',
  rules,
  auth: 'signatures',
  selfDelivery: 'none',
  defaults: (n) => {
    const f = Math.min(MOST_FAULTS, Math.max(0, Math.floor((n - 1) / 2)))
    return { f, b: f, values: ['a', 'b'], inputs: 'any', bounds: {} }
  },
  rounds: ({ rounds }) => rounds,

  alphabet({ n, f, values }) {
    if (f > MOST_FAULTS) throw new UsageError(`too many chains for f = ${f}`, `choose f = ${MOST_FAULTS}`)
    const signers = [[], ...(f > 0 ? range(n).map((id) => [id]) : [])]
    const chains = values.flatMap((value) => signers.map((some) => ({ value, signers: some })))
    return [...sets(chains.sort(before))].map((some) => ({ type: 'RELAY' as const, chains: some }))
  },

  init: ({ n }) => ({ sent: false, extracted: range(n).map(() => []) }),

  input(state, value, ctx) {
    if (state.sent) return
    state.sent = true
    state.extracted[ctx.self]!.push(value)
    ctx.broadcast({ type: 'RELAY', chains: [{ value, signers: [] }] })
  },

  round(state, inbox, ctx) {
    const { round, self, rules } = ctx
    const fresh: Chain[] = []
    for (const { from, message } of inbox) {
      for (const { value, signers: earlier } of message.chains) {
        const signers = [...earlier, from]
        const extracted = state.extracted[signers[0]!]
        // A signer that is nobody has broadcast nothing.
        if (!extracted || extracted.length >= 2 || extracted.includes(value)) continue
        if (signers.length !== round || new Set(signers).size < signers.length || signers.includes(self)) continue
        extracted.push(value)
        fresh.push({ value, signers })
      }
    }
    for (const list of state.extracted) list.sort()
    if (round < rules.rounds && fresh.length > 0) ctx.broadcast({ type: 'RELAY', chains: fresh.sort(before) })
    if (round === rules.rounds) ctx.output({ decided: most(state, rules.majority) })
  },

  proofs: { RELAY: ({ chains }) => all(chains.filter(({ signers }) => signers.length > 0).map(signed)) },
})

/** What so many broadcasts bring. */
function most({ extracted }: State, majority: number): string {
  const brought = extracted.map((values) => (values.length === 1 ? values[0]! : DEFAULT))
  return brought.find((value) => brought.filter((other) => other === value).length >= majority) ?? DEFAULT
}

/** A round less: a chain that is shown to one replica in the last round reaches nobody else. */
export const fRounds = parallelDolevStrong.variant('f-rounds', ({ f }) => ({ rounds: f }))
