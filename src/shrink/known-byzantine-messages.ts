import { universe } from '../adversary/index.ts'
import { type Program, textOf } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import { coalitionWords } from './coalition.ts'

/**
 * Is all that the coalition sends in these steps in the universe of messages, as far as that is explored? What is not
 * in it, no exhaustive search looks at.
 */
export function knownByzantineMessages(
  program: Program,
  steps: readonly Step[],
  limits: { maxMessages: number; maxCalls: number },
) {
  const byzantineMessages = coalitionWords(program, steps)
  if (byzantineMessages.length === 0) return true
  const known = new Set(universe({ ...program, copies: true }, limits).messages.map(textOf))
  return byzantineMessages.every(({ message }) => known.has(textOf(message)))
}
