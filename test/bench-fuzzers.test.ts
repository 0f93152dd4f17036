import { expect, test } from 'vitest'
// @ts-expect-error measurements have no types
import { medianTime, soonerThan, survival } from '../bench/fuzzers/statistics.mjs'

const found = (...times: number[]) => times.map((time) => ({ time, found: true }))
const cut = (...times: number[]) => times.map((time) => ({ time, found: false }))

test('survival is that of Kaplan and Meier: who was cut off counts until then', () => {
  // Remission of 21 patients, 6-MP arm: Freireich et al., Blood 21, 1963, as in most textbooks.
  const patients = [...found(6, 6, 6, 7, 10, 13, 16, 22, 23), ...cut(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
  const shares = survival(patients).map(({ share }: { share: number }) => share.toFixed(3))
  expect(shares).toEqual(['0.857', '0.807', '0.753', '0.690', '0.627', '0.538', '0.448'])
  expect(medianTime(patients)).toEqual({ median: 23, low: 13, high: Number.POSITIVE_INFINITY })
})

test('without anything cut off, the median is the median', () => {
  expect(medianTime(found(1, 2, 3, 4, 5)).median).toBe(3)
  expect(medianTime(cut(4, 4)).median).toBe(Number.POSITIVE_INFINITY)
})

test('sooner is counted pair by pair, ties by half, and what was cut off comes last', () => {
  expect(soonerThan(found(1, 2), found(3, 4))).toBe(1)
  expect(soonerThan(found(1, 2), found(1, 2))).toBe(0.5)
  expect(soonerThan(cut(9, 9), found(10))).toBe(0)
  expect(soonerThan(cut(9), cut(5))).toBe(0.5)
})
