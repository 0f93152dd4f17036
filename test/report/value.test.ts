import { expect, test } from 'vitest'
import { changeText } from '../../src/report/text/change-text.ts'
import { messageText, valueText } from '../../src/report/text/value.ts'
import { visible } from '../../src/report/text/visible.ts'
import { diff } from '../../src/view/diff.ts'

const changes = (before: unknown, after: unknown): string[] => diff(before, after).map(changeText)

test('values are written as a person would', () => {
  expect(valueText({ slot: 1, value: 'a' })).toBe('{slot 1, value a}')
  expect(valueText([1, null, 'two words'])).toBe('[1, null, "two words"]')
})

test('a message is one text, whatever the order of its fields', () => {
  const message = { type: 'COMMIT', digest: 'b', seq: 1, view: 0 }
  expect(messageText(message)).toBe('COMMIT(view 0, seq 1, digest b)')
  expect(messageText({ type: 'HALT' })).toBe('HALT')
})

test('nothing from a file can move the cursor or turn a line around', () => {
  const ESC = String.fromCharCode(27)
  expect(visible(`a${ESC}[2Jb`)).toBe('a\\u001b[2Jb')
  expect(valueText(`${ESC}]0;x`)).not.toContain(ESC)
  expect(visible('\u202eabc')).toBe('\\u202eabc')
})

test('long values are cut', () => {
  expect(valueText('x'.repeat(5_000)).length).toBeLessThan(500)
})

test('changes name the key, the value before and the value after', () => {
  expect(changes({ view: 0, log: [{ a: null }] }, { view: 1, log: [{ a: 'x' }] })).toEqual([
    'view: 0 → 1',
    'log[0].a: null → x',
  ])
  expect(changes({ seen: [1] }, { seen: [1, 1] })).toEqual(['seen gains 1'])
  expect(changes({ seen: [1, 2] }, { seen: [2] })).toEqual(['seen loses 1'])
  expect(changes({}, { late: true })).toEqual(['late becomes true'])
  expect(changes({ early: 1 }, {})).toEqual(['early is gone'])
  expect(changes({ same: [1] }, { same: [1] })).toEqual([])
})
