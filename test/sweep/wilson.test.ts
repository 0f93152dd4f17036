import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wilson } from '../../src/sweep/wilson.ts'

test.each([
  { hits: 0, runs: 0, low: 0, high: 1 },
  { hits: 0, runs: 10, low: 0, high: 0.2775 },
  { hits: 0, runs: 200, low: 0, high: 0.0188 },
  { hits: 1, runs: 10, low: 0.0179, high: 0.4042 },
  { hits: 10, runs: 20, low: 0.2993, high: 0.7007 },
  { hits: 20, runs: 20, low: 0.8389, high: 1 },
])('$hits of $runs: the published interval', ({ hits, runs, low, high }) => {
  const found = wilson(hits, runs)
  expect(found.low).toBeCloseTo(low, 4)
  expect(found.high).toBeCloseTo(high, 4)
})

test('the share itself is inside, and more runs make the interval narrower', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (runs, some) => {
      const hits = Math.min(some, runs)
      const { low, high } = wilson(hits, runs)
      expect(low).toBeLessThanOrEqual(hits / runs)
      expect(high).toBeGreaterThanOrEqual(hits / runs)
      const more = wilson(10 * hits, 10 * runs)
      expect(more.high - more.low).toBeLessThan(high - low)
    }),
  )
})
