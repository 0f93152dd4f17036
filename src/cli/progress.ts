import type { Output } from './io.ts'

/** A command that takes longer than this shows how far it is. */
const PATIENCE = 1_000

export interface Progress {
  readonly update: (done: number, note?: string) => void
  readonly stop: () => void
}

const NONE: Progress = { update: () => {}, stop: () => {} }

/** A bar on the error stream, on a terminal only, for whatever takes longer than a second. */
export async function progress(output: Output, total: number, unit: string): Promise<Progress> {
  const { io, flags } = output
  if (!io.isErrorTTY || flags.quiet) return NONE
  const { default: cliProgress } = await import('cli-progress')
  const began = io.now()
  const format = `{bar} {percentage} % · {value} of {total} ${unit} {note}`
  const bar = new cliProgress.SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true })
  let shown = false
  return {
    update(done, note = '') {
      if (!shown && io.now() - began < PATIENCE) return
      if (!shown) bar.start(total, done, { note })
      shown = true
      bar.update(done, { note })
    },
    stop() {
      if (shown) bar.stop()
    },
  }
}
