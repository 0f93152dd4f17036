import { existsSync } from 'node:fs'
import { appendFile, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { digest } from '../../model/digest.ts'
import { UsageError } from '../../model/index.ts'
import { keyOf, type Point, type PointRecord } from '../../sweep/cell.ts'
import type { Task } from '../../sweep/examine.ts'
import type { Grid } from '../../sweep/grid.ts'
import {
  headingOf,
  journalText,
  readSweepJournal,
  recordLine,
  type SweepHeading,
  sweepHeadingLine,
} from '../../sweep/journal.ts'
import { type KnownRecords, sweepInPasses } from '../../sweep/passes.ts'
import { packageVersion } from '../files/package-folder.ts'
import { saveFile } from '../files/save-file.ts'
import { rewriteTrace } from '../files/trace-files.ts'
import { assertWritable } from '../files/trace-folder.ts'
import type { Resolved } from '../subjects/resolved.ts'
import { EXIT } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'
import type { Engines } from '../workers/engines.ts'
import { engines as ownEngines } from '../workers/own-engines.ts'

/** A sweep, and where it is written. */
export interface SweepRequest {
  readonly grid: Grid
  readonly points: readonly Point[]
  readonly subjects: readonly Resolved[]
  /** As the user named it. */
  readonly folder: string
  readonly workers: number
  /** The command that asks, as what is cut off names it. */
  readonly command: 'sweep' | 'study'
}

export interface Swept {
  /** Of both passes. */
  readonly records: readonly PointRecord[]
  /** How many points were known from a sweep that had been stopped. */
  readonly known: number
}

export const JOURNAL = 'cells.jsonl'

/** Looks at every point that the journal does not know yet, and writes each down as soon as it is known. */
export async function runSweep(
  { grid, points, subjects, folder, workers, command }: SweepRequest,
  output: Output,
  engines: Engines = ownEngines,
): Promise<Swept> {
  const { cwd } = output.io
  await assertWritable(cwd, folder)
  const heading = headingOf(grid, packageVersion(), await digests(subjects, cwd))
  const journal = await Journal.open(resolve(cwd, folder), `${folder}/${JOURNAL}`, heading)
  const known = points.filter((point) => journal.has(point, 0)).length
  await sweepInPasses(grid, points, journal, (tasks, unit) =>
    lookAt(tasks, unit, command, journal, workers, engines, output),
  )
  await journal.settle(points)
  return { records: journal.records, known }
}

async function lookAt(
  tasks: readonly Task[],
  unit: string,
  command: SweepRequest['command'],
  journal: Journal,
  workers: number,
  engines: Engines,
  output: Output,
): Promise<void> {
  const left = tasks.filter(({ point, pass }) => !journal.has(point, pass))
  const bar = progress(output, tasks.length, unit)
  let done = tasks.length - left.length
  const keep = (): void =>
    output.keep(() => {
      const text = `${done} of ${tasks.length} ${unit} are in ${join(journal.folder, JOURNAL)}; the same command goes on from there`
      return {
        lines: [text],
        json: { command, done, of: tasks.length, unit, folder: journal.folder },
        code: EXIT.inconclusive,
      }
    })
  keep()
  try {
    await engines.lookAtAll(left, workers, async ({ record, traces }) => {
      for (const { name, trace } of traces) await rewriteTrace(trace, join(journal.folder, 'traces', name), '/')
      await journal.add(record)
      const broken = record.cells.filter(({ verdict }) => verdict === 'violated').map(({ claim }) => claim)
      const { subject, n, b } = record
      bar.update(++done, `${subject}, n = ${n}, b = ${b}${broken.length > 0 ? `: ${broken.join(', ')} broken` : ''}`)
      keep()
    })
  } finally {
    bar.stop()
  }
}

/** A digest of each file of the user's: what was found of another text is not true of this one. */
async function digests(subjects: readonly Resolved[], cwd: string): Promise<Record<string, string>> {
  const files = [...new Set(subjects.flatMap(({ file }) => file ?? []))].sort()
  const texts = await Promise.all(files.map((file) => readFile(resolve(cwd, file), 'utf8')))
  return Object.fromEntries(files.map((file, i) => [file, digest(texts[i]!)]))
}

/** The journal on the disk: it grows line by line, and is put into the order of the grid at the end. */
class Journal implements KnownRecords {
  readonly folder: string
  readonly #path: string
  readonly #heading: SweepHeading
  readonly #records = new Map<string, PointRecord>()

  private constructor(folder: string, heading: SweepHeading) {
    this.folder = folder
    this.#path = join(folder, JOURNAL)
    this.#heading = heading
  }

  /** @throws UsageError where the folder holds the journal of another sweep, or cannot be written to */
  static async open(folder: string, shown: string, heading: SweepHeading): Promise<Journal> {
    const journal = new Journal(folder, heading)
    const text = await readFile(journal.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new UsageError(`${shown} cannot be read: ${error.message}`, 'name another folder with --out')
    })
    const read = text === undefined ? [] : readSweepJournal(text, heading, shown)
    // A violation whose trace is gone is looked for again, and its trace written.
    const found = read.filter(({ cells }) => cells.every(({ trace }) => !trace || existsSync(join(folder, trace))))
    for (const record of found) journal.#records.set(`${record.pass} ${keyOf(record)}`, record)
    // What a killed sweep left in the middle of a line is gone.
    await saveFile(journal.#path, sweepHeadingLine(heading) + found.map(recordLine).join(''))
    return journal
  }

  has(point: Point, pass: 0 | 1): boolean {
    return this.at(point, pass) !== undefined
  }

  at(point: Point, pass: 0 | 1): PointRecord | undefined {
    return this.#records.get(`${pass} ${keyOf(point)}`)
  }

  get records(): readonly PointRecord[] {
    return [...this.#records.values()]
  }

  async add(record: PointRecord): Promise<void> {
    this.#records.set(`${record.pass} ${keyOf(record)}`, record)
    await appendFile(this.#path, recordLine(record)).catch((error: Error) => {
      throw new UsageError(`${this.#path} cannot be written: ${error.message}`, 'make room; the same command goes on')
    })
  }

  /** Rewrites it in the order of the grid: the same bytes, whatever order the points were looked at in. */
  async settle(points: readonly Point[]): Promise<void> {
    await saveFile(this.#path, journalText(this.#heading, points, this.records))
    const inOrder = [0, 1].flatMap((pass) => points.flatMap((point) => this.at(point, pass as 0 | 1) ?? []))
    this.#records.clear()
    for (const record of inOrder) this.#records.set(`${record.pass} ${keyOf(record)}`, record)
  }
}
