import { expect, test } from 'vitest'
import type { Grid } from '../../src/sweep/grid.ts'
import { headingOf, journalText, readSweepJournal, recordLine, sweepHeadingLine } from '../../src/sweep/journal.ts'
import { record } from './records.ts'

const grid = { subjects: [], n: '4..5', f: null, b: '0..n', runs: 10, seed: 1 } as unknown as Grid
const heading = headingOf(grid, '1.0.0', { 'my.ts': 'abc' })
const points = [record(4, 0, 'proved'), record(4, 1, 'not-found'), record(5, 0, 'violated')]
const refined = record(4, 1, 'violated', 1)

test('what is written is read back, and written again in the order of the grid', () => {
  const [a, b, c] = points as [(typeof points)[0], (typeof points)[0], (typeof points)[0]]
  const text = sweepHeadingLine(heading) + [c, refined, a, b].map(recordLine).join('')
  const found = readSweepJournal(text, heading, 'cells.jsonl')
  expect(found).toEqual([c, refined, a, b])
  expect(journalText(heading, points, found)).toBe(
    sweepHeadingLine(heading) + [a, b, c, refined].map(recordLine).join(''),
  )
})

test('a line that was cut off is not there', () => {
  const text = sweepHeadingLine(heading) + recordLine(points[0]!) + recordLine(points[1]!).slice(0, 40)
  expect(readSweepJournal(text, heading, 'cells.jsonl')).toEqual([points[0]])
  expect(readSweepJournal(sweepHeadingLine(heading).slice(0, 20), heading, 'cells.jsonl')).toEqual([])
  expect(readSweepJournal('', heading, 'cells.jsonl')).toEqual([])
})

test.each([
  [
    'other runs',
    sweepHeadingLine(headingOf({ ...grid, runs: 20 }, '1.0.0', { 'my.ts': 'abc' })),
    /another sweep: runs was 20/,
  ],
  [
    'another version',
    sweepHeadingLine(headingOf(grid, '0.9.0', { 'my.ts': 'abc' })),
    /another sweep: of version 0\.9\.0/,
  ],
  [
    'a changed file',
    sweepHeadingLine(headingOf(grid, '1.0.0', { 'my.ts': 'abd' })),
    /the file of the protocol was changed/,
  ],
  ['something else', '{"a":1}\n', /not the journal/],
  ['no JSON', 'hello\n', /line 1/],
  ['null', 'null\n', /not the journal/],
  ['an odd record', `${sweepHeadingLine(heading)}{"n":4}\n`, /line 2/],
])('%s is refused', (_, text, why) => {
  expect(() => readSweepJournal(text, heading, 'cells.jsonl')).toThrow(why)
})
