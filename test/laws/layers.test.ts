/**
 * Layers on random small protocols with two to four views: verdicts, shortest lengths and vacuity are those of the plain
 * search and, where that has too much to look at, those of a search without layers. More of them:
 *
 *     TURNCOAT_LAWS=10000 npx vitest run test/laws/layers.test.ts
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agrees } from '../../properties/laws/checker.ts'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { check } from '../../src/check/check.ts'
import type { CheckResult } from '../../src/check/result/result.ts'
import { canonical, HarnessError } from '../../src/model/index.ts'
import { type PassName, REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { PASSES_BY_NAME, type Passes } from '../../src/tables/passes/passes.ts'
import { inTier, LONG } from '../tiers.ts'
import { holds } from './lawful.ts'
import { ByViewAlone, ForgetsTheWay, LooksOneStepAhead, ProvesAtOnce, TrustsLowWords } from './unsound-layers.ts'
import { caseOf, type ViewedCase } from './viewed-protocol.ts'
import { type Viewed, vieweds } from './viewed-protocols.ts'

const { LAW_SEED, TURNCOAT_LAWS } = process.env
const SEED = Number(LAW_SEED ?? 20_261)
const COUNT = Number(TURNCOAT_LAWS ?? inTier(12, 600))
const TIMEOUT = 120_000 + COUNT * 1_000
/** Nodes of a plain search, and states of a search without layers. */
const MOST_NODES = 400
const MOST_STATES = 20_000
/** Protocols on which a mutant has to be caught. */
const MOST_CASES = 400

const others = REDUCTIONS.filter((pass) => pass !== 'layers')
/** Layers with all else, with relaxation or forgetting alone, by itself, and without each of the others. */
const sets: readonly (readonly PassName[])[] = [
  [],
  ...others.map((pass) => [pass]),
  others,
  ...(['forget', 'big-step', 'relaxation'] as const).map((one) => others.filter((pass) => pass !== one)),
]

const told = ({ claims }: CheckResult): unknown =>
  claims.map(({ claim, verdict, steps, shortest }) => [claim, verdict, steps?.length ?? -1, shortest ?? ''])

/** What a search without layers, and the laws, say; nothing where there is too much to look at. */
function expected({ program, claims, words }: ViewedCase): unknown {
  if (!words) return undefined
  const reference = referenceSearch(program, claims, words, MOST_NODES)
  const result = check({ program, claims, without: ['layers', 'relaxation'], maxStates: MOST_STATES })
  if (reference.finished) agrees(() => result, { program, claims, reference })
  return result.claims.some(({ verdict }) => verdict === 'inconclusive') ? undefined : told(result)
}

/** @param with_ the passes, perhaps with a mutant among them */
function law(one: Viewed, wanted: readonly (readonly PassName[])[], passes: Passes = PASSES_BY_NAME): CheckResult[] {
  const known = caseOf(one)
  const say = expected(known)
  if (say === undefined) return []
  return wanted.map((without) => {
    const result = check({ program: known.program, claims: known.claims, without }, passes)
    if (canonical(told(result) as never) !== canonical(say as never))
      throw new HarnessError(
        `without ${without.join()}: ${canonical(told(result) as never)}, not ${canonical(say as never)}`,
      )
    return result
  })
}

const file = 'test/laws/layers.test.ts'

describe('layers', () => {
  test('change neither a verdict nor a length', { timeout: TIMEOUT }, () => {
    let left = 0
    holds({ file, test: 'layers change neither a verdict nor a length', runs: COUNT }, vieweds, (one) => {
      for (const { reductions } of law(one, [sets[0]!, sets[JSON.stringify(one).length % sets.length]!])) {
        const { on, before = 0, after = 0 } = reductions.find(({ pass }) => pass === 'layers')!
        if (on && after < before) left++
      }
    })
    // A law that is held against nothing shows nothing.
    expect(left).toBeGreaterThan(COUNT / 4)
  })
})

/** A message of the coalition, in a low view, rests on what was said in a high one. */
const late: Viewed = {
  ...{ n: 3, byzantine: [2], crash: [], auth: 'signatures', views: 2, selfDelivery: 'inbox' },
  ...{ inputs: [[], []], timers: [1], opens: [], says: 'A', rearms: false, afresh: true, viewOf: 'view' },
  proof: { q: 2, of: 'same' },
  rules: [
    // Nobody correct says C, but it can be said.
    {
      ...{ on: 'A', self: 2, when: 'always', after: null, not: null, moves: 'stays', outputs: false },
      ...{ asks: { q: 2, of: 'same', value: true, takes: false }, says: { type: 'C', view: 'same', value: 'same' } },
    },
    {
      ...{ on: 'C', self: null, when: 'always', asks: null, after: null, not: null, moves: 'stays' },
      ...{ says: null, outputs: true },
    },
  ],
  pairs: [[{ at: 0, view: 0, value: 'y' }]],
}

describe.runIf(LONG)('the laws catch layers that', () => {
  const cases = fc.sample(vieweds, { seed: SEED, numRuns: MOST_CASES })
  /** With the first case that tells, from where on they are tried: none of those before it does. */
  const mutants: [name: string, layers: Passes['layers'], tried: readonly Viewed[]][] = [
    ['take a step for one of the view that it leads to', ByViewAlone, cases.slice(167)],
    ['suppose that low words are enough', TrustsLowWords, cases.slice(328)],
    ['overlook what proofs need', ProvesAtOnce, [late]],
    ['forget the steps before', ForgetsTheWay, cases.slice(18)],
    ['look one step ahead', LooksOneStepAhead, cases.slice(63)],
  ]
  // Only layers: what else is on might hide it.
  const alone = REDUCTIONS.filter((pass) => pass !== 'layers')

  test.each(mutants)('%s', { timeout: TIMEOUT }, (_, layers, tried) => {
    const notices = (one: Viewed, passes: Passes): boolean => {
      try {
        law(one, [alone], passes)
        return false
      } catch (error) {
        if (error instanceof HarnessError) return true
        throw error
      }
    }
    const caught = tried.find((one) => notices(one, { ...PASSES_BY_NAME, layers }))
    expect(caught).toBeDefined()
    expect(notices(caught!, PASSES_BY_NAME)).toBe(false)
  })
})
