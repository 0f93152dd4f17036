import { type CheckFlags, checkCommand, checkRequest } from '../cli/commands/check.ts'
import { checkAll } from '../cli/commands/check-all.ts'
import type { Engines } from '../cli/workers/engines.ts'
import { type CheckedReport, type CheckReport, checkText } from '../report/text/check-report.ts'
import type { Trace } from '../trace/index.ts'
import { askedSearch, KeptTraces } from './asked.ts'
import type { CheckOptions } from './options.ts'
import type { SubjectLike } from './subject-like.ts'

/** The result for one claim. */
export interface ClaimChecked extends Omit<CheckedReport, 'trace' | 'kept'> {
  /** The shortest violation that was found. */
  readonly trace?: Trace
  /** The file that it was saved in, if `out` was given. */
  readonly saved?: string
}

/** The result of `check`. */
export interface CheckOutcome extends Omit<CheckReport, 'claims'> {
  readonly claims: readonly ClaimChecked[]
  /** The report, as the command line prints it. */
  readonly text: string
}

function apart(engines: Engines, found: string): Engines {
  return {
    ...engines,
    searchApart: async (setting, how) =>
      (await import('../cli/workers/setting-thread.ts')).searchOnThread(found, setting, how),
  }
}

export async function checkSubject(subject: SubjectLike, options: CheckOptions): Promise<CheckOutcome> {
  const asked = await askedSearch<CheckFlags>(subject, options, checkCommand, 'search')
  const traces = new KeptTraces(asked, subject)
  try {
    const request = { ...checkRequest(asked), save: traces.save }
    // A protocol that is given as an object is here, and nowhere else: its search keeps this thread busy.
    const isHeard = options.signal !== undefined && typeof subject === 'string'
    const { engines } = asked.session
    const report = await checkAll(request, isHeard ? apart(engines, asked.resolved.found) : engines, asked.output)
    const claims = report.claims.map(({ trace: saved, kept: _, ...claim }): ClaimChecked => {
      const trace = traces.of(claim.claim)
      return { ...claim, ...(trace ? { trace } : {}), ...(saved === undefined ? {} : { saved }) }
    })
    return { ...report, claims, text: checkText(report).join('\n') }
  } finally {
    await traces.end()
  }
}
