import { describe, expect, test } from 'vitest'
import type { Expectation } from '../src/model/index.ts'
import { campaign, commandOf, type Row, rows, slugOf } from './expected.ts'
import { isFoundHere, longRows } from './long-rows.ts'
import { lineOf } from './undecided.ts'

/** Runs that are enough to find nearly everything; most of it within the first piece. */
const RUNS = 1_500
const PIECES = [20, 180, RUNS - 200]
/** Rows that the search finds too late for a test, or not yet: traces or tests prove them. Each with its reason. */
const byTraceOnly: ReadonlyMap<string, string> = new Map([
  ['pbft-lowest-view-certificate', 'Found after some ten thousand runs: it takes two certificates of different views.'],
  ['ben-or-n-5f', 'Not found in 1,500 runs: three rounds in which all coins fall alike; by hand in test/protocols.'],
  ['ben-or-simple-majority', 'Found after a minute of runs: both values need just four REPORTs.'],
  [
    'go-pbft-layer-2-no-conflict-check',
    'Found after some thousand runs: with nobody Byzantine it takes 33 steps in order.',
  ],
  ['pbft-commit-across-views', 'Not found in 60,000 runs: it takes four views. The checker finds it, in 22 steps.'],
])

/** The first run that violates the claim. Run i is the same run in whichever piece it is made. */
async function firstViolation(row: Row): Promise<number | undefined> {
  let firstRun = 0
  for (const runs of PIECES) {
    const { claims } = await campaign(row, [row.row.claim], firstRun, runs)
    const found = claims.find(({ verdict }) => verdict === 'violated')?.found
    if (found) return found.run
    firstRun += runs
  }
  return undefined
}

/** All claims of a class of defect can be excused, or one of them: `slug claim`. */
const namesOf = (row: Expectation): string[] => [slugOf(row), `${slugOf(row)} ${row.claim}`]
const isExcused = (row: Expectation): boolean => namesOf(row).some((name) => byTraceOnly.has(name))
const violated = rows
  .filter(({ row }) => row.verdict === 'violated')
  .map((one) => ({ ...one, command: commandOf(one.row, RUNS) }))

describe('is found', () => {
  test.each(violated.filter(({ row }) => !isExcused(row) && isFoundHere(row)))('$command', async ({
    command,
    ...row
  }) => {
    expect(await firstViolation(row), `nothing found by ${command}`).toBeDefined()
  })
})

test('every row that is not searched for here has a reason, and exists', () => {
  const names = violated.flatMap(({ row }) => namesOf(row))
  for (const [name, reason] of byTraceOnly) {
    expect(names).toContain(name)
    expect(reason.length).toBeGreaterThan(20)
  }
})

test('every pattern of rows that take long means some', () => {
  const lines = rows.map(({ row }) => lineOf(row))
  expect(longRows.filter((one) => !lines.some((line) => one.test(line)))).toEqual([])
})
