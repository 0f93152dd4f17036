import type { ReportSection } from '../../report/html-report.ts'
import type { Trace } from '../../trace/index.ts'
import type { Output } from '../io.ts'
import type { Session } from '../session.ts'

/** What a study is run with. All that decides its result is the seed, and whether it is to be small. */
export interface StudyContext {
  readonly session: Session
  readonly output: Output
  /** A small version: fewer sizes, fewer runs. */
  readonly quick: boolean
  readonly seed: number
  /** Threads; no result depends on them. */
  readonly workers: number
  /** Where its files go, as the user would name it. */
  readonly folder: string
}

/** A file with a trace, from the folder of the study. */
export interface NamedTrace {
  readonly name: string
  readonly trace: Trace
}

/** What came out. Everything in here is the same for the same seed, whatever the machine. */
export interface Findings {
  readonly title: string
  readonly intro: string
  /** What the report shows, pictures and tables. */
  readonly sections: readonly ReportSection[]
  /** One line of JSON each. */
  readonly rows: readonly object[]
  readonly traces: readonly NamedTrace[]
  /** What is printed. */
  readonly summary: readonly string[]
  /** What is not as theory says, one sentence each. */
  readonly surprises: readonly string[]
}

/** One question, answered by sweeps, searches or simulations. A new one is one file here and one line in `studies`. */
export interface Study {
  readonly name: string
  /** The question, in one sentence. */
  readonly about: string
  readonly run: (context: StudyContext) => Promise<Findings>
}
