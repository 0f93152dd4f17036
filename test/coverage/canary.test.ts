import { expect, test } from 'vitest'
import { isCalled } from './canary.ts'

test('the canary sings', () => {
  expect(isCalled(true)).toBe('yes')
})
