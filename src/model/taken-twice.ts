import type { Ask } from './context.ts'
import type { AnyMessage } from './message.ts'
import { range } from './setting.ts'

/** What a `take` was handed. */
export interface TakenBefore {
  readonly ask: Ask
  readonly chosen: readonly AnyMessage[]
}

export const TAKE_ONCE = 'take once, and let the summary hold all that the rule needs; or let no message match both'

/**
 * A message that a `take` was handed, and that one before it in the same run of its rule could have been handed, too. A
 * step names the messages that its rule asks for in one list: it cannot say which of them is meant for which `take`.
 */
export function takenTwice(
  before: readonly TakenBefore[],
  last: TakenBefore,
  participants: number,
): AnyMessage | undefined {
  for (const one of before) {
    if (one.ask.role !== last.ask.role) continue
    const matches = (message: AnyMessage, from: number): boolean =>
      one.ask.match(message, from) && last.ask.match(message, from)
    const both = [...one.chosen, ...last.chosen].find((message) =>
      range(participants).some((from) => matches(message, from)),
    )
    if (both) return both
  }
  return undefined
}
