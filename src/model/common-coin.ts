/**
 * A common coin, as a participant of its own: the client with the lowest id, which nobody corrupts unless a setting
 * says so.
 *
 * It is a reducer like any other, so every engine, every trace and every picture knows it already. What a coin must be
 * follows from what a participant is: how it falls is a step of the schedule and in nobody's state before, so that no
 * adversary knows it, and a search tries both sides; it sends once how it fell in a round, to all. Whoever asks
 * receives it, Byzantine replicas included, which count among those who have asked.
 */
import type { ClientDefinition } from './declaration.ts'
import { match } from './message.ts'
import type { Id } from './setting.ts'
import type { RulesOf, Types } from './types.ts'

/** The state of the coin: it falls once a round, in the order of rounds. */
export interface CommonCoinState {
  /** The last round that it fell in; 0 before the first. */
  fell: number
  isTossed: boolean
}

/** What replicas send to the coin. Rounds count from 1. */
export interface CoinAsked {
  type: 'ASK_COIN'
  round: number
}

/** What the coin sends to all replicas. */
export interface CoinFell {
  type: 'COIN'
  round: number
  side: 0 | 1
}

/** What a protocol with a common coin has among its types. */
interface WithCommonCoin extends Types {
  coin: 'common'
  client: CommonCoinState
  toClients: 'ASK_COIN'
}

/** The same, of a protocol that has nothing else. */
interface OnlyCoin extends WithCommonCoin {
  message: CoinAsked | CoinFell
}

/** The id of the coin: the first client. A replica that receives it checks `ctx.from`. */
export function coinId({ n }: { readonly n: number }): Id {
  return n
}

/**
 * A coin as the `client` of a protocol, which declares `clients: 1` among its defaults. Replicas ask for it by
 * `ctx.send(coinId(ctx), { type: 'ASK_COIN', round })`.
 *
 * @param enough how many must have asked before it falls: with f + 1 of them a correct one has
 */
export function commonCoin<T extends WithCommonCoin>(enough: (rules: RulesOf<T>) => number): ClientDefinition<T> {
  const client: ClientDefinition<OnlyCoin> = {
    init: () => ({ fell: 0, isTossed: false }),
    upon: {
      ASK_COIN(state, { round }, ctx) {
        if (ctx.self !== coinId(ctx) || state.isTossed || round !== state.fell + 1) return
        ctx.need(enough(ctx.rules as RulesOf<T>), match<CoinAsked | CoinFell>('ASK_COIN', { round }))
        state.isTossed = true
        ctx.flip('common')
      },
    },
    coin: {
      common(state, side, ctx) {
        state.isTossed = false
        state.fell += 1
        ctx.broadcast({ type: 'COIN', round: state.fell, side })
      },
    },
  }
  return client as unknown as ClientDefinition<T>
}
