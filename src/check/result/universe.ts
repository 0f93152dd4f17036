/** What the coalition might send, before anything is closed or searched. */
import { universe, unsaid } from '../../adversary/universe.ts'
import type { AnyMessage, Program } from '../../model/index.ts'
import type { UniverseReport } from './result.ts'

/** Reducer calls that go into the universe apart from the search; beyond, it is closed together with the search. */
const APART_CALLS = 20_000

export interface Words {
  readonly messages: readonly AnyMessage[]
  /** Those that a correct replica was seen to send. */
  readonly said: readonly AnyMessage[]
  readonly report: UniverseReport
  /** Was something left out that closing it here would not find? */
  readonly leftOut?: boolean | undefined
}

/** Everything that the coalition might send, if there is one. */
export function universeOf(
  program: Program,
  maxMessages: number,
  onProgress: (messages: number) => boolean | undefined,
): Words {
  if (program.setting.byzantine.length === 0) {
    return { messages: [], said: [], report: { messages: 0, closed: true, extent: {} } }
  }
  const { messages, said, closed, extent, leftOut } = universe(program, {
    maxMessages,
    maxCalls: APART_CALLS,
    onProgress,
  })
  const report = { messages: messages.length, closed, inputs: 'all' as const, extent: Object.fromEntries(extent) }
  return { messages, said, report, leftOut }
}

/** The universe as a result tells of it. */
export function reported(program: Program, { messages, report }: Words): UniverseReport {
  return messages.length > 0 ? { ...report, unsaid: unsaid(program, messages) } : report
}
