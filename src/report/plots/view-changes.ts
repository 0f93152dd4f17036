import { csvOf } from '../text/csv.ts'
import { type LineRow, linesDrawing } from './lines.ts'
import type { Drawing } from './plot.ts'
import type { RatesAbout } from './rates.ts'
import { plotted } from './render.ts'

/** How many view changes a run had on average; `low` and `high` where there is an interval around it. */
export interface ViewChangesRow extends Omit<LineRow, 'y'> {
  readonly mean: number | null
}

export function viewChangesDrawing(rows: readonly ViewChangesRow[], about: RatesAbout): Drawing {
  const defaults = { x: 'Byzantine replicas b', y: 'view changes per run', interval: '95 % interval' }
  const drawing = linesDrawing(
    rows.map(({ mean, ...row }) => ({ ...row, y: mean })),
    { ...defaults, ...about, name: about.name ?? 'view-changes' },
  )
  return { ...drawing, csv: csvOf(['series', 'x', 'mean', 'low', 'high'], rows) }
}

/** How often the primary was replaced. */
export const viewChanges = plotted(viewChangesDrawing)
