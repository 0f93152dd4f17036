import { expect, test } from 'vitest'
import { boundaryPoints, finalRecords } from '../../src/sweep/boundary.ts'
import { record } from './records.ts'

const places = (records: Parameters<typeof boundaryPoints>[0]): string[] =>
  boundaryPoints(records).map(({ n, b }) => `${n}/${b}`)

test('points where nothing was found, beside one that breaks or stops, get more runs', () => {
  const records = [
    record(4, 0, 'not-found'),
    record(4, 1, 'not-found'),
    record(4, 2, 'violated'),
    record(5, 0, 'not-found'),
    record(5, 1, 'proved'),
    record(5, 2, 'not-found'),
    record(6, 0, 'stuck'),
  ]
  // 4/1 and 5/2 are beside 4/2, 5/0 is beside 6/0; 4/0 has neighbours like itself only, and 5/1 is proved.
  expect(places(records)).toEqual(['4/1', '5/0', '5/2'])
})

test('Byzantine replicas that say nothing have tried all they can', () => {
  const quiet = record(4, 0, 'not-found')
  const records = [{ ...quiet, cells: quiet.cells.map((cell) => ({ ...cell, silent: true as const })) }]
  expect(places([...records, record(4, 1, 'stuck')])).toEqual([])
  expect(places([quiet, record(4, 1, 'stuck')])).toEqual(['4/0'])
})

test('neighbours are those of the same subject and claim', () => {
  const other = record(4, 1, 'violated')
  const elsewhere = [
    { ...other, subject: 'paxos', cells: other.cells.map((cell) => ({ ...cell, subject: 'paxos' })) },
    { ...other, cells: other.cells.map((cell) => ({ ...cell, claim: 'validity' })) },
  ]
  for (const one of elsewhere) expect(places([record(4, 0, 'not-found'), one])).toEqual([])
  expect(places([record(4, 0, 'not-found'), other])).toEqual(['4/0'])
})

test('the second pass has the last word, and leaves the order alone', () => {
  const [first, second] = [record(4, 0, 'not-found'), record(4, 1, 'not-found')]
  const found = finalRecords([first, second, record(4, 0, 'violated', 1)])
  expect(found.map(({ b, cells }) => `${b} ${cells[0]!.verdict}`)).toEqual(['0 violated', '1 not-found'])
})
