import { expect, test } from 'vitest'
import { csv } from '../../src/report/text/csv.ts'

test('lines end as RFC 4180 says, the last one too', () => {
  expect(csv(['a', 'b'], [[1, 'x']])).toBe('a,b\r\n1,x\r\n')
  expect(csv(['a'], [])).toBe('a\r\n')
})

test.each([
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\nlines', '"two\nlines"'],
  ['two\rlines', '"two\rlines"'],
  [' spaces stay ', ' spaces stay '],
  ['', ''],
  [null, ''],
  [undefined, ''],
  [0, '0'],
  [true, 'true'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1e-9, '1e-9'],
])('a cell with %j is written %j', (value, written) => {
  expect(csv(['a', 'b'], [[value, 'x']])).toBe(`a,b\r\n${written},x\r\n`)
})

test('a name of a column is a cell like all others', () => {
  expect(csv(['a,b'], [])).toBe('"a,b"\r\n')
})
