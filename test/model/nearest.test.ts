import { expect, test } from 'vitest'
import { editDistance, nearest } from '../../src/model/nearest.ts'

test('edit distance counts letters added, dropped, changed and exchanged', () => {
  expect(editDistance('pbft', 'pbft')).toBe(0)
  expect(editDistance('pbft', 'pfbt')).toBe(1)
  expect(editDistance('bracha', 'brcha')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
})

test('the nearest names come first, equally near ones by name, capitals do not count', () => {
  expect(nearest('Brahca', ['pbft', 'bracha', 'branch'])).toEqual(['bracha', 'branch', 'pbft'])
  expect(nearest('aa', ['ab', 'aa', 'ac'], 2)).toEqual(['aa', 'ab'])
  expect(nearest('aa', [])).toEqual([])
})
