import { expect, test } from 'vitest'
import { counted, duration, percent, thousands } from '../../src/report/text/numbers.ts'
import { wilson } from '../../src/sweep/wilson.ts'

test('thousands are separated by commas', () => {
  expect([0, 999, 1_000, 12_345, 1_234_567].map(thousands)).toEqual(['0', '999', '1,000', '12,345', '1,234,567'])
  expect(thousands(1234.5)).toBe('1,234.5')
})

test('a share that is not zero is never printed as zero', () => {
  expect(percent(0)).toBe('0 %')
  expect(percent(0.000001)).toBe('below 0.01 %')
  expect(percent(0.0038)).toBe('0.38 %')
  expect(percent(0.625)).toBe('62.5 %')
  expect(percent(1)).toBe('100 %')
})

test("Wilson's upper bound stays above zero where nothing was seen, and never passes one", () => {
  // z² / (k + z²) for no hit in k runs.
  expect(wilson(0, 1_000).high).toBeCloseTo(3.8416 / 1_003.8416, 6)
  expect(wilson(0, 100_000).high).toBeLessThan(wilson(0, 1_000).high)
  // Wilson (1927) for 10 of 20: 0.299 to 0.701.
  expect(wilson(10, 20).high).toBeCloseTo(0.7007, 3)
  expect(wilson(5, 5).high).toBe(1)
  expect(wilson(0, 0).high).toBe(1)
})

test('counts and durations read like sentences', () => {
  expect(counted(1, 'run')).toBe('1 run')
  expect(counted(1_200, 'run')).toBe('1,200 runs')
  expect(duration(3.14)).toBe('3.1 s')
  expect(duration(61)).toBe('61 s')
  expect(duration(185)).toBe('3 min 5 s')
})
