import { csvOf } from '../text/csv.ts'
import { thousands } from '../text/numbers.ts'
import { type Where, xAxis, type YScale } from './axes.ts'
import { bySeries, COMPUTED, type Curve, type CurvePoint, curvesSpec, keyEntryOf, styleOf } from './curves.ts'
import type { KeySymbol } from './key.ts'
import type { About, AxisTitles, Drawing } from './plot.ts'
import { plotted } from './render.ts'
import { INK } from './theme.ts'

/** A value of a series; `low` and `high` where there is an interval around it. */
export interface LineRow extends CurvePoint {
  readonly series: string
}

export interface LinesAbout extends About, AxisTitles {
  readonly scale?: YScale
  /** The ends of the left axis; without them it shows zero and all values. */
  readonly domain?: readonly [number, number]
  /** Series that were computed and not measured: pale, without marks, below the others. */
  readonly computed?: readonly string[]
  /** What the intervals are, for the key: `95 % Wilson interval`. */
  readonly interval?: string
}

/** How an interval is shown in the key. */
export const INTERVAL: KeySymbol = { kind: 'interval', colour: INK.soft }

/** `from 4 to 13`, or what there is instead. */
export function rangeText(values: readonly Where[]): string {
  const numbers = values.filter((value) => typeof value === 'number')
  if (values.length === 0) return 'without values'
  if (numbers.length < values.length) return [...new Set(values)].join(', ')
  // Spread arguments have a limit that a long series would reach.
  const [low, high] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))]
  return low === high ? `at ${thousands(low)}` : `from ${thousands(low)} to ${thousands(high)}`
}

/** What plots with curves say to those who do not see them: the first and the last value of each. */
export function curvesAlt(title: string, x: string, curves: readonly Curve[], text: (y: number) => string): string {
  const said = curves.map(({ label, points }) => {
    const some = points.filter(({ y }) => Number.isFinite(y))
    const [first, last] = [some[0], some.at(-1)]
    if (!first || !last) return `${label}: no data`
    const start = `${label}: ${text(first.y!)} at ${first.x}`
    return some.length === 1 ? start : `${start}, ${text(last.y!)} at ${last.x}`
  })
  const range = rangeText(curves.flatMap(({ points }) => points.map((point) => point.x)))
  return `${title}. Along x: ${x}, ${range}. ${said.length > 0 ? said.join('; ') : 'No data'}.`
}

/** A number as short as it can be said with four digits. */
export function shortNumber(value: number): string {
  return thousands(Number(value.toPrecision(4)))
}

/** Places from the first to the last value: where no series has one any more, there is nothing to see. */
function withValues(rows: readonly LineRow[]): readonly Where[] {
  const some = rows.filter(({ y }) => Number.isFinite(y)).map(({ x }) => x)
  const all = rows.map(({ x }) => x)
  if (some.length === 0 || all.some((x) => typeof x === 'string')) return all
  // Spread arguments have a limit that a long series would reach.
  const [low, high] = [some.reduce((a, b) => (a < b ? a : b)), some.reduce((a, b) => (a > b ? a : b))]
  return all.filter((x) => x >= low && x <= high)
}

/** Series with the same values become one, with both names: of two curves on one another only one is seen. */
function merged(rows: readonly LineRow[], computed: readonly string[]): LineRow[] {
  const textOf = new Map(
    bySeries(rows).map(([name, points]) => [name, JSON.stringify(points.map(({ series: _, ...point }) => point))]),
  )
  const names = [...textOf.keys()].filter((name) => !computed.includes(name))
  return rows.flatMap((row) => {
    if (computed.includes(row.series)) return [row]
    const alike = names.filter((name) => textOf.get(name) === textOf.get(row.series))
    return alike[0] === row.series ? [{ ...row, series: alike.join(' = ') }] : []
  })
}

/** Do two series share most of their values? They then stand side by side. */
function isCrowded(series: readonly (readonly [string, readonly LineRow[]])[]): boolean {
  return series.some(([, one], i) =>
    series.slice(0, i).some(([, other]) => {
      const shared = one.filter(({ x, y }) => y !== null && other.some((point) => point.x === x && point.y === y))
      return shared.length > 1 && 2 * shared.length > Math.min(one.length, other.length)
    }),
  )
}

export function linesDrawing(all: readonly LineRow[], about: LinesAbout): Drawing {
  const { x = 'x', y = 'y', scale = 'linear', domain, computed = [], interval, name = 'lines' } = about
  const rows = merged(all, computed)
  const series = bySeries(rows)
  const measured = series.map(([label]) => label).filter((label) => !computed.includes(label))
  const curves: Curve[] = series.map(([label, points]) => ({
    label,
    points,
    style: computed.includes(label) ? COMPUTED : styleOf(measured.indexOf(label)),
  }))
  const isPale = ({ style }: Curve): number => (style === COMPUTED ? 0 : 1)
  const inOrder = [...curves].sort((one, two) => isPale(one) - isPale(two))
  const ranged = rows.some(({ low, high }) => typeof low === 'number' && typeof high === 'number')
  return {
    ...about,
    name,
    spec: curvesSpec({
      curves: inOrder,
      x: xAxis(withValues(rows), x),
      y: { title: y, kind: scale, ...(domain ? { domain } : {}) },
      apart: ranged || isCrowded(series.filter(([label]) => measured.includes(label))),
    }),
    key: [...curves.map(keyEntryOf), ...(ranged ? [{ label: interval ?? 'interval', symbol: INTERVAL }] : [])],
    csv: csvOf(['series', 'x', 'y', ...(ranged ? (['low', 'high'] as const) : [])], all),
    alt: curvesAlt(
      about.title,
      x,
      curves,
      scale === 'share' ? (value) => `${shortNumber(value * 100)} %` : shortNumber,
    ),
  }
}

/** Plain curves with a mark at each value. */
export const lines = plotted(linesDrawing)
