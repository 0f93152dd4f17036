import { describe, expect, test } from 'vitest'
import type { Expectation } from '../src/model/index.ts'
import { campaign, commandOf, isOfRuns, type Row, rows, slugOf } from './expected.ts'
import { isFoundHere, longRows } from './long-rows.ts'
import { inTier } from './tiers.ts'
import { lineOf } from './undecided.ts'

/** Runs that are enough to find nearly everything; most of it within the first piece. */
const RUNS = 1_500
const PIECES = [20, 180, RUNS - 200]
/** Rows that take more runs, most of them after the pilot, and how many are enough. */
const byMoreRuns: ReadonlyMap<string, number> = new Map([
  ['pbft-lowest-view-certificate', 100_000],
  ['ben-or-n-5f n=5', 200_000],
  ['ben-or-no-validation', 20_000],
  ['ben-or-simple-majority', 100_000],
  ['go-pbft-layer-2-no-conflict-check', 100_000],
  ['ben-or-over-bound', 20_000],
  // From run 10,000 on, some runs go by a plan.
  ['chained-hotstuff-no-lock-two-chain', 12_000],
  ['chained-hotstuff-two-chain-late-lock', 12_000],
  ['chained-hotstuff-two-chain-non-consecutive', 12_000],
  ['chained-hotstuff-three-chain-non-consecutive', 12_000],
  ['chained-hotstuff-double-vote', 12_000],
  // Two chains of three take fourteen steps in seven views.
  ['chained-hotstuff-no-lock', 20_000],
  ['chained-hotstuff-diembft-no-preferred-round', 20_000],
  ['chained-hotstuff-three-chain-last-link-only', 20_000],
  ['chained-hotstuff-early-lock-three-chain-non-consecutive', 20_000],
  ['chained-hotstuff-diembft-double-vote', 12_000],
  ['chained-hotstuff-diembft-quorum-2f', 5_000],
  ['dbft-committed-may-leave', 20_000],
  ['zyzzyva-published', 20_000],
  ['chained-hotstuff-quorum-2f', 20_000],
  ['chained-hotstuff-three-chain-first-link-only', 12_000],
  ['hotstuff-decide-on-precommit', 20_000],
  ['hotstuff-mixed-view-qc', 40_000],
  ['pfab-last-majority', 5_000],
  ['ibft-no-lock', 10_000],
  ['ibft-quorum-2f-plus-1 n=6', 20_000],
  ['qbft-first-not-highest', 100_000],
  ['qbft-first-round-exempt', 20_000],
  ['qbft-quorum-2f-plus-1 n=6', 20_000],
  ['qbft-unjustified-proposal', 20_000],
  ['qbft-unproved-prepared', 20_000],
  ['streamlet-non-consecutive', 12_000],
  ['streamlet-two-consecutive', 12_000],
  ['streamlet-vote-repeat', 12_000],
  ['streamlet-no-vote-rule', 12_000],
  ['streamlet-finalise-tip', 12_000],
  ['sync-hotstuff-no-forward', 20_000],
  // r0 has to be silent at nearly all times.
  ['sync-hotstuff-short-timer', 30_000],
  ['tendermint-forget-lock', 20_000],
  ['tendermint-no-lock', 12_000],
  ['tendermint-no-pol-rule', 2_000],
  ['tendermint-pol-any-round', 14_000],
  ['tendermint-pol-ignore-lock-round', 12_000],
  ['tendermint-pol-unchecked', 12_000],
  // It takes 29 steps in four rounds, of which each is necessary.
  ['tendermint-precommit-across-rounds', 14_000],
  ['tendermint-unlock-on-nil', 12_000],
  ['tendermint-unlock-on-weak-nil', 12_000],
  ['two-step-leader-exclusion', 40_000],
  ['two-step-no-exclusion', 10_000],
  ['raft-commits-earlier-terms', 20_000],
  ['vr-longest-log', 10_000],
  // It takes four views.
  ['pbft-commit-across-views', 200_000],
])

/** Rows that the search finds too late for a test, or not yet. Each with its reason. */
const byTraceOnly: ReadonlyMap<string, string> = new Map([
  [
    'ben-or-n-5f n=10',
    'The same defect at twice the size, in 45 settings, where a second is enough for 300 runs only.',
  ],
  [
    'sync-hotstuff-published',
    '8,000 runs in rounds did not find agreement broken: r0 has to be silent at nearly all times.',
  ],
  [
    'sync-hotstuff-n-2f',
    '4,693 runs did not find it. In one of a thousand somebody commits at all: Byzantine leaders rarely let anybody.',
  ],
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

async function isFoundByMore(row: Row): Promise<boolean> {
  const { claims } = await campaign(row, [row.row.claim], 0, more(row.row)!)
  return claims[0]!.verdict === 'violated'
}

/** All rows of a class of defect can be meant, or those of one size. */
const namesOf = (row: Expectation): string[] => [slugOf(row), `${slugOf(row)} n=${row.configuration.n}`]
const more = (row: Expectation) => namesOf(row).flatMap((name) => byMoreRuns.get(name) ?? [])[0]
const isExcused = (row: Expectation): boolean => namesOf(row).some((name) => byTraceOnly.has(name))
const isUsual = (row: Expectation): boolean => !isExcused(row) && !more(row)
const commandFor = (row: Expectation): string => commandOf(row, more(row) ?? RUNS)

const violated = rows
  .filter((one) => one.row.verdict === 'violated' && isOfRuns(one))
  .map((one) => ({ ...one, command: commandFor(one.row) }))

describe('is found', () => {
  test.each(violated.filter(({ row }) => isUsual(row) && isFoundHere(row)))('$command', async ({ command, ...row }) => {
    expect(await firstViolation(row), `nothing found by ${command}`).toBeDefined()
  })
})

// All of them are slow: they are in one tier.
describe.skipIf(!inTier(false, true))('is found by more runs', () => {
  test.each(violated.filter(({ row }) => more(row)))('$command', async (row) => {
    expect(await isFoundByMore(row)).toBe(true)
  })
})

test('every row that is not searched for here has a reason, and exists', () => {
  const names = violated.flatMap(({ row }) => namesOf(row))
  for (const [name, reason] of byTraceOnly) {
    expect(names).toContain(name)
    expect(reason.length).toBeGreaterThan(20)
  }
  expect(names).toEqual(expect.arrayContaining([...byMoreRuns.keys()]))
})

test('every pattern of rows that take long means some', () => {
  const lines = rows.map(({ row }) => lineOf(row))
  expect(longRows.filter((one) => !lines.some((line) => one.test(line)))).toEqual([])
})
