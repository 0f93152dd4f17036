import { type AnyMessage, canonical, type Json, textOf } from '../model/index.ts'
import { type KnownFields, ShapePath } from './shapes.ts'

/** A message type may have this many messages in full; beyond it, one change at a time. */
export const MOST_PRODUCT = 4_096

/** How the messages of one type were recombined, or `declared` where the protocol lists them itself. */
export type Extent = 'full' | 'full of sets' | 'one change' | 'declared'

/**
 * Messages with their parts exchanged for others that were seen at the same place in a message of the same type: every
 * combination of leaves and shapes where they are few, else everything one change away from a message that was really
 * sent.
 *
 * A Byzantine message that no honest run produces, such as "prepared in a view that never was", is found only this way.
 */
export function recombine(
  messages: readonly AnyMessage[],
  { more = () => [], sets = [] }: Partial<KnownFields> = {},
): { readonly messages: AnyMessage[]; readonly extent: ReadonlyMap<string, Extent> } {
  const all = new Map<string, AnyMessage>(messages.map((message) => [textOf(message), message]))
  const extent = new Map<string, Extent>()
  for (const type of [...new Set(messages.map((message) => message.type))].sort()) {
    const ofType = messages.filter((message) => message.type === type) as unknown as Json[]
    const place = new ShapePath({ more, sets })
    for (const message of ofType) place.see(message)
    place.widen()
    const isFull = place.count(MOST_PRODUCT) <= MOST_PRODUCT
    extent.set(type, !isFull ? 'one change' : place.hasSets() ? 'full of sets' : 'full')
    const byzantineMessages = isFull ? place.full() : ofType.flatMap((message) => [...place.oneChange(message)])
    for (const message of byzantineMessages) all.set(canonical(message), message as never)
  }
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, message]) => message)
  return { messages: sorted, extent }
}
