import { type Replayed, replay as replayTrace } from '../trace/index.ts'
import { type GivenTrace, readGiven } from './given-trace.ts'
import type { TraceOptions } from './options.ts'
import { assertTold } from './told.ts'

export async function replayAgain(given: GivenTrace, options: TraceOptions): Promise<Replayed> {
  assertTold('replay', options)
  const { trace, findSubject } = await readGiven(given, options)
  return replayTrace(trace, findSubject)
}
