import { csv } from '../text/csv.ts'
import type { Where } from './axes.ts'
import { linesDrawing } from './lines.ts'
import type { About, AxisTitles, Drawing } from './plot.ts'
import { plotted } from './render.ts'

/** How many view changes a run had on average; `low` and `high` where there is an interval around it. */
export interface ViewChangesRow {
  readonly series: string
  readonly x: Where
  readonly mean: number | null
  readonly low?: number | null
  readonly high?: number | null
}

export interface ViewChangesAbout extends About, AxisTitles {
  readonly interval?: string
}

export function viewChangesDrawing(rows: readonly ViewChangesRow[], about: ViewChangesAbout): Drawing {
  const defaults = { x: 'Byzantine replicas b', y: 'view changes per run', interval: '95 % interval' }
  const drawing = linesDrawing(
    rows.map(({ mean, ...row }) => ({ ...row, y: mean })),
    { ...defaults, ...about, name: about.name ?? 'view-changes' },
  )
  const table = csv(
    ['series', 'x', 'mean', 'low', 'high'],
    rows.map((row) => [row.series, row.x, row.mean, row.low, row.high]),
  )
  return { ...drawing, csv: table }
}

/** How often the primary was replaced. */
export const viewChanges = plotted(viewChangesDrawing)
