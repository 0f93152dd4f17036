/** The key of a match is what `match` says of it: one that somebody else gave it is no promise. */
import { expect, test } from 'vitest'
import { type Match, match } from '../../src/model/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked, fuzzed } from './author.ts'

const keyed = (v: string): Match<Anything> =>
  Object.assign((message: Anything) => message.type === 'V' && message.v === v, { key: 'the same', type: 'V' })

/** One V of a, then one of b. */
const asks = authored((state: Anything, _: Anything, ctx: Anything) => {
  if (state.done === true) return
  ctx.need(1, keyed(state.done === 'a' ? 'b' : 'a'))
  if (state.done === 'a') ctx.output('bad')
  state.done = state.done === 'a' ? true : 'a'
})

test('two matches with the same key of their own are two questions', async () => {
  expect(checked(asks)['never-bad']).toBe('violated in 4')
  expect(checked(asks, { n: 3 }, undefined, REDUCTIONS)['never-bad']).toBe('violated in 4')
  expect((await fuzzed(asks))['never-bad']).toBe('violated')
})

test('the key of a match that was made by `match` cannot be changed', () => {
  expect(() => Object.assign(match<Anything>('V'), { key: 'the same' })).toThrow(TypeError)
})
