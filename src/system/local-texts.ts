/** Texts under which local states are known. */
import { canonical, type Local, plainText, textOf } from '../model/index.ts'

/** The text of a local state. Its largest part is mostly known already. */
export function localText({ state, timers, coins, timeouts, threw }: Local): string {
  const text = typeof state === 'object' && state !== null ? textOf(state) : canonical(state)
  return `${text} ${timers} ${coins} ${timeouts} ${threw}`
}

/** The same, with the state's keys as they are: a state made of another by a rule mostly has its keys in its order. */
export function quickText({ state, timers, coins, timeouts, threw }: Local): string {
  const text = typeof state === 'object' && state !== null ? plainText(state) : canonical(state)
  return `${text} ${timers} ${coins} ${timeouts} ${threw}`
}
