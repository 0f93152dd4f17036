import { grouped } from '../model/index.ts'
import { type Cell, keyOf, type Point, type PointRecord } from './cell.ts'

/** On which side of a boundary a cell is. */
function side({ verdict }: Cell): 'holds' | 'breaks' | 'stops' {
  if (verdict === 'proved' || verdict === 'not-found') return 'holds'
  return verdict === 'violated' ? 'breaks' : 'stops'
}

/**
 * Nothing was found, and Byzantine replicas that send have more to try. Those that say nothing have tried all they can.
 */
export function deservesMore({ verdict, silent }: Cell): boolean {
  return verdict === 'not-found' && !silent
}

/**
 * Points where more runs are worth their time: nothing was found there, and one replica or one Byzantine replica more
 * or less makes a difference. It depends on results only, so it is the same whoever asks and whenever.
 */
export function boundaryPoints(records: readonly PointRecord[]): readonly Point[] {
  const keyAt = ({ subject, n, b }: Pick<Point, 'subject' | 'n' | 'b'>, claim: string): string =>
    `${subject} ${n} ${b} ${claim}`
  const all = records.flatMap((record) => record.cells)
  const cells = grouped(all, (cell) => keyAt(cell, cell.claim))
  const isNear = (cell: Cell): boolean => {
    if (!deservesMore(cell)) return false
    const { subject, n, b, claim } = cell
    const around = [
      { subject, n: n - 1, b },
      { subject, n: n + 1, b },
      { subject, n, b: b - 1 },
      { subject, n, b: b + 1 },
    ].flatMap((point) => cells.get(keyAt(point, claim)) ?? [])
    return around.some((other) => side(other) !== side(cell))
  }
  return records.filter((record) => record.cells.some(isNear))
}

/** The last word about each point. */
export function finalRecords(records: readonly PointRecord[]): readonly PointRecord[] {
  const later = new Map(records.filter(({ pass }) => pass === 1).map((record) => [keyOf(record), record]))
  return records
    .filter(({ pass }) => pass === 0)
    .map((record) => {
      const more = later.get(keyOf(record))
      if (!more) return record
      const cells = record.cells.map((cell) => more.cells.find(({ claim }) => claim === cell.claim) ?? cell)
      const odd = more.cells.filter(({ claim }) => !cells.some((cell) => cell.claim === claim))
      return { ...record, cells: [...cells, ...odd] }
    })
}
