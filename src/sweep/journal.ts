import { canonical, same, UsageError } from '../model/index.ts'
import {
  type Kind,
  listOf,
  NUMBER,
  OBJECT,
  objectOf,
  oneOf,
  optional,
  type Shape,
  TEXT,
  WHOLE,
} from '../model/shape.ts'
import { keyOf, type Point, type PointRecord, VERDICTS } from './cell.ts'
import type { Grid, GridSubject } from './grid.ts'

/** Raised when journals of earlier versions can no longer be gone on with. */
export const JOURNAL_FORMAT = 1

const ID_LIST = listOf(WHOLE)
const POINT: Shape = { subject: TEXT, n: WHOLE, f: WHOLE, b: WHOLE }
const TALLY = objectOf({
  strategy: TEXT,
  stratum: TEXT,
  byzantine: ID_LIST,
  runs: WHOLE,
  violations: WHOLE,
  decided: WHOLE,
})
const SEARCHED = objectOf({ byzantine: ID_LIST, stands: WHOLE, states: WHOLE, verdict: TEXT })
const CELL = objectOf({
  ...POINT,
  ...{ claim: TEXT, verdict: oneOf(VERDICTS), strategy: TEXT, runs: WHOLE, violations: WHOLE, decided: WHOLE },
  ...{ upper95: NUMBER, tallies: listOf(TALLY), searched: listOf(SEARCHED), trace: optional(TEXT) },
})
const METRICS = objectOf({ stratum: TEXT, trials: WHOLE, messages: listOf(OBJECT), violations: listOf(OBJECT) })
const PASS: Kind = { words: '0 or 1', is: (value) => value === 0 || value === 1 }
/** What a line says of a point; others may have written it. */
const RECORD = objectOf({ ...POINT, pass: PASS, cells: listOf(CELL), metrics: listOf(METRICS) })

/** The first line of a journal: what was asked, and of what. */
export interface SweepHeading {
  readonly 'turncoat-sweep': number
  readonly version: string
  /** The grid, but for where this machine keeps the protocols. */
  readonly grid: Omit<Grid, 'subjects'> & { readonly subjects: readonly Omit<GridSubject, 'found'>[] }
  /** Digests of the users' files by their paths: a protocol that was changed is another protocol. */
  readonly files: Readonly<Record<string, string>>
}

export function headingOf(grid: Grid, version: string, files: SweepHeading['files']): SweepHeading {
  const subjects = grid.subjects.map(({ found: _, ...subject }) => subject)
  return { 'turncoat-sweep': JOURNAL_FORMAT, version, grid: { ...grid, subjects }, files }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`

export const sweepHeadingLine = (heading: SweepHeading): string => line(heading)
export const recordLine = (record: PointRecord): string => line(record)

/** A whole journal: the heading, then the points in the order of the grid, those of the second pass last. */
export function journalText(heading: SweepHeading, points: readonly Point[], records: readonly PointRecord[]): string {
  const known = new Map(records.map((record) => [`${record.pass} ${keyOf(record)}`, record]))
  const lines = [0, 1].flatMap((pass) => points.flatMap((point) => known.get(`${pass} ${keyOf(point)}`) ?? []))
  return sweepHeadingLine(heading) + lines.map(recordLine).join('')
}

/**
 * The records of a journal that may have been cut off in the middle of its last line.
 * @throws UsageError for the journal of another sweep, or a file that is none
 */
export function readSweepJournal(text: string, heading: SweepHeading, file: string): readonly PointRecord[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const [first, ...rest] = whole.split('\n').filter(Boolean)
  if (first === undefined) return []
  const anew = 'give another folder with --out, or remove the file to begin anew'
  const parse = (json: string, number: number): unknown => {
    try {
      return JSON.parse(json)
    } catch {
      throw new UsageError(`${file}: line ${number} is not a line of a journal`, anew)
    }
  }
  const found = parse(first, 1) as Partial<SweepHeading> | null
  if (typeof found !== 'object' || found?.['turncoat-sweep'] === undefined) {
    throw new UsageError(`${file} is not the journal of a sweep`, anew)
  }
  if (!same(found, JSON.parse(canonical(heading)))) {
    throw new UsageError(`${file} is the journal of another sweep: ${difference(found, heading)}`, anew)
  }
  return rest.map((one, i) => {
    const record = parse(one, i + 2)
    if (RECORD.is(record)) return record as PointRecord
    throw new UsageError(`${file}: line ${i + 2} is not the record of a point`, anew)
  })
}

/** What is not the same, in a few words. */
function difference(found: Partial<SweepHeading>, heading: SweepHeading): string {
  const text = (value: unknown): string => canonical(value ?? null)
  if (found.version !== heading.version || found['turncoat-sweep'] !== heading['turncoat-sweep']) {
    return `of version ${String(found.version)}`
  }
  if (text(found.files) !== text(heading.files)) return 'the file of the protocol was changed'
  const names = Object.keys(heading.grid) as (keyof Grid)[]
  const name = names.find((key) => text(found.grid?.[key]) !== text(heading.grid[key]))
  return name === undefined ? 'its grid' : `${name} was ${text(found.grid?.[name]).slice(0, 80)}`
}
