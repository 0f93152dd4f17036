import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/model/index.ts'
import { CALM, type Partition } from '../../src/simulate/index.ts'
import { conditionsIn, partitionText, type SweptPartition } from '../../src/sweep/swept-conditions.ts'

const WHEN = { from: 0, until: 500, messages: 'held' } as const

function partitionsIn(n: number, f: number, ...sides: SweptPartition['sides']): readonly Partition[] {
  return conditionsIn({ ...CALM, partitions: [{ ...WHEN, sides }] }, { n, f }).partitions
}

describe('a partition at a place of a grid', () => {
  test.each([
    [
      4,
      ['0..n/2-1', 'n/2..n-1'],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      5,
      ['0..n/2-1', 'n/2..n-1'],
      [
        [0, 1],
        [2, 3, 4],
      ],
    ],
    [
      7,
      ['0..f', 'n-f..n-1'],
      [
        [0, 1, 2],
        [5, 6],
      ],
    ],
    [4, [[0], [1, 2]], [[0], [1, 2]]],
    [4, ['0'], [[0], [1, 2, 3]]],
    [1, ['0..n/2-1', 'n/2..n-1'], [[], [0]]],
  ] as const)('n = %d, %j: %j', (n, sides, expected) => {
    expect(partitionsIn(n, Math.floor((n - 1) / 3), ...sides)).toEqual([{ ...WHEN, sides: expected }])
  })

  test('keeps all other conditions', () => {
    expect(conditionsIn({ ...CALM, loss: 0.5 }, { n: 4, f: 1 })).toEqual({ ...CALM, loss: 0.5 })
  })
})

test.each([
  ['a replica that is not there', 4, ['0,1', '2,7'], /0\.\.500:0,1:2,7 names r7, and where n = 4 there is none/],
  // With clients, the number behind the last replica is a client's.
  ['the one behind the last', 4, ['4'], /names r4, and where n = 4/],
  ['one before the first', 1, ['n-2', '0'], /names the replica -1/],
  ['one on two sides', 4, ['0..n/2', 'n/2..n-1'], /has r2 on two sides where n = 4/],
] as const)('%s is refused', (_, n, sides, why) => {
  expect(() => partitionsIn(n, 1, ...sides)).toThrow(UsageError)
  expect(() => partitionsIn(n, 1, ...sides)).toThrow(why)
})

test.each([
  [{ ...WHEN, sides: ['0..n/2-1', 'n/2..n-1'] }, '0..500:0..n/2-1:n/2..n-1'],
  [{ ...WHEN, sides: [[0, 1], [2]], messages: 'lost' }, '0..500:0,1:2:lost'],
] as const)('%j is written %s', (partition, text) => {
  expect(partitionText(partition)).toBe(text)
})
