import type { Output } from './io.ts'

/** A command that takes longer than this shows how far it is; and then so often. In milliseconds. */
const PATIENCE = 1_000
const EVERY = 100

export interface Progress {
  readonly update: (done: number, note?: string) => void
  readonly stop: () => void
}

const NONE: Progress = { update: () => {}, stop: () => {} }

/** What is counted, and up to which number. */
export interface Counted {
  readonly total: number
  readonly unit: string
  readonly isLimit?: boolean
}

/** A bar on the error stream, on a terminal only, for whatever takes longer than a second. */
export function progress(output: Output, total: number, unit: string): Progress {
  return counting(output, { total, unit })
}

/** The same, or only counts that turn, where nobody knows how much there is. */
export function counting({ io, flags }: Output, counted: Counted): Progress {
  const { bar, isErrorTTY, patience = PATIENCE } = io
  if (!bar || !isErrorTTY || flags.quiet) return NONE
  let next = io.now() + patience
  return {
    update(done, note = '') {
      const at = io.now()
      if (at < next) return
      next = at + Math.min(EVERY, patience)
      bar({ ...counted, done, note })
    },
    stop: () => bar(null),
  }
}
