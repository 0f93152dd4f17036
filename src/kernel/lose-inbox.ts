import { SENDERS } from './bits.ts'
import type { Instance } from './instance.ts'

/** Where arrivals are steps: what has come is lost when a replica restarts. Its own broadcasts are not. */
export function loseInbox(instance: Instance): void {
  const { truths, byzantine, evidence, words, ownWords, id } = instance
  for (const masks of [truths, byzantine, evidence]) masks.reset()
  words.clear()
  instance.hasByzantine = false
  for (let i = 0; i < ownWords.length; i++) evidence.or(Math.floor(ownWords.values[i]! / SENDERS), 1 << id)
}
