/**
 * Binary agreement with a common coin, asynchronous, without signatures, n > 3f: what HoneyBadger's agreement on one bit is.
 *
 * Achour Mostéfaoui, Hamouma Moumen and Michel Raynal, "Signature-Free Asynchronous Byzantine Consensus with t < n/3 and
 * O(n²) Messages", PODC 2014, figures 1 and 2, cited by their line numbers (BV for figure 1). Their EST is BVAL here, as in
 * HoneyBadger. The coin is a participant (`commonCoin`), which falls once f + 1 have asked for it.
 *
 * Safe as published; but whoever sees the coin before the last correct replica has fixed its values can choose them
 * against it, in every round, for ever (E. MacBrough, 2018, in issue 59 of amiller/HoneyBadgerBFT). The variant `conf` has
 * the repair of that issue: one more exchange, of the values, before the coin.
 *
 * Replicas help with the BVALs of rounds that they have left. They go on after deciding, as in the paper. Bounded are
 * rounds. For safety two are enough for all that the proof rests on: one in which somebody decides, and the next, in which
 * the others find that value alone.
 */
import {
  type CoinAsked,
  type CoinFell,
  type CommonCoinState,
  type Context,
  coinId,
  commonCoin,
  defineProtocol,
  match,
  range,
  type Setting,
} from '../model/index.ts'

interface State {
  /** Rounds count from 1; 0 before the input. */
  round: number
  estimate: string | null
  /** The BVALs that it has sent, by round and value, in order. */
  sent: { round: number; value: string }[]
  /** The paper's bin_values of this round, in order. */
  bin: string[]
  /** The values that it goes to the coin with, once they are fixed. */
  values: string[] | null
  /** Has it asked for this round's coin? */
  isAsking: boolean
  decided: string | null
}

type Message =
  | { type: 'BVAL'; round: number; value: string }
  | { type: 'AUX'; round: number; value: string }
  | { type: 'CONF'; round: number; values: string[] }
  | CoinAsked
  | CoinFell

export interface Mmr14 {
  state: State
  message: Message
  output: { decided: string }
  note: { round: number; estimate: string }
  coin: 'common'
  client: CommonCoinState
  toClients: 'ASK_COIN'
  rules: typeof rules
}

type Ctx = Context<Mmr14>

const rules = ({ n, f, values }: Setting) => ({
  /** What the two sides of the coin stand for. */
  sides: [values[0] ?? '0', values[1] ?? values[0] ?? '1'] as const,
  /** One of f + 1 is correct: what only Byzantine replicas send is not passed on. */
  relayQuorum: f + 1,
  /** f + 1 of 2f + 1 are correct, and make every correct replica pass it on: it will be in everybody's bin. */
  acceptQuorum: 2 * f + 1,
  /** All that can be waited for: f may be silent. */
  wait: n - f,
  /** Must be asked for the coin before it falls: one of them is correct. */
  coinQuorum: f + 1,
  /** Are the values exchanged before the coin? If so, which does a replica send? */
  confirms: null as 'values' | 'bin' | null,
})

const bvals = (round: number, value: string) => match<Message>('BVAL', { round, value })
/** AUXs that count: of values that are in the bin. */
const auxIn = (round: number, bin: readonly string[]) => (message: Message) =>
  message.type === 'AUX' && message.round === round && bin.includes(message.value)
const confIn = (round: number, bin: readonly string[]) => (message: Message) =>
  message.type === 'CONF' &&
  message.round === round &&
  message.values.length > 0 &&
  message.values.every((value) => bin.includes(value))

/** In order, each once. */
const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort()

/** Sends a BVAL, once. */
function say(state: State, round: number, value: string, ctx: Ctx): void {
  state.sent.push({ round, value })
  state.sent.sort((x, y) => x.round - y.round || (x.value < y.value ? -1 : 1))
  ctx.broadcast({ type: 'BVAL', round, value })
}

const hasSaid = ({ sent }: State, round: number, value: string): boolean =>
  sent.some((one) => one.round === round && one.value === value)

/** Lines 2 to 4. */
function enterRound(state: State, round: number, estimate: string, ctx: Ctx): void {
  Object.assign(state, { round, estimate, bin: [], values: null, isAsking: false })
  ctx.note({ round, estimate })
  say(state, round, estimate, ctx)
}

function askCoin(state: State, ctx: Ctx): void {
  state.isAsking = true
  ctx.send(coinId(ctx), { type: 'ASK_COIN', round: state.round })
}

export const mmr14 = defineProtocol<Mmr14>({
  name: 'mmr14',
  about: 'Binary agreement with a common coin (Mostéfaoui, Moumen and Raynal, 2014), as published.',
  rules,
  auth: 'channels',
  defaults: (n) => {
    const f = Math.max(0, Math.floor((n - 1) / 3))
    const values = ['0', '1']
    const inputs = Object.fromEntries(range(n).map((id) => [id, values]))
    return { f, b: f, clients: 1, values, inputs, bounds: { rounds: 2 } }
  },
  // The last round ends as the next one begins.
  within: ({ round, sent }, { rounds }) =>
    round <= rounds! || (round === rounds! + 1 && sent.filter((one) => one.round === round).length === 1),
  viewOf: ({ round }) => round,
  sets: ['values'],

  init: () => ({ round: 0, estimate: null, sent: [], bin: [], values: null, isAsking: false, decided: null }),

  input(state, value, ctx) {
    if (state.round !== 0) return
    enterRound(state, 1, value, ctx)
  },

  upon: {
    BVAL: [
      function relay(state, { round, value }, ctx) {
        if (round < 1 || round > state.round || hasSaid(state, round, value)) return
        ctx.need(ctx.rules.relayQuorum, bvals(round, value)) // BV 3
        say(state, round, value, ctx)
      },
      function accept(state, { round, value }, ctx) {
        if (round < 1 || round !== state.round || state.bin.includes(value)) return
        ctx.need(ctx.rules.acceptQuorum, bvals(round, value)) // BV 4
        if (state.bin.length === 0) ctx.broadcast({ type: 'AUX', round, value }) // 5
        state.bin = sorted([...state.bin, value])
      },
    ],

    AUX(state, { round }, ctx) {
      const { bin } = state
      if (round !== state.round || bin.length === 0 || state.values !== null) return
      const { wait, confirms } = ctx.rules
      const values = ctx.take(wait, auxIn(round, bin), (chosen) =>
        sorted(chosen.flatMap((message) => (message.type === 'AUX' ? [message.value] : []))),
      ) // 6
      state.values = values
      if (confirms === null) askCoin(state, ctx)
      else ctx.broadcast({ type: 'CONF', round, values: confirms === 'bin' ? bin : values })
    },

    /** No line of the paper: the repair. */
    CONF(state, { round }, ctx) {
      const { bin } = state
      if (ctx.rules.confirms === null || round !== state.round || state.values === null || state.isAsking) return
      state.values = ctx.take(ctx.rules.wait, confIn(round, bin), (chosen) =>
        sorted(chosen.flatMap((message) => (message.type === 'CONF' ? message.values : []))),
      )
      askCoin(state, ctx)
    },

    COIN(state, { round, side }, ctx) {
      if (ctx.from !== coinId(ctx) || round !== state.round || !state.isAsking) return
      const fell = ctx.rules.sides[side]
      const [value = fell, ...others] = state.values ?? []
      const isOne = others.length === 0
      if (isOne && value === fell && state.decided === null) {
        state.decided = value // 8
        ctx.output({ decided: value })
      }
      enterRound(state, round + 1, isOne ? value : fell, ctx) // 7 to 9
    },
  },

  client: commonCoin<Mmr14>(({ coinQuorum }) => coinQuorum),
})

export const conf = mmr14.variant('conf', () => ({ confirms: 'values' }), {
  about: 'One more exchange, of the values, before the coin: the repair.',
})
export const lateCoin = mmr14.variant('late-coin', ({ n }) => ({ coinQuorum: n }), {
  about: 'The coin falls when all have asked for it, so that the values of all correct replicas are fixed.',
})
export const confBinValues = mmr14.variant('conf-bin-values', () => ({ confirms: 'bin' }), {
  about: 'The exchange before the coin is of all that could have become a value.',
})
