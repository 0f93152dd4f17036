import { resolve } from 'node:path'
import { type Rerun, rerun } from '../cli/commands/trace-facts.ts'
import { readTrace } from '../cli/files/trace-files.ts'
import { Session } from '../cli/flags/session.ts'
import type { Resolved } from '../cli/subjects/resolved.ts'
import type { Io } from '../cli/terminal/io.ts'
import { engines } from '../cli/workers/own-engines.ts'
import { HarnessError, UsageError } from '../model/index.ts'
import type { FindSubject, Trace } from '../trace/index.ts'
import type { TraceOptions } from './options.ts'
import { quietIo } from './quiet-io.ts'
import { subjectOf } from './subject.ts'

/** A trace: from a result, or the path of its file. */
export type GivenTrace = Trace | string

/** A trace that was read, and by which protocols it is to be understood. */
export interface ReadTrace {
  readonly trace: Trace
  readonly findSubject: FindSubject
  readonly session: Session
}

/** The names of the options that say what a trace is about. */
export const ABOUT_TRACE: readonly (keyof Required<TraceOptions>)[] = ['subject', 'claims']

/** Reads a trace. A trace never says which file to load: the caller does. */
export async function readGiven(
  given: GivenTrace,
  { subject, claims }: TraceOptions,
  io: Io = quietIo({}),
): Promise<ReadTrace> {
  const trace = typeof given === 'string' ? await readTrace(given, resolve('.')) : given
  const loaded: Resolved | undefined =
    subject === undefined ? undefined : await subjectOf(subject, claims ? { claims } : {})
  const session = new Session(io, engines, { loaded, named: [], bounded: [] }, () => {
    throw new HarnessError('the library runs no command lines')
  })
  return { trace, findSubject: await session.finder(loaded?.asked), session }
}

/**
 * The same, run again.
 * @throws UsageError where the run of today is another one
 */
export async function rerunGiven(given: GivenTrace, options: TraceOptions): Promise<Rerun> {
  const { trace, findSubject } = await readGiven(given, options)
  const one = rerun(trace, findSubject)
  if (one.replayed.reproduced) return one
  const { step, why, next } = one.replayed.divergence
  throw new UsageError(`the trace does not replay: it diverges at step ${step}: ${why}`, `find it again: ${next}`)
}
