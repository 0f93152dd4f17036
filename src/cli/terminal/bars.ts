import cliProgress from 'cli-progress'
import type { Bar } from './io.ts'

/** Draws one bar at a time on the error stream; nothing takes it away. */
export function drawing(): (bar: Bar | null) => void {
  const format = '{bar} {percentage} % · {value} of {total} {unit} {note}'
  const shown = new cliProgress.SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true })
  let isShown = false
  return (bar) => {
    if (!bar) {
      if (isShown) shown.stop()
      isShown = false
      return
    }
    const { done, total, unit, note } = bar
    if (!isShown) shown.start(total, done, { unit, note })
    isShown = true
    shown.setTotal(total)
    shown.update(done, { unit, note })
  }
}
