import { expect, test } from 'vitest'
import { decided } from './decided.ts'
import { rows } from './expected.ts'
import { isDecidedHere } from './long-rows.ts'
import { LONG } from './tiers.ts'
import { isSlow, lineOf, reasonOf } from './undecided.ts'

/** `TURNCOAT_ALL_ROWS=1` also searches what is said to be out of reach, to see that it still is. */
const ALL = process.env['TURNCOAT_ALL_ROWS'] === '1'

/** A test for every row of `expected` whose subject matches, and that belongs to this tier: the exhaustive search says the same. */
export function verdictsOf(subjects: RegExp): void {
  const mine = rows.filter(({ row }) => subjects.test(row.subject)).map((one) => ({ ...one, line: lineOf(one.row) }))
  const within = mine.filter(({ row }) => reasonOf(row) === undefined)
  test.each(within.filter(({ row }) => isDecidedHere(row)))('$line is $row.verdict', (row) => {
    expect(decided(row)).toBe(row.row.verdict)
  })
  if (!ALL || !LONG) return
  test.each(mine.filter(({ row }) => isSlow(row)))('$line is $row.verdict, in time', (row) => {
    expect(decided(row)).toBe(row.row.verdict)
  })
  test.each(mine.filter((one) => !within.includes(one) && !isSlow(one.row)))('$line is out of reach', (row) => {
    expect(decided(row), 'it can be taken off the list in test/undecided.ts').toBe('inconclusive')
  })
}
