import { csvOf } from '../text/csv.ts'
import { counted } from '../text/numbers.ts'
import { type Where, xAxisOf } from './axes.ts'
import { type Beyond, bySeries, type Curve, curvesSpec, keyEntryOf, styleOf } from './curves.ts'
import { curvesAlt } from './lines.ts'
import type { About, AxisTitles, Drawing } from './plot.ts'
import { plotted } from './render.ts'
import { ABOVE } from './shapes.ts'
import { INK } from './theme.ts'

/** How many runs it took until the first violation; null where `of` runs had none. */
export interface FirstRow {
  readonly series: string
  readonly x: Where
  readonly runs: number | null
  readonly of?: number
}

/** The decade that everything fits below: where marks stand whose runs nobody counted. */
function ceiling(rows: readonly FirstRow[]): number {
  const most = rows.flatMap(({ runs, of }) => [runs ?? 1, of ?? 1]).reduce((a, b) => Math.max(a, b), 10)
  return 10 ** Math.ceil(Math.log10(most) - 1e-9)
}

function noneLabel(none: readonly FirstRow[]): string {
  const budgets = [...new Set(none.map(({ of }) => of))]
  if (budgets.includes(undefined)) return 'none found'
  return budgets.length === 1 ? `none in ${counted(budgets[0]!, 'run')}` : 'none in that many runs'
}

export function firstDrawing(rows: readonly FirstRow[], about: About & AxisTitles): Drawing {
  const { x = 'Byzantine replicas b', y = 'executions to the first violation' } = about
  const series = bySeries(rows)
  const top = ceiling(rows)
  const curves: Curve[] = series.map(([label, list], i) => ({
    label,
    points: list.map((row) => ({ x: row.x, y: row.runs })),
    style: styleOf(i),
  }))
  const beyond: Beyond[] = series.map(([, list], index) => ({
    points: list.filter(({ runs }) => runs === null).map((row) => ({ x: row.x, y: row.of ?? top })),
    outline: ABOVE,
    colour: styleOf(index).colour,
    index,
  }))
  const none = rows.filter(({ runs }) => runs === null)
  const noneKey = { kind: 'mark', colour: INK.soft, shape: ABOVE, open: true } as const
  const counts = none.length > 0 ? ` ${counted(none.length, 'case')} without a violation.` : ''
  return {
    ...about,
    name: about.name ?? 'executions-to-first',
    spec: curvesSpec({
      curves,
      x: xAxisOf(rows, x),
      y: { title: y, kind: 'log' },
      apart: none.length > 0,
      beyond,
      reach: [1],
    }),
    key: [...curves.map(keyEntryOf), ...(none.length > 0 ? [{ label: noneLabel(none), symbol: noneKey }] : [])],
    csv: csvOf(['series', 'x', 'runs', 'of'], rows),
    alt: `${curvesAlt(about.title, x, curves, (value) => counted(value, 'run'))}${counts}`,
  }
}

/** How long a search takes to find something, and where it found nothing. */
export const executionsToFirst = plotted(firstDrawing)
