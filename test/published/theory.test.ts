import { describe, expect, test } from 'vitest'
import { range } from '../../src/model/index.ts'
import { type PublishedPoint, publishedPoint } from '../../src/published/point.ts'
import {
  blockedBy,
  chanceOfSuccess,
  expectedOf,
  mostTolerated,
  oddPoints,
  repeatedCommits,
} from '../../src/published/theory.ts'
import { PUBLISHED } from '../../src/published/trials.ts'

/** All ways to choose `count` of n replicas. */
function samples(n: number, count: number): number[][] {
  const subsets = range(2 ** n).map((bits) => range(n).filter((id) => (bits >> id) & 1))
  return subsets.filter(({ length }) => length === count)
}

test.each([4, 7, 10, 11, 12])('n = %i: the chance of success is the share of samples that succeed', (n) => {
  const f = Math.floor((n - 1) / 3)
  for (const m of range(n + 1)) {
    const successful = samples(n, m).filter((sample) => !sample.includes(0) && n - m >= 2 * f + 1)
    expect(chanceOfSuccess(n, f, m)).toBeCloseTo(successful.length / samples(n, m).length, 12)
  }
  expect(mostTolerated(n, f)).toBe(n % 3 === 1 ? f : n - 2 * f - 1)
})

test('COMMITs beyond the first: all PREPAREs beyond the quorum, those of the malicious in one trial of four', () => {
  expect(range(4).map((m) => repeatedCommits(10, 3, m))).toEqual([3, 2.25, 1.5, 0.75])
})

describe('how long a broadcast blocks', () => {
  test('uniform delays: the mean of the largest of n', () => {
    expect(blockedBy(10, { ...PUBLISHED, reorder: 0 })).toBeCloseTo(5 + (30 * 10) / 11, 3)
  })

  test('one copy: the mean delay, with a further 10 ms where it is late', () => {
    expect(blockedBy(1, { ...PUBLISHED, reorder: 0 })).toBeCloseTo(20, 3)
    expect(blockedBy(1, { ...PUBLISHED, reorder: 1 })).toBeCloseTo(30, 3)
    expect(blockedBy(1, PUBLISHED)).toBeCloseTo(20.5, 3)
  })

  test('a constant delay: only the late copies vary', () => {
    expect(blockedBy(3, { ...PUBLISHED, minDelay: 8, maxDelay: 8, reorder: 1 })).toBeCloseTo(8 + 15, 2)
  })

  test('as published: what 200,000 draws with Python gave', () => {
    expect(blockedBy(10, PUBLISHED)).toBeCloseTo(33.8, 1)
  })
})

describe('trials that contradict the analysis', () => {
  const trial = (success: boolean, primaryByzantine: boolean) => ({
    ...{ n: 10, f: 3, malicious: 2, malSet: primaryByzantine ? [0, 1] : [1, 2], success, primaryByzantine },
    ...{ latencyS: success ? 0.1 : null, honestCommitted: success ? 8 : 0, honestTotal: 8, agreedDigest: success },
    ...{ disagreed: false, prepares: primaryByzantine ? null : 8, messages: [] },
  })
  const study = (...points: PublishedPoint[]) => ({
    ...{ n: 10, f: 3, runs: 2, seed: 1, conditions: PUBLISHED, points, once: points },
  })

  test.each([
    ['none', 2, true, false, 0],
    ['a correct primary that fails with few malicious', 2, false, false, 2],
    ['a correct primary that succeeds with many', 4, true, false, 2],
    ['a Byzantine primary that succeeds', 2, true, true, 2],
  ])('%s', (_, malicious, correct, byzantine, odd) => {
    const point = publishedPoint(malicious, [trial(correct, false), trial(byzantine, true)])
    expect(oddPoints(study(point))).toHaveLength(odd)
  })

  test('without a success nothing is expected of the latency', () => {
    const point = publishedPoint(2, [trial(false, true)])
    expect(expectedOf(study(point))).toEqual([{ malicious: 2, success: 0.8, repeatedCommits: 1.5, latencyS: null }])
    expect(point.meanLatencyS).toBeNull()
  })
})
