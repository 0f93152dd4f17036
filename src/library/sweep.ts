import { pointsIn, type SweepFlags, sweepFlags, sweepLine, sweptGrid } from '../cli/commands/sweep.ts'
import { lookAtPoint } from '../cli/workers/sweep-worker.ts'
import { finalRecords } from '../sweep/boundary.ts'
import { type Cell, keyOf, type PointRecord, traceName } from '../sweep/cell.ts'
import type { Grid } from '../sweep/grid.ts'
import { type KnownRecords, sweepInPasses } from '../sweep/passes.ts'
import type { Trace } from '../trace/index.ts'
import { asked } from './asked.ts'
import type { SweepOptions } from './options.ts'
import type { SubjectLike } from './subject-like.ts'

/** The result for one claim at one n, f and b. */
export interface SweptCell extends Omit<Cell, 'trace'> {
  readonly trace?: Trace
}

/** The result of `sweep`. */
export interface SweepOutcome {
  readonly grid: Grid
  /** In the order of the grid; if the sweep was stopped, those finished by then. */
  readonly cells: readonly SweptCell[]
  /** The same by n, f and b, with the measurements of simulated executions. */
  readonly records: readonly PointRecord[]
  readonly stoppedBy: 'signal' | null
  /** The command that repeats it. */
  readonly command: string
}

/** What is known of a sweep by now. */
class Known implements KnownRecords {
  readonly #records = new Map<string, PointRecord>()

  has(...where: Parameters<KnownRecords['at']>): boolean {
    return this.at(...where) !== undefined
  }

  at(point: Parameters<KnownRecords['at']>[0], pass: 0 | 1): PointRecord | undefined {
    return this.#records.get(`${pass} ${keyOf(point)}`)
  }

  add(record: PointRecord): void {
    this.#records.set(`${record.pass} ${keyOf(record)}`, record)
  }

  get all(): readonly PointRecord[] {
    return [...this.#records.values()]
  }
}

/** Flags that say what is written, or where. */
const ON_DISK = ['out', 'published', 'withoutPictures', 'workers']

/** Whoever asked wants no more of it. */
class CutShort extends Error {}

export async function sweepSubject(given: SubjectLike, options: SweepOptions): Promise<SweepOutcome> {
  const { io, session, resolved, flags } = await asked<SweepFlags>(given, options, sweepFlags, ON_DISK)
  const grid = sweptGrid([resolved], flags, session)
  const points = pointsIn(grid, [resolved])
  const known = new Known()
  const traces = new Map<string, Trace>()
  let stoppedBy: SweepOutcome['stoppedBy'] = null
  try {
    await sweepInPasses(grid, points, known, async (tasks, unit) => {
      for (const [i, task] of tasks.entries()) {
        await io.rest?.()
        if (io.cancelled?.()) throw new CutShort()
        const looked = lookAtPoint(task, resolved)
        known.add(looked.record)
        for (const { name, trace } of looked.traces) traces.set(name, trace)
        io.bar?.({ done: i + 1, total: tasks.length, unit, note: '' })
      }
    })
  } catch (error) {
    if (!(error instanceof CutShort)) throw error
    stoppedBy = 'signal'
  }
  const records = finalRecords(known.all)
  const cells = records.flatMap((record) =>
    record.cells.map(({ trace: _, ...cell }): SweptCell => {
      const trace = cell.verdict === 'violated' ? traces.get(traceName(record, cell.claim)) : undefined
      return { ...cell, ...(trace ? { trace } : {}) }
    }),
  )
  return { grid, cells, records, stoppedBy, command: sweepLine([resolved], flags, grid) }
}
