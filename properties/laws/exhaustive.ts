/** The plainest search there is, and what other searches owe to it. */
import {
  type AnyMessage,
  type Claim,
  canonical,
  program as inSetting,
  type Program,
  type Protocol,
  runningIds,
  type Steps,
} from '../../src/model/index.ts'
import { apply, brokenBy, configure, enabled, type Offered, type System, start } from '../../src/system/index.ts'

/** `unfinished`: nothing found in as many states as were allowed. */
export type Verdict = 'violated' | 'holds' | 'unfinished'

/** Breadth first over `enabled` and `apply`; the coalition offers everybody all words at any time. */
export function exhaustively(
  program: Program,
  claims: readonly Claim<any>[],
  words: readonly AnyMessage[],
  maxStates: number,
): Verdict {
  const offered: Offered[] = runningIds(program.setting).flatMap((to) =>
    program.setting.byzantine.flatMap((from) => words.map((message) => ({ to, from, message }))),
  )
  const seen = new Set<string>()
  const queue: System[] = [start(program)]
  for (let next = 0; next < queue.length; next++) {
    const before = queue[next]!
    for (const step of enabled(program, before, offered)) {
      const after = apply(program, before, step)
      const key = canonical(after)
      if (seen.has(key)) continue
      if (brokenBy(program, claims, after, before).length > 0) return 'violated'
      if (seen.size >= maxStates) return 'unfinished'
      seen.add(key)
      queue.push(after)
    }
  }
  return 'holds'
}

/** A protocol with its default inputs, lazily or eagerly. */
export function programOf(protocol: Protocol, n: number, byzantine: readonly number[], steps: Steps): Program {
  return { ...inSetting(protocol, configure(protocol, { n, byzantine, steps })[0]!), copies: true }
}
