import { HarnessError } from '../model/index.ts'

/** Masks are 32-bit integers: participants beyond this many are not supported by the engines that use tables. */
export const MOST_PARTICIPANTS = 30
/** Room for the number of a participant in a key. */
export const IDS = 64

/**
 * Two numbers in one, for a key: the second is below `room`.
 * @throws HarnessError where it is not, or where there is no room left: two keys would be one
 */
export function packed(high: number, low: number, room: number): number {
  const key = high * room + low
  if (low >= 0 && low < room && Number.isSafeInteger(key)) return key
  throw new HarnessError(`${low} after ${high} does not fit into a key with room for ${room}`)
}
