/** What the ready-made claims take for one value, one slot and one block. */
import { describe, expect, test } from 'vitest'
import { agreement, decided, integrity, oneChain, totality } from '../../properties/claims.ts'
import { contradict } from '../../src/model/conviction.ts'
import { type Claim, chain, holdsAnyhow } from '../../src/model/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked } from './author.ts'

/** r0 and r1 put out one thing each. */
const putsOut = (first: Anything, second: Anything) =>
  authored(() => {}, {
    defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'], 1: ['a'] }, bounds: {} }),
    input(state: Anything, _: Anything, ctx: Anything) {
      if (state.done) return
      state.done = true
      ctx.output({ made: ctx.self === 0 ? first : second })
    },
  })

const made = (output: Anything) => ({ slot: '', value: output.made })
const verdicts = (first: Anything, second: Anything, claims: readonly Claim<Anything>[]) =>
  [[], REDUCTIONS].map((without) => checked(putsOut(first, second), { n: 2 }, [...claims, decided(made)], without))

describe('agreement', () => {
  test.each([
    [1, '1'],
    [null, 'null'],
    [true, 'true'],
    [{ a: 1 }, '{"a":1}'],
    [[1], '[1]'],
    ['é', 'e\u0301'],
    [2 ** 53, 2 ** 53 + 2],
    ['__proto__', 'constructor'],
  ])('%j and %j are two values', (first, second) => {
    const violated = { agreement: 'violated in 2' }
    expect(verdicts(first, second, [agreement(made)])).toEqual([violated, violated])
  })

  test.each([
    [0, -0],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
  ])('%j and %j are one value', (first, second) => {
    expect(verdicts(first, second, [agreement(made)])).toEqual([{ agreement: 'holds' }, { agreement: 'holds' }])
  })

  test('tells two values apart that look alike', () => {
    const outputs = [1, '1'].map((value, at) => ({ at, output: { made: value } }))
    const setting = { n: 2, restart: [0] }
    const say = (claim: Anything, list: Anything) => claim.broken({ setting, outputs: list })
    expect(say(agreement(made), outputs)).toBe('r0 decided 1, r1 decided "1"')
    expect(
      say(
        integrity(made),
        outputs.map((one) => ({ ...one, at: 0 })),
      ),
    ).toBe('r0 decided 1, then "1"')
  })

  test.each([
    ['a Set', (value: string) => new Set([value])],
    ['a Map', (value: string) => new Map([[value, 1]])],
    ['a Date', (value: string) => new Date(value.length)],
    ['NaN', () => Number.NaN],
    ['bigint', () => 1n],
    ['function', () => () => {}],
  ])('%s is no value that can be compared', (what, value) => {
    const decides = (output: Anything) => ({ slot: '', value: value(output.made) })
    expect(() => verdicts('x', 'yy', [agreement(decides)])).toThrow(`a decision: value is ${what}`)
  })
})

test('totality is about each slot', () => {
  const inSlots = (output: Anything) => ({ slot: output.made, value: 'v' })
  const both = checked(putsOut(1, 2), { n: 2 }, [totality(inSlots), decided(inSlots)])
  const one = checked(putsOut(1, 1), { n: 2 }, [totality(inSlots), decided(inSlots)])
  expect([both, one]).toEqual([{ totality: 'violated in 1' }, { totality: 'violated in 1' }])
  const outputs = (slots: Anything) => slots.map((made: Anything, at: number) => ({ at, output: { made } }))
  const facts = (slots: Anything) => ({ setting: { n: 2 }, correct: [0, 1], outputs: outputs(slots) }) as Anything
  const { broken } = totality(inSlots)
  expect(broken(facts([1, 2]), facts([1]))).toBe('r0 delivered v in slot 1, but r1 never will')
  expect(broken(facts([1, 1]), facts([1]))).toBeUndefined()
})

test('totality asks for a healed run only where somebody has delivered', () => {
  const claim = totality((output: Anything) => ({ slot: '', value: output }))
  const facts = (outputs: Anything) =>
    ({ setting: { n: 2 }, correct: [0, 1], outputs, fresh: [], soup: [] }) as Anything
  expect(holdsAnyhow(claim, facts([]))).toBe(true)
  expect(holdsAnyhow(claim, facts([{ at: 0, output: 'a' }]))).toBe(false)
})

describe('blocks', () => {
  test.each([null, 1, { block: '1' }])('%j is no name of a block', (block) => {
    const claim = oneChain((output: Anything) => output.made)
    expect(() => verdicts(block, '1', [claim])).toThrow('a commit is of the block')
  })

  test('have no two names in common', () => {
    expect(() => chain.child('1', 1.5)).toThrow('a block of view 1.5')
    expect(() => chain.child('', 1, '0')).toThrow('a block with the command 0')
    expect(() => chain.child('', 1, 'a.2')).toThrow('a block with the command a.2')
    expect(chain.child('', 1, 'a0')).toBe('1a0')
  })

  const votes = (one: string, other: string, more = {}) => {
    const vote = (block: string) => ({ from: 1, message: { type: 'VOTE', block, ...more } })
    return contradict(vote(one), vote(other))
  }

  test('of two views are no equivocation, with commands or without', () => {
    expect([votes('1', '2'), votes('1a', '2b'), votes('1a.2a', '1a.3b')]).toEqual([false, false, false])
    expect([votes('1a', '1b'), votes('1.3', '2.3x')]).toEqual([true, true])
  })

  test('that only look like it say nothing where the message says it', () => {
    expect(votes('3f9a', '4b11', { view: 3 })).toBe(true)
  })
})
