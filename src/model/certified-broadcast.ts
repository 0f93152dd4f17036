/**
 * Certified broadcast, as participants of its own: each replica has a channel, a client that nobody corrupts unless a setting
 * says so. Whatever a replica hands to its channel for a slot, the first that comes is what all replicas get, and the only
 * one. So nobody, Byzantine or not, has two different messages delivered in one slot.
 *
 * Like the common coin it is a reducer, which every engine, trace and picture knows already. A certificate that the
 * channel stands for (a quorum has signed this and nothing else in this slot) would be as many messages more as there are
 * replicas. What is not promised: that a message is delivered to all if it is to one. It may be late for ever.
 */
import type { ClientDefinition } from './declaration.ts'
import type { AnyMessage, MessageOf } from './message.ts'
import type { Id } from './setting.ts'
import type { RulesOf, Types } from './types.ts'

/** The state of a channel: the slots in which it has delivered something, ascending. */
export interface ChannelState {
  slots: number[]
}

interface WithChannels extends Types {
  client: ChannelState
  toClients: string
}

/** The id of a replica's channel: to whom it hands its messages, and from whom everybody gets them. */
export function channelOf({ n }: { readonly n: number }, replica: Id): Id {
  return n + replica
}

interface Channel<T extends WithChannels, K extends T['toClients']> {
  /** The type of what replicas hand over. Its slots are whole numbers. */
  readonly takes: K
  readonly slotOf: (message: MessageOf<T['message'], K>) => number
  /** What all replicas get of it. */
  readonly gives: (message: MessageOf<T['message'], K>, by: Id) => T['message']
  /** Is it certified? A variant in which it is not delivers whatever comes, as a plain broadcast does. */
  readonly isCertified?: (rules: RulesOf<T>) => boolean
}

/** Channels as the `client` of a protocol, which declares `clients: n` among its defaults. */
export function certifiedBroadcast<T extends WithChannels, K extends T['toClients']>(
  channel: Channel<T, K>,
): ClientDefinition<T> {
  const { takes, slotOf, gives, isCertified = () => true } = channel
  const deliver = (state: ChannelState, message: MessageOf<T['message'], K>, ctx: any): void => {
    const by = ctx.self - ctx.n
    const slot = slotOf(message)
    if (ctx.from !== by || !Number.isSafeInteger(slot)) return
    if (isCertified(ctx.rules)) {
      if (state.slots.includes(slot)) return
      state.slots = [...state.slots, slot].sort((a, b) => a - b)
    }
    ctx.broadcast(gives(message, by) as AnyMessage)
  }
  return { init: () => ({ slots: [] }), upon: { [takes]: deliver } } as unknown as ClientDefinition<T>
}
