import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exhaustively, programOf } from '../../properties/laws/exhaustive.ts'
import { strategies, universe } from '../../src/adversary/index.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import type { Steps } from '../../src/model/index.ts'
import { inTier, LONG } from '../tiers.ts'
import { claims, type Small, smallProtocol, smalls } from './small-protocols.ts'

const invariants = claims.filter(({ kind }) => kind === 'invariant')
const SEED = Number(process.env['LAW_SEED'] ?? 3)
const COUNT = inTier(50, 150)
const repeat = `LAW_SEED=${SEED} npx vitest run test/laws/small-protocols.test.ts`

function searched(small: Small, steps: Steps, maxStates: number) {
  const program = programOf(smallProtocol(small), small.n, small.byzantine, steps)
  return exhaustively(program, invariants, universe(program).messages, maxStates)
}

const cases = fc.sample(smalls, { seed: SEED, numRuns: COUNT }).map((small) => {
  const eager = searched(small, 'eager', small.byzantine.length > 0 ? 150 : 400)
  // What is broken eagerly must be found lazily, however long that takes.
  const lazy = searched(small, 'lazy', eager === 'violated' ? 5_000 : 400)
  return { small, lazy, eager }
})

const count = (is: (one: (typeof cases)[number]) => boolean): number => cases.filter(is).length

describe('whatever breaks under eager steps breaks under lazy ones', () => {
  test.each(cases.filter(({ eager }) => eager === 'violated'))(`${repeat}: $small`, ({ small, lazy }) => {
    expect(lazy, `${JSON.stringify(small)}; repeat it with: ${repeat}`).toBe('violated')
  })

  // Shares of few protocols say little.
  test.runIf(LONG)('both verdicts are well represented, and some violation needs a rule that waits', () => {
    expect(count(({ eager }) => eager === 'violated')).toBeGreaterThan(COUNT * 0.15)
    expect(count(({ lazy }) => lazy === 'violated')).toBeGreaterThan(COUNT * 0.25)
    expect(count(({ lazy }) => lazy === 'holds')).toBeGreaterThan(COUNT * 0.25)
    expect(count(({ lazy }) => lazy === 'unfinished')).toBeLessThan(COUNT * 0.1)
    expect(count(({ lazy, eager }) => lazy === 'violated' && eager === 'holds')).toBeGreaterThan(0)
  })
})

async function fuzzed(small: Small): Promise<boolean> {
  const protocol = smallProtocol(small)
  const campaign = {
    subject: 'small',
    settings: [programOf(protocol, small.n, small.byzantine, 'lazy').setting],
    claims: ['agreement'],
    runs: 400,
    firstRun: 0,
    seed: SEED,
    strategies: strategies.map(({ name }) => name),
    schedulers: choosers.map(({ name }) => name),
    maxSteps: 60,
  }
  const result = await runHere(campaign, protocol, claims)
  return result.claims[0]!.verdict === 'violated'
}

test('the fuzzer never breaks what holds, and breaks nearly all that does not', async () => {
  let [real, found] = [0, 0]
  const missed: string[] = []
  for (const { small, lazy } of cases) {
    if (lazy === 'unfinished') continue
    const violated = await fuzzed(small)
    if (lazy === 'holds') {
      expect(violated, `a violation of ${JSON.stringify(small)}, which holds; repeat it with: ${repeat}`).toBe(false)
      continue
    }
    real++
    if (violated) found++
    else missed.push(JSON.stringify(small))
  }
  expect(found / real, `missed ${missed.join('\n')}\nrepeat it with: ${repeat}`).toBeGreaterThan(0.95)
})
