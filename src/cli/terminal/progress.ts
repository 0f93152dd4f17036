import type { Output } from './io.ts'

/** A command that takes longer than this shows how far it is; and then so often. In milliseconds. */
const PATIENCE = 1_000
const EVERY = 100

export interface Progress {
  readonly update: (done: number, note?: string) => void
  readonly stop: () => void
}

const NONE: Progress = { update: () => {}, stop: () => {} }

/** A bar on the error stream, on a terminal only, for whatever takes longer than a second. */
export function progress({ io, flags }: Output, total: number, unit: string): Progress {
  const { bar, isErrorTTY, patience = PATIENCE } = io
  if (!bar || !isErrorTTY || flags.quiet) return NONE
  let next = io.now() + patience
  return {
    update(done, note = '') {
      const at = io.now()
      if (at < next) return
      next = at + Math.min(EVERY, patience)
      bar({ done, total, unit, note })
    },
    stop: () => bar(null),
  }
}
