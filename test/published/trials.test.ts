import { describe, expect, test } from 'vitest'
import { range } from '../../src/model/index.ts'
import { asyncioPbft, commitOnce } from '../../src/protocols/asyncio-pbft.ts'
import { publishedPoint } from '../../src/published/point.ts'
import {
  PUBLISHED,
  type PublishedRequest,
  type PublishedTrial,
  publishedSeed,
  publishedTrial,
  publishedTrials,
} from '../../src/published/trials.ts'
import { PYTHON } from './python.ts'

const protocol = asyncioPbft as unknown as PublishedRequest['protocol']
const once = commitOnce as unknown as PublishedRequest['protocol']

/** Trials of a point. The study has 200; with these the standard error of a mean is at most 3 %, at 3 malicious. */
const TRIALS = 80
const points = range(10).map((malicious) => publishedTrials({ protocol, n: 10, malicious, seed: 11 }, TRIALS))
const all = points.flat()

/** The first trial in which the primary is correct, or Byzantine. */
function trial(request: Partial<PublishedRequest>, wanted: (found: PublishedTrial) => boolean): PublishedTrial {
  const seeds = range(200).map((seed) => () => publishedTrial({ protocol, n: 10, malicious: 0, seed, ...request }))
  for (const make of seeds) {
    const found = make()
    if (wanted(found)) return found
  }
  throw new Error('no such trial among 200')
}

describe('against the published program', () => {
  test.each(PYTHON.points.slice(0, 4))('$malicious malicious: the latency is $meanMs ms within 10 %', (python) => {
    const point = publishedPoint(python.malicious, points[python.malicious]!)
    expect(point.meanLatencyS! * 1_000).toBeGreaterThan(python.meanMs! * 0.9)
    expect(point.meanLatencyS! * 1_000).toBeLessThan(python.meanMs! * 1.1)
  })

  test.each(PYTHON.points.slice(0, 4))('$malicious malicious, COMMIT sent once: $once ms within 5 %', (python) => {
    const { malicious } = python
    const point = publishedPoint(malicious, publishedTrials({ protocol: once, n: 10, malicious, seed: 11 }, 40))
    expect(point.meanLatencyS! * 1_000).toBeGreaterThan(python.once! * 0.95)
    expect(point.meanLatencyS! * 1_000).toBeLessThan(python.once! * 1.05)
  })

  test('the latency for each number of votes is within 10 %, where 5 trials have them', () => {
    const compared = PYTHON.byVotes.flatMap(([malicious, votes, ms]) => {
      const { byVotes } = publishedPoint(malicious, points[malicious]!)
      const found = byVotes.find(({ prepares, trials }) => prepares === votes && trials >= 5)
      return found ? [(found.meanLatencyS * 1_000) / ms] : []
    })
    expect(compared.length).toBeGreaterThanOrEqual(7)
    for (const ratio of compared) expect(Math.abs(ratio - 1)).toBeLessThan(0.1)
  })
})

test('a trial succeeds exactly if the primary is correct and at most f are malicious', () => {
  const odd = all.filter((one) => one.success !== (!one.primaryByzantine && one.malicious <= 3))
  expect(odd).toEqual([])
  expect(all.some(({ success, malicious }) => success && malicious === 3)).toBe(true)
  expect(all.some(({ primaryByzantine, malicious }) => !primaryByzantine && malicious === 9)).toBe(true)
})

describe('the fields of a result', () => {
  test('of a success', () => {
    const { messages: _, ...found } = trial({ malicious: 3 }, ({ success }) => success)
    expect(found).toMatchObject({ n: 10, f: 3, malicious: 3, honestTotal: 7, honestCommitted: 7, agreedDigest: true })
    expect(found.malSet).toHaveLength(3)
    expect(found.malSet).not.toContain(0)
    expect(found.latencyS).toBeGreaterThan(0.05)
  })

  test('of a trial with a Byzantine primary: everybody votes for another digest, and that is all', () => {
    const found = trial({ malicious: 2 }, ({ primaryByzantine }) => primaryByzantine)
    expect(found).toMatchObject({ success: false, latencyS: null, honestCommitted: 0, honestTotal: 8, prepares: null })
    expect(found).toMatchObject({ agreedDigest: false, disagreed: false })
    expect(found.messages).toEqual([{ type: 'PREPARE', count: 80 }])
  })

  test('where nobody is correct, one replica is waited for in vain', () => {
    const found = publishedTrial({ protocol, n: 10, malicious: 12, seed: 1 })
    expect(found).toMatchObject({ malicious: 12, honestTotal: 0, honestCommitted: 0, success: false })
    expect(found.malSet).toEqual(range(10))
  })

  test('the same seed gives the same trial, another seed another', () => {
    const request = { protocol, n: 10, malicious: 3, seed: publishedSeed(11, 3, 5) }
    expect(request.seed).toBe(3_016)
    expect(publishedTrial(request)).toEqual(points[3]![5])
    expect(publishedTrial({ ...request, seed: 3_017 })).not.toEqual(points[3]![5])
  })
})

describe('the dice', () => {
  test('every replica is as likely to be drawn as any other', () => {
    // Of 800 trials 45 % have a given replica in their sample; four standard deviations are 7 %.
    for (const id of range(10)) {
      const share = all.filter(({ malSet }) => malSet.includes(id)).length / all.length
      expect(Math.abs(share - 0.45)).toBeLessThan(0.07)
    }
  })

  test('a malicious backup votes for a correct proposal in one trial of four', () => {
    const correct = all.filter(({ primaryByzantine }) => !primaryByzantine)
    const byzantineReplicas = correct.reduce((sum, { malSet }) => sum + malSet.length, 0)
    const votes = correct.reduce((sum, { prepares, honestTotal }) => sum + prepares! - honestTotal, 0)
    expect(byzantineReplicas).toBeGreaterThan(800)
    expect(Math.abs(votes / byzantineReplicas - 0.25)).toBeLessThan(0.06)
  })

  test('COMMIT is sent once for each vote from the quorum on', () => {
    // Only those still being sent when the trial ends are missing.
    for (const { prepares, honestTotal, messages } of all.filter(({ success }) => success)) {
      const broadcasts = messages.find(({ type }) => type === 'COMMIT')!.count / 10
      expect(broadcasts).toBeLessThanOrEqual(honestTotal * (prepares! - 6))
      expect(broadcasts).toBeGreaterThan(honestTotal * (prepares! - 6) - honestTotal)
    }
  })
})

describe('other conditions', () => {
  test('a timeout that is too short: no success, but what was committed in time is counted', () => {
    const conditions = { ...PUBLISHED, timeout: 150 }
    const cut = range(20).map((seed) => publishedTrial({ protocol, n: 10, malicious: 0, seed, conditions }))
    const some = cut.find(({ honestCommitted }) => honestCommitted > 0 && honestCommitted < 10)
    expect(some).toMatchObject({ success: false, latencyS: null, agreedDigest: false })
  })

  test('a network that loses everything', () => {
    const found = publishedTrial({ protocol, n: 10, malicious: 0, seed: 1, conditions: { ...PUBLISHED, drop: 1 } })
    expect(found).toMatchObject({ success: false, honestCommitted: 0 })
  })

  test.each([
    [11, 4],
    [12, 5],
  ])('n = %i: a correct primary succeeds with %i malicious, more than f, and not with one more', (n, most) => {
    const isCorrect = ({ primaryByzantine }: PublishedTrial): boolean => !primaryByzantine
    expect(trial({ n, malicious: most }, isCorrect)).toMatchObject({ f: 3, success: true })
    expect(trial({ n, malicious: most + 1 }, isCorrect)).toMatchObject({ success: false, honestCommitted: 0 })
  })

  test('a quorum of one is no experiment', () => {
    expect(() => publishedTrial({ protocol, n: 3, malicious: 0, seed: 1 })).toThrow('one replica')
  })
})
