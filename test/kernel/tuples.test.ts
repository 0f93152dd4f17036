import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Tuples } from '../../src/kernel/index.ts'

// Few different numbers make equal lists likely; enough lists make the table grow more than once.
const lists = fc.array(fc.array(fc.integer({ min: -2, max: 3 }), { maxLength: 9 }), {
  maxLength: 3_000,
  size: 'max',
})

test('lists have the same number exactly where they have the same text, and keep it', () => {
  fc.assert(
    fc.property(lists, (drawn) => {
      const tuples = new Tuples()
      const numbers = new Map<string, number>()
      for (const list of [...drawn, ...drawn]) {
        tuples.list.clear()
        for (const number of list) tuples.list.push(number)
        const known = numbers.get(list.join()) ?? numbers.size
        expect(tuples.number()).toBe(known)
        numbers.set(list.join(), known)
      }
      expect(tuples.size).toBe(numbers.size)
      tuples.clear()
      expect(tuples.size).toBe(0)
    }),
    { numRuns: 20 },
  )
})
