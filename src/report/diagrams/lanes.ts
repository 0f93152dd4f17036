import type { RunEvent, RunView } from '../../view/run.ts'
import { decisionText, headline, sendingText } from '../text/captions.ts'
import { type Paint, plain } from '../text/paint.ts'
import { filled } from '../text/table.ts'
import { visible } from '../text/visible.ts'

/** Columns of a participant. */
const LANE = 6
/** Below so many columns for the words beside the lanes, a list reads better. */
const FEWEST_FOR_WORDS = 56

/** How many columns a terminal must have for the lanes of a run. */
export function laneWidth({ lanes, events }: RunView): number {
  return numberWidth(events) + 3 + lanes.length * LANE + FEWEST_FOR_WORDS
}

function numberWidth(events: readonly RunEvent[]): number {
  return String(events.at(-1)?.number ?? 1).length
}

const MARKS: { readonly [K in RunEvent['kind']]: string } = {
  ...{ rule: '●', arrival: '●', round: '●', timeout: '◷', input: '▼', coin: '◐', loss: '×', crash: '✖', restart: '↻' },
}

function mark(event: RunEvent): string {
  return event.outputs.length > 0 ? '◆' : event.threw !== undefined ? '✖' : MARKS[event.kind]
}

/** The columns of one step: a line from each sender to the receiver. */
function columns(run: RunView, event: RunEvent): string {
  const width = run.lanes.length * LANE
  const cells = Array.from({ length: width }, () => ' ')
  const center = (index: number): number => index * LANE + 1
  for (const [i, { fault }] of run.lanes.entries()) cells[center(i)] = fault === 'byzantine' ? '┊' : '│'
  const at = run.lanes.findIndex(({ id }) => id === event.at)
  const envelopes = event.kind === 'loss' && event.trigger !== undefined ? [event.trigger] : event.receives
  for (const id of envelopes) {
    const { from, origin } = run.envelopes[id]!
    const source = run.lanes.findIndex((lane) => lane.id === from)
    if (source < 0 || source === at) continue
    const [low, high] = source < at ? [center(source), center(at)] : [center(at), center(source)]
    for (let x = low + 1; x < high; x++) {
      if ('│┊'.includes(cells[x]!)) cells[x] = '┼'
      else if (cells[x] === ' ') cells[x] = origin === 'correct' ? '─' : '╌'
    }
    cells[center(source)] = origin === 'correct' ? '○' : '!'
    cells[source < at ? center(at) - 1 : center(at) + 1] = source < at ? '▶' : '◀'
  }
  cells[center(at)] = mark(event)
  return cells.join('')
}

/** Words in lines of so many columns. */
function wrapped(text: string, width: number): string[] {
  return filled(text.split(' '), (line) => line.length <= width)
}

/**
 * The run with a column for each participant, for wide terminals: `○` says it, `!` a Byzantine replica does; `●` a
 * step, `◆` a decision, `◷` a timeout, `▼` an input, `◐` a coin, `×` a loss, `✖` the end of a participant.
 */
export function laneText(run: RunView, width: number, paint: Paint = plain): string[] {
  const digits = numberWidth(run.events)
  const gutter = digits + 3
  const names = run.lanes.map(({ name, fault }) => `${name}${fault === 'byzantine' ? '!' : ''}`.padEnd(LANE)).join('')
  const idle = run.lanes.map(({ fault }) => ` ${fault === 'byzantine' ? '┊' : '│'}`.padEnd(LANE)).join('')
  const room = Math.max(FEWEST_FOR_WORDS - 4, width - gutter - run.lanes.length * LANE - 1)
  const steps = run.events.flatMap((event) => {
    const words = [
      ...wrapped(headline(run, event), room),
      ...wrapped(sendingText(run, event), room).map(paint.dim),
      ...wrapped(decisionText(event), room).map(paint.bold),
      ...(event.threw === undefined
        ? []
        : wrapped(`throws ${visible(event.threw.slice(0, 200))}`, room).map(paint.red)),
    ].filter((line) => line !== paint.dim('') && line !== paint.bold('') && line !== '')
    const lines = words.length > 0 ? words : ['']
    return lines.map((line, i) => {
      const head =
        i === 0
          ? `${String(event.number).padStart(digits)}${event.byzantineMessage ? ' ! ' : '   '}`
          : ' '.repeat(gutter)
      return `${event.byzantineMessage && i === 0 ? paint.red(head) : head}${i === 0 ? columns(run, event) : idle}${line}`.trimEnd()
    })
  })
  return [`${' '.repeat(gutter)}${names}`.trimEnd(), ...steps]
}
