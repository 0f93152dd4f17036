import type { Id, Program } from '../../model/index.ts'

/** A message that a question matches, and the participants who can have sent it, as a bit mask. */
export interface Matching {
  readonly message: number
  readonly senders: number
}

/** Does a participant's own broadcast count when its rules ask? */
export function ownCounts({ protocol }: Program): boolean {
  return protocol.definition.selfDelivery !== 'none'
}

/**
 * Every choice of `q` messages, with repetition and without order, that `q` distinct senders can have sent. The
 * messages of a choice are ascending.
 */
export function* choicesAmong(matching: readonly Matching[], q: number): Generator<readonly number[]> {
  const chosen: number[] = []
  function* from(index: number, groups: number[]): Generator<readonly number[]> {
    if (chosen.length === q) {
      yield [...chosen]
      return
    }
    for (let i = index; i < matching.length; i++) {
      const more = [...groups, matching[i]!.senders]
      if (!haveDistinctSenders(more)) continue
      chosen.push(matching[i]!.message)
      yield* from(i, more)
      chosen.pop()
    }
  }
  yield* from(0, [])
}

/** Can one sender be named for each of the masks, no sender twice? */
export function haveDistinctSenders(masks: readonly number[], index = 0, taken = 0): boolean {
  if (index === masks.length) return true
  for (let left = masks[index]! & ~taken; left !== 0; left &= left - 1) {
    if (haveDistinctSenders(masks, index + 1, taken | (left & -left))) return true
  }
  return false
}

/** The ids in a mask, ascending. */
export function idsIn(mask: number): Id[] {
  const ids: Id[] = []
  for (let id = 0; mask >> id !== 0; id++) if (mask & (1 << id)) ids.push(id)
  return ids
}
