import { csvOf } from '../text/csv.ts'
import { percent } from '../text/numbers.ts'
import { type Where, xAxisOf } from './axes.ts'
import { bySeries, type Curve, curvesSpec, keyEntryOf, styleOf } from './curves.ts'
import { curvesAlt, INTERVAL } from './lines.ts'
import type { About, AxisTitles, Drawing } from './plot.ts'
import { plotted } from './render.ts'

/** A share of runs, between 0 and 1, with the interval around it. */
export interface RateRow {
  readonly series: string
  readonly x: Where
  readonly rate: number | null
  readonly low: number | null
  readonly high: number | null
  readonly runs: number
}

export interface RatesAbout extends About, AxisTitles {
  readonly interval?: string
}

export function ratesDrawing(rows: readonly RateRow[], about: RatesAbout): Drawing {
  const { x = 'Byzantine replicas b', y = 'share of runs', interval = '95 % Wilson interval' } = about
  const curves: Curve[] = bySeries(rows).map(([label, list], i) => ({
    label,
    points: list.map(({ rate, ...row }) => ({ ...row, y: rate })),
    style: styleOf(i),
  }))
  return {
    ...about,
    name: about.name ?? 'rates',
    spec: curvesSpec({ curves, x: xAxisOf(rows, x), y: { title: y, kind: 'share' }, apart: true }),
    key: rows.length > 0 ? [...curves.map(keyEntryOf), { label: interval, symbol: INTERVAL }] : [],
    csv: csvOf(['series', 'x', 'rate', 'low', 'high', 'runs'], rows),
    alt: curvesAlt(about.title, x, curves, percent),
  }
}

/** Shares of runs (successes, violations), with their intervals. */
export const rates = plotted(ratesDrawing)
