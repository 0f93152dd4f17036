import { csv } from '../text/csv.ts'
import { xAxis } from './axes.ts'
import { bySeries, COMPUTED, type Curve, curvesSpec, keyEntryOf, styleOf } from './curves.ts'
import { curvesAlt, shortNumber } from './lines.ts'
import type { About, AxisTitles, Drawing } from './plot.ts'
import { plotted } from './render.ts'
import { BELOW } from './shapes.ts'
import { INK } from './theme.ts'

/** How many messages of a type were sent for one decision. */
export interface MessagesRow {
  readonly n: number
  readonly type: string
  readonly perDecision: number | null
}

export interface MessagesAbout extends About, AxisTitles {
  /** With two logarithmic axes (the default) a power of n is a straight line. */
  readonly scale?: 'log' | 'linear'
}

/** Thin, since what is compared with it need not are on it. */
const DASHED = { colour: INK.soft, dash: [7, 4], width: 2, opacity: 1 }

/** The n² line, for comparison. */
function square(sizes: readonly number[]): Curve {
  const points = [...new Set(sizes)].sort((a, b) => a - b).map((n) => ({ x: n, y: n * n }))
  return { label: 'n²', points, style: { ...COMPUTED, ...DASHED } }
}

export function messagesDrawing(rows: readonly MessagesRow[], about: MessagesAbout): Drawing {
  const { x = 'replicas n', y = 'messages per decision', scale = 'log' } = about
  const measured: Curve[] = bySeries(
    rows.map(({ n, type, perDecision }) => ({ series: type, x: n, y: perDecision })),
  ).map(([label, points], i) => ({ label, points, style: styleOf(i) }))
  const reference = square(rows.map(({ n }) => n))
  const end = reference.points.at(-1)
  const known = rows.some(({ perDecision }) => typeof perDecision === 'number')
  const positive = [
    ...rows.flatMap(({ perDecision }) => perDecision || []),
    ...reference.points.map((point) => point.y!),
  ]
  // A logarithmic axis has no zero: what was not sent at all is below everything.
  const bottom = 10 ** Math.floor(Math.log10(positive.reduce((a, b) => Math.min(a, b), 1)))
  const nothing = scale === 'log' ? measured.map((curve, index) => ({ curve, index })) : []
  const beyond = nothing.map(({ curve: { points, style }, index }) => ({
    points: points.flatMap((point) => (point.y === 0 ? [{ x: point.x, y: bottom }] : [])),
    outline: BELOW,
    colour: style.colour,
    index,
  }))
  const someNothing = beyond.some(({ points }) => points.length > 0)
  const request = {
    curves: [reference, ...measured],
    x: xAxis(
      rows.map(({ n }) => n),
      x,
      scale === 'log',
    ),
    y: { title: y, kind: scale },
    beyond,
    ...(end ? { label: { x: end.x as number, y: end.y!, text: 'n²', colour: INK.soft } } : {}),
  }
  return {
    ...about,
    name: about.name ?? 'messages-by-type',
    spec: known ? curvesSpec(request) : undefined,
    key: [
      ...measured.map(keyEntryOf),
      ...(known ? [keyEntryOf(reference)] : []),
      ...(someNothing
        ? [{ label: 'none sent', symbol: { kind: 'mark', colour: INK.soft, shape: BELOW, open: true } } as const]
        : []),
    ],
    csv: csv(
      ['n', 'type', 'per_decision'],
      rows.map((row) => [row.n, row.type, row.perDecision]),
    ),
    alt: curvesAlt(about.title, x, measured, shortNumber),
  }
}

/** What a decision costs in messages, by type, as the number of replicas grows. */
export const messagesByType = plotted(messagesDrawing)
