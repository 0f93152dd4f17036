import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pairs } from '../../src/kernel/index.ts'

const number = fc.oneof(fc.integer({ min: -3, max: 40 }), fc.integer())

test('pairs keep what was put in last, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number, fc.nat(1_000)), { maxLength: 3_000, size: 'max' }), (puts) => {
      const [pairs, known] = [new Pairs(), new Map<string, number>()]
      for (const [one, other, value] of puts) {
        expect(pairs.get(one, other)).toBe(known.get(`${one} ${other}`) ?? -1)
        pairs.set(one, other, value)
        pairs.setSecond(one, other, value + 1)
        known.set(`${one} ${other}`, value)
      }
      for (const [one, other] of puts) expect(pairs.get(one, other)).toBe(known.get(`${one} ${other}`))
      for (const [one, other] of puts) expect(pairs.second(one, other)).toBe(known.get(`${one} ${other}`)! + 1)
      pairs.clear()
      for (const [one, other] of puts) expect(pairs.get(one, other)).toBe(-1)
    }),
    { numRuns: 20 },
  )
})
