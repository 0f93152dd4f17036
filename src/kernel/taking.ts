import type { Id } from '../model/index.ts'
import type { AskTable } from '../system/index.ts'
import { SENDERS } from './bits.ts'
import type { Instance } from './instance.ts'

/** Messages chosen for one `take`, each with its sender as one number. */
export type Taken = readonly number[]

/** Chooses messages for a `take` from the matching ones, which come by sender. */
export type Pick = (lists: readonly (readonly number[])[], q: number) => Taken

export const NOTHING_TAKEN: readonly Taken[] = []

/** The first q senders to arrive, with the first message of each: what eager steps take. */
export const firstToArrive: Pick = (lists, q) => lists.slice(0, q).map((list) => list[0]!)

/** Matching messages by sender, in the order in which they came; what it has sent itself comes last. */
export function matching(ask: AskTable, instance: Instance): number[][] {
  const { words, ownWords, truths, byzantine } = instance
  const bySender = new Map<Id, number[]>()
  const add = (word: number): void => {
    const from = word % SENDERS
    if ((ask.mask(Math.floor(word / SENDERS)) & (1 << from)) === 0) return
    // For each step of a search: nothing is called that could be written here.
    const list = bySender.get(from)
    if (list) list.push(word)
    else bySender.set(from, [word])
  }
  for (let i = 0; i < words.length; i++) add(words.values[i]!)
  for (let i = 0; i < ownWords.length; i++) {
    const word = ownWords.values[i]!
    const come = truths.get(Math.floor(word / SENDERS)) | byzantine.get(Math.floor(word / SENDERS))
    if ((come & (1 << (word % SENDERS))) === 0) add(word)
  }
  return [...bySender.values()]
}
