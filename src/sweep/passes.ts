import { boundaryPoints } from './boundary.ts'
import type { Point, PointRecord } from './cell.ts'
import type { Task } from './examine.ts'
import type { Grid } from './grid.ts'

/** What is known of a sweep by now. A stopped sweep goes on from there. */
export interface KnownRecords {
  has(point: Point, pass: 0 | 1): boolean
  at(point: Point, pass: 0 | 1): PointRecord | undefined
}

/** Examines tasks and makes what it finds known; it returns when all of them are. */
export type ExamineAll = (tasks: readonly Task[], unit: string) => Promise<void>

/**
 * The two passes of a sweep: all points, then those near the boundary between violated and not violated again, with
 * more runs.
 */
export async function sweepInPasses(
  grid: Grid,
  points: readonly Point[],
  known: KnownRecords,
  examineAll: ExamineAll,
): Promise<void> {
  await examineAll(
    points.map((point): Task => ({ grid, point, pass: 0 })),
    'points',
  )
  const passed = points.map((point) => known.at(point, 0)!)
  const near = grid.boundary > 0 && grid.runs > 0 ? boundaryPoints(passed) : []
  const second = near.map(({ subject, n, f, b }): Task => {
    const point = { subject, n, f, b }
    return { grid, point, pass: 1, before: known.at(point, 0)! }
  })
  await examineAll(second, 'points near the boundary')
}
