import { type FuzzFlags, fuzzCommand, searchRequest } from '../cli/commands/fuzz.ts'
import { searchAndShrink } from '../cli/commands/search.ts'
import { type ClaimReport, type FuzzReport, fuzzText } from '../report/text/fuzz-report.ts'
import type { Trace } from '../trace/index.ts'
import { askedSearch, KeptTraces } from './asked.ts'
import type { FuzzOptions } from './options.ts'
import type { SubjectLike } from './subject-like.ts'

/** The result for one claim. */
export interface ClaimFuzzed extends Omit<ClaimReport, 'trace' | 'kept'> {
  /** The violation, after shrinking. */
  readonly trace?: Trace
  /** The file that it was saved in, if `out` was given. */
  readonly saved?: string
}

/** The result of `fuzz`. */
export interface FuzzOutcome extends Omit<FuzzReport, 'claims'> {
  readonly claims: readonly ClaimFuzzed[]
  /** What ended it before all runs were made, or null. */
  readonly stoppedBy: 'time' | 'signal' | null
  /** The report, as the command line prints it. */
  readonly text: string
}

export async function fuzzSubject(given: SubjectLike, options: FuzzOptions): Promise<FuzzOutcome> {
  const asked = await askedSearch<FuzzFlags>(given, options, fuzzCommand)
  const traces = new KeptTraces(asked, given)
  const { io, session, flags } = asked
  try {
    const asks = searchRequest(asked, session.engines.certifies)
    // What is given as an object cannot be loaded by another thread.
    const workers = typeof given === 'string' ? (flags.workers ?? 1) : 1
    const report = await searchAndShrink({ ...asks, workers, save: traces.save }, session.engines, asked.output)
    const claims = report.claims.map(({ trace: saved, kept: _, ...claim }): ClaimFuzzed => {
      const trace = traces.of(claim.claim)
      return { ...claim, ...(trace ? { trace } : {}), ...(saved === undefined ? {} : { saved }) }
    })
    const wanted = claims.filter(({ claim }) => claim !== 'no-exception')
    const isDone = report.runs >= report.asked || wanted.every(({ verdict }) => verdict === 'violated')
    const stoppedBy = isDone ? null : io.cancelled?.() ? 'signal' : 'time'
    return { ...report, claims, stoppedBy, text: fuzzText(report).join('\n') }
  } finally {
    await traces.end()
  }
}
