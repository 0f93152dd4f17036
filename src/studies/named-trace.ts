import type { Trace } from '../trace/index.ts'

/** A file with a trace, from the folder of the study. */
export interface NamedTrace {
  readonly name: string
  readonly trace: Trace
}
