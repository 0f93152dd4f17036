import {
  type ClientDefinition,
  type CoinAsked,
  type CoinFell,
  type CommonCoinState,
  coinId,
  commonCoin,
  defineProtocol,
  invariant,
  nameOf,
  range,
  type Setting,
} from '../../src/model/index.ts'

/** Everybody who is asked to asks for the coin, twice, and puts out how it fell. */
export interface Toss {
  state: { asked: number; knows: number }
  message: CoinAsked | CoinFell
  output: { round: number; side: 0 | 1 }
  coin: 'common'
  client: CommonCoinState
  toClients: 'ASK_COIN'
  rules: typeof rules
}

const rules = ({ f, bounds }: Setting) => ({ enough: f + 1, rounds: bounds['rounds'] ?? 1 })

/** The coin; or a twin of it, that is none. */
export const toss = (client: ClientDefinition<Toss> = commonCoin<Toss>(({ enough }) => enough)) =>
  defineProtocol<Toss>({
    name: 'toss',
    about: 'Looks at the coin.',
    rules,
    auth: 'channels',
    defaults: (n) => ({
      ...{ f: 1, b: 1, clients: 1, values: ['x'], bounds: { rounds: 1 } },
      inputs: Object.fromEntries(range(n).map((id) => [id, ['x']])),
    }),
    init: () => ({ asked: 0, knows: 0 }),
    input(state, _, ctx) {
      if (state.asked !== state.knows || state.asked >= ctx.rules.rounds) return
      state.asked += 1
      ctx.send(coinId(ctx), { type: 'ASK_COIN', round: state.asked })
    },
    upon: {
      COIN(state, { round, side }, ctx) {
        if (ctx.from !== coinId(ctx) || round !== state.knows + 1 || round > state.asked) return
        state.knows = round
        ctx.output({ round, side })
      },
    },
    client,
  })

export const early = toss(commonCoin<Toss>(({ enough }) => enough - 1))

/** Tells the first replica the one side and the others the other. */
export const twoFaced = toss({
  ...commonCoin<Toss>(({ enough }) => enough),
  coin: {
    common(state, side, ctx) {
      state.isTossed = false
      state.fell += 1
      for (const id of range(ctx.n))
        ctx.send(id, { type: 'COIN', round: state.fell, side: id === 0 ? side : side === 0 ? 1 : 0 })
    },
  },
})

type Output = Toss['output'] | { note: never }

/** One side a round, for all. */
const common = invariant<Output>({ name: 'common', about: 'The coin falls once a round, for all.' }, ({ outputs }) => {
  const fell = outputs.flatMap(({ at, output }) => ('side' in output ? [{ at, ...output }] : []))
  for (const one of fell) {
    const other = fell.find(({ round, side }) => round === one.round && side !== one.side)
    if (other) return `${one.at} and ${other.at} saw different sides in round ${one.round}`
  }
  return undefined
})

/** Nobody learns how it fell before a correct replica has asked, whoever else has. */
const hidden = invariant<Output>(
  { name: 'hidden', about: 'The coin falls after f + 1 have asked.', reads: ['soup'] },
  ({ soup, setting, correct }) => {
    const coin = coinId(setting)
    for (const { message } of soup.filter(({ from, message }) => from === coin && message.type === 'COIN')) {
      const { round } = message as CoinFell
      const asked = soup.filter(({ from, message: word }) => {
        return (
          from < setting.n && correct.includes(from) && word.type === 'ASK_COIN' && (word as CoinAsked).round === round
        )
      })
      if (new Set(asked.map(({ from }) => from)).size + setting.byzantine.length > setting.f) continue
      return `${nameOf(coin, setting.n)} fell in round ${round}, and ${asked.length} correct replicas have asked`
    }
    return undefined
  },
)

/** Each is broken: it may fall on either side. */
const never = ([0, 1] as const).map((side) =>
  invariant<Output>({ name: `never-${side}`, about: `It does not fall on ${side}.` }, ({ outputs, setting }) => {
    const one = outputs.find(({ output }) => 'side' in output && output.side === side)
    return one && `${nameOf(one.at, setting.n)} saw ${side}`
  }),
)

export const coinClaims = [common, hidden, ...never]
