import { type Arrow, arrowsOf } from '../../view/arrows.ts'
import type { Lane, RunEvent, RunView } from '../../view/run.ts'
import { textWidth } from '../plots/text-width.ts'
import { FONT } from '../plots/theme.ts'
import { element, escaped, text } from '../plots/xml.ts'
import { decisionText, headline, sendingText, titleOf } from '../text/captions.ts'
import { filled } from '../text/table.ts'

const SIZE = 12
const LINE = 16
const PADDING = 12
const NUMBERS = 34
const LANE = 78
const WORDS = 440
const HEAD = 46

/** Colours that stay apart for the colour-blind, and in dark mode: what is Byzantine has another shape besides. */
const STYLE = `
.paper{fill:#fff}.ink{fill:#1a1a1a}.soft{fill:#5a5a5a}.bad{fill:#b3340c}.good{fill:#00694d}
.lane{stroke:#9a9a9a}.lie{stroke:#c8400f;fill:none}.say{stroke:#3b6ea5;fill:none}.lost{stroke:#767676;fill:none}
.dot{fill:#3b6ea5}.byzantine{fill:#c8400f}.done{fill:#00694d}.time{fill:#fff;stroke:#8a5a00}.band{fill:#f3f3f3}
@media (prefers-color-scheme:dark){.paper{fill:#16181c}.ink{fill:#ececec}.soft{fill:#a8a8a8}.bad{fill:#ff9166}
.good,.done{fill:#4fc9a0}.lane{stroke:#666}.lie{stroke:#ff7a45}.byzantine{fill:#ff7a45}.say{stroke:#7fb2e5}.dot{fill:#7fb2e5}
.lost{stroke:#999}.time{fill:#16181c;stroke:#e0b050}.band{fill:#1f2227}}`

interface Row {
  readonly event: RunEvent
  readonly y: number
  readonly height: number
  readonly lines: readonly (readonly [line: string, tone: string])[]
}

/** A text in lines that are at most so wide. */
function wrapped(content: string, width: number): string[] {
  return filled(content.split(' ').filter(Boolean), (line) => textWidth(line, SIZE) <= width)
}

function rowsOf(run: RunView, from: number): Row[] {
  let y = from
  return run.events.map((event) => {
    const tones = [
      [headline(run, event), event.byzantineMessage ? 'bad' : 'ink'],
      [sendingText(run, event), 'soft'],
      [decisionText(event), 'good'],
      [event.threw === undefined ? '' : `throws ${event.threw.slice(0, 120)}`, 'bad'],
    ] as const
    const lines = tones.flatMap(([line, tone]) => wrapped(line, WORDS).map((part) => [part, tone] as const))
    const row = { event, y, height: Math.max(1, lines.length) * LINE + 10, lines }
    y += row.height
    return row
  })
}

/** The run as a space-time diagram: time goes down, and what each step does stands beside it. */
export function svg(run: RunView): string {
  const wordsAt = PADDING + NUMBERS + run.lanes.length * LANE
  const width = wordsAt + WORDS + PADDING
  const titles = wrapped(titleOf(run), width - 2 * PADDING)
  const top = PADDING + titles.length * LINE + 8
  const rows = rowsOf(run, top + HEAD)
  const end = (rows.at(-1)?.y ?? top + HEAD) + (rows.at(-1)?.height ?? 0)
  const witness = run.witness === null ? [] : wrapped(`violated ${run.claim}: ${run.witness}`, width - 2 * PADDING)
  const key = wrapped(legend(run), width - 2 * PADDING)
  const height = end + 10 + (witness.length + key.length) * LINE + PADDING
  const x = (id: number): number => PADDING + NUMBERS + (run.lanes.findIndex((lane) => lane.id === id) + 0.5) * LANE
  const parts = [
    element('rect', { class: 'paper', width, height }),
    ...titles.map((line, i) => label(line, PADDING, PADDING + LINE * (i + 1) - 4, 'ink', { 'font-weight': 'bold' })),
    ...rows
      .filter((_, i) => i % 2 === 1)
      .map(({ y, height: tall }) => element('rect', { class: 'band', x: 0, y, width, height: tall })),
    ...run.lanes.flatMap((lane) => head(lane, x(lane.id), top, end)),
    ...arrowsOf(run).flatMap((arrow) => line(arrow, rows, x, top + HEAD - 6)),
    ...rows.flatMap(({ event, y, lines }) => [
      label(String(event.number), PADDING + NUMBERS - 10, y + LINE, 'soft', { 'text-anchor': 'end' }),
      mark(event, x(event.at), y + LINE - 4),
      ...lines.map(([content, tone], i) => label(content, wordsAt, y + LINE * (i + 1), tone)),
    ]),
    ...witness.map((content, i) =>
      label(content, PADDING, end + 10 + LINE * (i + 1) - 4, 'bad', { 'font-weight': 'bold' }),
    ),
    ...key.map((content, i) =>
      label(content, PADDING, height - PADDING - LINE * (key.length - 1 - i), 'soft', { 'font-size': 11 }),
    ),
  ]
  const name = escaped(`Space-time diagram of a run: ${titleOf(run, `${run.subject} breaks ${run.claim}`)}`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}" font-family="${FONT}" font-size="${SIZE}"><style>${STYLE}</style>${parts.join('\n')}</svg>\n`
}

function legend({ lanes, envelopes }: RunView): string {
  const hasByzantine =
    lanes.some(({ fault }) => fault === 'byzantine') || envelopes.some(({ origin }) => origin !== 'correct')
  const byzantineMessages = hasByzantine ? ' · dotted red, from a square: sent by a Byzantine replica' : ''
  return `● step  ◆ decision  ○ timeout  ▼ input${byzantineMessages} · a short line with a cross: not used in this run`
}

function label(
  content: string,
  x: number,
  y: number,
  tone: string,
  more: Record<string, string | number> = {},
): string {
  return text(content, { x, y, class: tone, ...more })
}

function head({ name, fault, role }: Lane, x: number, top: number, end: number): string[] {
  const isByzantineReplica = fault === 'byzantine'
  const words = isByzantineReplica
    ? 'Byzantine'
    : fault === 'crash'
      ? 'may crash'
      : role === 'client'
        ? 'client'
        : 'correct'
  return [
    element('line', {
      class: 'lane',
      x1: x,
      x2: x,
      y1: top + HEAD - 6,
      y2: end,
      ...(isByzantineReplica ? { 'stroke-dasharray': '2 4' } : {}),
    }),
    label(name, x, top + 14, isByzantineReplica ? 'bad' : 'ink', {
      'text-anchor': 'middle',
      'font-weight': 'bold',
      'font-size': 14,
    }),
    label(words, x, top + 28, isByzantineReplica ? 'bad' : 'soft', { 'text-anchor': 'middle', 'font-size': 11 }),
  ]
}

function line(arrow: Arrow, rows: readonly Row[], x: (id: number) => number, start: number): string[] {
  const at = (number: number): number => {
    const row = rows.find(({ event }) => event.number === number)
    return row ? row.y + LINE - 4 : start
  }
  const isFromByzantine = arrow.kind === 'byzantine' || arrow.kind === 'forged'
  const [x1, x2] = [x(arrow.from), x(arrow.to)]
  const y2 = arrow.arrives === null ? at(arrow.sent) + 14 : at(arrow.arrives)
  const y1 = isFromByzantine ? y2 - 5 - 3 * (arrow.from % 3) : at(arrow.sent)
  if (arrow.kind === 'missing') {
    const far = 24 * Math.sign(x2 - x1)
    const common = { class: 'lost', 'stroke-dasharray': '3 2' }
    return [element('line', { ...common, x1, y1, x2: x1 + far, y2: y1 + 8 }), cross(x1 + far, y1 + 8, 'lost')]
  }
  const tone = isFromByzantine ? 'lie' : arrow.kind === 'lost' ? 'lost' : 'say'
  const dashes: Record<string, string> = isFromByzantine ? { 'stroke-dasharray': '2 3', 'stroke-width': '1.6' } : {}
  const shaft = element('line', { class: tone, x1, y1, x2, y2, ...dashes })
  const source = isFromByzantine
    ? [element('rect', { class: 'byzantine', x: x1 - 4, y: y1 - 4, width: 8, height: 8 })]
    : []
  return [shaft, ...source, arrow.kind === 'lost' ? cross(x2, y2, 'lost') : tip(x1, y1, x2, y2, tone)]
}

function cross(x: number, y: number, tone: string): string {
  return element('path', { class: tone, d: `M${x - 4} ${y - 4}l8 8m0-8l-8 8`, 'stroke-width': 1.5 })
}

/** The tip of an arrow, a little before the mark of the step that it reaches. */
function tip(x1: number, y1: number, x2: number, y2: number, tone: string): string {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length]
  const [tx, ty] = [x2 - dx * 6, y2 - dy * 6]
  const back = (side: number): string => {
    const [bx, by] = [tx - dx * 7 - dy * 4 * side, ty - dy * 7 + dx * 4 * side]
    return `${round(bx)} ${round(by)}`
  }
  return element('path', { class: tone, d: `M${back(1)}L${round(tx)} ${round(ty)}L${back(-1)}`, 'stroke-width': 1.4 })
}

const round = (value: number): number => Math.round(value * 100) / 100

function mark({ kind, outputs, threw }: RunEvent, x: number, y: number): string {
  if (threw !== undefined || kind === 'crash') return cross(x, y, 'lie')
  if (outputs.length > 0)
    return element('path', { class: 'done', d: `M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}Z` })
  if (kind === 'timeout' || kind === 'restart')
    return element('circle', { class: 'time', cx: x, cy: y, r: 5, 'stroke-width': 2 })
  if (kind === 'input' || kind === 'coin')
    return element('path', { class: 'dot', d: `M${x - 6} ${y - 5}L${x + 6} ${y - 5}L${x} ${y + 5}Z` })
  return element('circle', { class: 'dot', cx: x, cy: y, r: 4 })
}
