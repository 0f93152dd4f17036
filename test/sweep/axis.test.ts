import { expect, test } from 'vitest'
import { UsageError } from '../../src/model/index.ts'
import { places } from '../../src/sweep/axis.ts'

test.each([
  ['4..7', {}, [4, 5, 6, 7]],
  ['4,10,7,4', {}, [4, 10, 7]],
  ['0..n', { n: 3, f: 1 }, [0, 1, 2, 3]],
  ['f..f+1,n-1', { n: 7, f: 2 }, [2, 3, 6]],
  ['n/3', { n: 8 }, [2]],
  ['n/3+1', { n: 8 }, [3]],
  ['n-f..n-1', { n: 7, f: 2 }, [5, 6]],
  ['5..4', {}, []],
] as const)('%s is %j', (text, known, expected) => {
  expect(places(text, known)).toEqual(expected)
})

test.each([
  '',
  '4..',
  '..7',
  'x',
  '4..7..9',
  '4.5',
  '-1',
  'n/0',
  'n',
  '4-f',
  '1..1000000000',
  '1,,2',
])('"%s" is refused', (text) => {
  expect(() => places(text, text === 'n/0' ? { n: 4 } : {})).toThrow(UsageError)
})
