import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  among,
  asThreshold,
  defineProtocol,
  exchanged,
  firstEnough,
  program as inSetting,
  isMetBy,
  match,
  said,
  type Threshold,
  weighted,
  weightIn,
  weightOf,
} from '../../src/model/index.ts'
import { configure, enabled, start } from '../../src/system/index.ts'

const stakes = fc.array(fc.nat({ max: 5 }), { maxLength: 6 })
const thresholds: fc.Arbitrary<Threshold> = fc.oneof(
  fc.nat({ max: 7 }),
  fc.tuple(stakes, fc.nat({ max: 20 })).map(([weights, least]) => weighted(weights, least)),
)
const ids = fc.uniqueArray(fc.nat({ max: 6 }))
const maskOf = (some: readonly number[]): number => some.reduce((mask, id) => mask | (1 << id), 0)

describe('a threshold', () => {
  test('is met by senders who weigh enough together', () => {
    const law = fc.property(thresholds, ids, (q, some) => {
      const weight = some.reduce((sum, id) => sum + weightOf(q, id), 0)
      expect(weightIn(q, maskOf(some))).toBe(weight)
      expect(isMetBy(q, maskOf(some))).toBe(weight >= (typeof q === 'number' ? q : q.atLeast))
    })
    fc.assert(law, { seed: 1 })
  })

  test('is never lost by hearing more', () => {
    const law = fc.property(thresholds, ids, ids, (q, some, more) => {
      if (isMetBy(q, maskOf(some))) expect(isMetBy(q, maskOf([...some, ...more]))).toBe(true)
    })
    fc.assert(law, { seed: 1 })
  })

  test('takes the first of a list who are enough, and not one more', () => {
    const law = fc.property(thresholds, ids, (q, some) => {
      const first = firstEnough(q, some, (id) => id)
      expect(first !== undefined).toBe(isMetBy(q, maskOf(some)))
      if (!first) return
      expect(isMetBy(q, maskOf(first))).toBe(true)
      if (first.length > 0) expect(isMetBy(q, maskOf(first.slice(0, -1)))).toBe(false)
      expect(first.every((id) => weightOf(q, id) > 0)).toBe(true)
    })
    fc.assert(law, { seed: 1 })
  })

  test('exchanges two senders with what they weigh, and is itself again after the second time', () => {
    const law = fc.property(thresholds, ids, fc.nat({ max: 6 }), fc.nat({ max: 6 }), (q, some, one, other) => {
      const renamed = some.map((id) => (id === one ? other : id === other ? one : id))
      expect(isMetBy(exchanged(q, one, other), maskOf(renamed))).toBe(isMetBy(q, maskOf(some)))
      expect(`${exchanged(exchanged(q, one, other), one, other)}`).toBe(`${q}`)
    })
    fc.assert(law, { seed: 1 })
  })

  test('of a list counts those on it, each once', () => {
    const law = fc.property(ids, fc.nat({ max: 7 }), ids, (list, least, some) => {
      const counted = some.filter((id) => list.includes(id)).length
      expect(isMetBy(among(list, least), maskOf(some))).toBe(counted >= least)
    })
    fc.assert(law, { seed: 1 })
  })

  test('has one text for equal questions', () => {
    expect(`${weighted([1, 2, 0, 0], 2)}`).toBe(`${weighted([1, 2], 2)}`)
    expect(`${weighted([1, 2], 2)}`).not.toBe(`${weighted([2, 1], 2)}`)
    expect(`${weighted([1, 1], 2)}`).not.toBe('2')
  })

  test('keeps what it was made of, whatever becomes of that', () => {
    const weights = [1, 2]
    const q = weighted(weights, 2)
    weights[0] = 5
    expect(q.weights).toEqual([1, 2])
    expect(() => Object.assign(q, { atLeast: 0 })).toThrow()
  })
})

describe('what is no threshold', () => {
  test.each([-1, 1.5, Number.NaN, '2', null, undefined, {}])('%s', (q) => {
    expect(() => asThreshold(q, 'here')).toThrow(/here: a quorum of .*/)
  })

  test.each([
    [[1, -1], 1],
    [[1, 0.5], 1],
    [[1, 1], 1.5],
    [[Number.POSITIVE_INFINITY], 1],
  ])('the weights %j, of which %d are enough', (weights, least) => {
    expect(() => weighted(weights, least)).toThrow('a quorum of weight')
  })

  describe('a choice of messages by weight', () => {
    const types = { name: 'choosing', about: 'Takes by weight.', rules: () => ({}), init: () => ({}) }
    const defaults = () => ({ f: 0, b: 0, values: ['a'], inputs: 'any' as const, bounds: {} })
    const upon = { A: () => undefined }
    const inTwo = (more: object) => {
      const protocol = defineProtocol<any>({ ...types, defaults, upon, ...more } as never)
      return inSetting(protocol, configure(protocol, { n: 2 })[0]!)
    }
    const q = weighted([1], 1)

    test('in a proof', () => {
      const proofs = { A: () => said<any>(q, match<any>('A'), () => true) }
      expect(() => inTwo({ proofs }).proofOf({ type: 'A' })).toThrow('the proof of A chooses messages by weight')
    })

    test('in a rule', () => {
      const input = (_: never, __: never, ctx: any) => ctx.take(q, match<any>('A'), () => 0)
      const program = inTwo({ input })
      expect(() => enabled(program, start(program))).toThrow('takes by weight')
    })
  })
})
