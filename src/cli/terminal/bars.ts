import cliProgress from 'cli-progress'
import { thousands } from '../../report/text/numbers.ts'
import type { Bar } from './io.ts'

const TURNS = ['|', '/', '-', '\\']

/** What stands in the line, where how much there is in all is known, and where it is not. */
const FORMATS = {
  known: '{bar} {percentage} % · {value} of {total} {unit} {note}',
  unknown: '{turn} {value} {unit} {note}',
} as const

/** Draws one bar at a time on the error stream; nothing takes it away. */
export function drawing(stream: NodeJS.WritableStream = process.stderr): (bar: Bar | null) => void {
  const made = (format: string) =>
    new cliProgress.SingleBar({
      ...{ format, stream, clearOnComplete: true, hideCursor: true },
      formatValue: (value, _, type) => (type === 'value' || type === 'total' ? thousands(value) : String(value)),
    })
  const kinds = { known: made(FORMATS.known), unknown: made(FORMATS.unknown) }
  let shown: cliProgress.SingleBar | undefined
  let turns = 0
  return (bar) => {
    const wanted = bar ? kinds[bar.isLimit ? 'unknown' : 'known'] : undefined
    if (shown !== wanted) shown?.stop()
    if (bar && wanted) {
      const { done, total, unit, note } = bar
      const turn = TURNS[turns++ % TURNS.length]
      if (shown !== wanted) wanted.start(total, done, { unit, note, turn })
      wanted.setTotal(total)
      wanted.update(done, { unit, note, turn })
    }
    shown = wanted
  }
}
