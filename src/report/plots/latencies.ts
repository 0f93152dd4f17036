import { csvOf } from '../text/csv.ts'
import { type Where, xAxisOf } from './axes.ts'
import { bySeries, type Curve, curvesSpec, keyEntryOf, type Style, styleOf } from './curves.ts'
import type { KeyEntry } from './key.ts'
import { curvesAlt, shortNumber } from './lines.ts'
import type { About, AxisTitles, Drawing } from './plot.ts'
import { plotted } from './render.ts'
import { INK } from './theme.ts'

/** Half, 95 and 99 of a hundred decisions were made within these times. */
export interface LatencyRow extends Readonly<Record<Percentile, number | null>> {
  readonly series: string
  readonly x: Where
}

export interface LatenciesAbout extends About, AxisTitles {
  readonly unit: 'message delays' | 'ms'
}

const PERCENTILES = ['p50', 'p95', 'p99'] as const
type Percentile = (typeof PERCENTILES)[number]

/** The median is what one looks for; the others are lighter, and told apart by their strokes. */
const LIGHTER: Readonly<Record<Percentile, Partial<Style>>> = {
  p50: { dash: [] },
  p95: { dash: [6, 3], width: 1.6, opacity: 0.65, shape: undefined },
  p99: { dash: [2, 3], width: 1.6, opacity: 0.65, shape: undefined },
}

/** So much slower than the slowest median are outliers that would flatten all medians. */
const OUTLYING = 10

const WORDS: Readonly<Record<Percentile, string>> = { p50: 'p50 (median)', p95: 'p95', p99: 'p99' }

/** @param shown the others are the median wherever they are known */
function percentileKey(percentile: Percentile, shown: readonly Percentile[]): KeyEntry {
  const hidden = percentile === 'p50' ? PERCENTILES.filter((one) => !shown.includes(one)) : []
  const { shape: _, ...style } = { ...styleOf(0), ...LIGHTER[percentile] }
  return { label: [WORDS[percentile], ...hidden].join(' = '), symbol: { kind: 'line', ...style, colour: INK.soft } }
}

/** What the key says of a series: where it is, if that is one place only. */
function keyOfSeries({ points, ...curve }: Curve): KeyEntry {
  const some = points.filter(({ y }) => Number.isFinite(y))
  const isLonely = some.length === 1 && points.length > 1
  return keyEntryOf({ ...curve, points, label: isLonely ? `${curve.label} (at ${some[0]!.x} only)` : curve.label })
}

/** Is all but the slowest few at the foot of the picture? */
function hasOutliers(rows: readonly LatencyRow[]): boolean {
  const most = (percentile: Percentile): number => rows.reduce((high, row) => Math.max(high, row[percentile] ?? 0), 0)
  return most('p50') > 0 && most('p99') > OUTLYING * most('p50')
}

export function latenciesDrawing(rows: readonly LatencyRow[], about: LatenciesAbout): Drawing {
  const { unit, x = 'replicas n', y = `latency in ${unit === 'ms' ? 'virtual ms' : unit}` } = about
  const series = bySeries(rows)
  const curveOf = (percentile: Percentile): Curve[] =>
    series.map(([label, list], i) => ({
      label,
      points: list.map((row) => ({ x: row.x, y: row[percentile] })),
      style: { ...styleOf(i), ...LIGHTER[percentile] },
    }))
  const medians = curveOf('p50')
  // What is the median everywhere cannot be seen beside it.
  const shown = PERCENTILES.filter((one) => one === 'p50' || rows.some((row) => row[one] !== row.p50))
  // The median comes last, on top of the others.
  const curves = [...shown].reverse().flatMap(curveOf)
  const told = medians.map(({ label, ...curve }) => ({ ...curve, label: `${label}, median` }))
  return {
    ...about,
    name: about.name ?? `latencies-${unit === 'ms' ? 'ms' : 'delays'}`,
    spec: curvesSpec({ curves, x: xAxisOf(rows, x), y: { title: y, kind: hasOutliers(rows) ? 'zero-log' : 'linear' } }),
    key: rows.length > 0 ? [...medians.map(keyOfSeries), ...shown.map((one) => percentileKey(one, shown))] : [],
    csv: csvOf(
      ['series', 'x', ...PERCENTILES, 'unit'],
      rows.map((row) => ({ ...row, unit })),
    ),
    alt: curvesAlt(about.title, x, told, (value) => `${shortNumber(value)} ${unit}`),
  }
}

/** Latencies to a decision: the median, and lighter what the slowest take. */
export const latencies = plotted(latenciesDrawing)
