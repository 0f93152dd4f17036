import { describe, expect, test } from 'vitest'
import { percentile, percentiles, type Simulated, summary } from '../../src/simulate/index.ts'
import { run, subject } from './subjects.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

describe('percentiles by nearest rank', () => {
  test.each([
    [1, 1, 1, 1],
    [2, 1, 2, 2],
    [3, 2, 3, 3],
    [20, 10, 19, 20],
    [100, 50, 95, 99],
    [101, 51, 96, 100],
  ])('of 1 … %i', (count, p50, p95, p99) => {
    expect(percentiles(upTo(count).reverse())).toEqual({ p50, p95, p99 })
  })

  test('of nothing there are none', () => {
    expect(percentiles([])).toBeUndefined()
    expect(percentile([], 0.5)).toBeUndefined()
  })

  test('the whole is the greatest, and next to nothing the least', () => {
    expect(percentile(upTo(7), 1)).toBe(7)
    expect(percentile(upTo(7), 1e-9)).toBe(1)
  })
})

describe('what runs have in common', () => {
  const done = (changes: Partial<Simulated> = {}): Simulated => ({
    ...{
      decisions: [],
      decided: 0,
      of: 4,
      slots: 0,
      violated: [],
      messages: [],
      byzantineMessages: 0,
      lost: 0,
      taken: [],
    },
    ...{ timeouts: 0, viewChanges: 0, cut: false, time: 0, events: 0, ended: 'quiet' },
    ...changes,
  })

  test('no runs', () => {
    expect(summary([])).toMatchObject({ runs: 0, samples: 0, undecided: 0, success: 0, messages: [], violations: [] })
  })

  test('shares and means', () => {
    const decision = (time: number) => ({ at: 0, output: 'a', time, asked: 10, delays: 3 })
    const metrics = summary([
      done({
        decided: 4,
        decisions: [decision(20), decision(30)],
        slots: 2,
        timeouts: 3,
        messages: [{ type: 'A', count: 10 }],
      }),
      done({ decided: 1, decisions: [decision(50)], slots: 1, viewChanges: 1, messages: [{ type: 'A', count: 2 }] }),
      done({ violated: [{ claim: 'agreement', witness: 'w' }], messages: [{ type: 'B', count: 3 }] }),
    ])
    expect(metrics).toEqual({
      runs: 3,
      latency: { delays: { p50: 3, p95: 3, p99: 3 }, ms: { p50: 20, p95: 40, p99: 40 } },
      samples: 3,
      messages: [
        { type: 'A', perDecision: 4 },
        { type: 'B', perDecision: 1 },
      ],
      viewChanges: 1 / 3,
      timeouts: 1,
      undecided: 1 - 5 / 12,
      success: 1 / 3,
      violations: [{ claim: 'agreement', runs: 1 }],
    })
  })

  test('of real runs', () => {
    const runs = [1, 2, 3].map((seed) => run(subject('pbft', { n: 7 }), {}, { seed }))
    expect(summary(runs)).toMatchObject({
      latency: { delays: { p50: 3, p99: 3 }, ms: { p50: 3, p99: 3 } },
      samples: 21,
      messages: [
        { type: 'COMMIT', perDecision: 42 },
        { type: 'PREPARE', perDecision: 36 },
        { type: 'PRE_PREPARE', perDecision: 6 },
      ],
      ...{ undecided: 0, success: 1, viewChanges: 0, timeouts: 0 },
    })
  })
})
