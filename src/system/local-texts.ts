import { type Local, plainText, textOfTallies } from '../model/index.ts'

/** The text under which a local state is known. Its largest part is mostly known already. */
export function localText({ state, timers, coins, timeouts, threw, tallies }: Local): string {
  return `${plainText(state as object)} ${timers} ${coins} ${timeouts} ${threw} ${tallies && textOfTallies(tallies)}`
}
