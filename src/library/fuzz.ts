import { type FuzzFlags, fuzzCommand, searchRequest } from '../cli/commands/fuzz.ts'
import { searchAndShrink } from '../cli/commands/search.ts'
import { type ClaimReport, type FuzzReport, fuzzText } from '../report/text/fuzz-report.ts'
import type { Trace } from '../trace/index.ts'
import { askedSearch, KeptTraces } from './asked.ts'
import type { FuzzOptions } from './options.ts'
import type { SubjectLike } from './subject-like.ts'

/** What became of one claim. */
export interface ClaimFuzzed extends Omit<ClaimReport, 'trace' | 'kept'> {
  /** The violation, as short as it was made. */
  readonly trace?: Trace
  /** The file that it was saved in, where that was asked for. */
  readonly saved?: string
}

/** What `fuzz` found. */
export interface FuzzOutcome extends Omit<FuzzReport, 'claims'> {
  readonly claims: readonly ClaimFuzzed[]
  /** What ended it before all runs were made, if anything did. */
  readonly stoppedBy: 'time' | 'signal' | null
  /** What the command line prints of it. */
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
