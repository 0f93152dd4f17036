/** A violation is known in one setting: what the protocol gets wrong in another one, where nobody has asked, is no answer. */
import { expect, test } from 'vitest'
import { program as inSetting, invariant } from '../../src/model/index.ts'
import { reproducesEagerly } from '../../src/shrink/eager.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { configure } from '../../src/system/index.ts'
import { type Anything, authored } from './author.ts'

const heard = invariant<Anything>({ name: 'heard', about: 'x' }, ({ outputs }) =>
  outputs.length > 0 ? 'somebody heard it' : undefined,
)

/** Its alphabet follows a bound; what replicas say does not. */
const says = (v: number) =>
  authored((_: Anything, __: Anything, ctx: Anything) => ctx.output('heard'), {
    defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'] }, bounds: { views: 2 } }),
    alphabet: ({ bounds }: Anything) => Array.from({ length: bounds.views }, (_, i) => ({ type: 'V', v: i + 1 })),
    input(state: Anything, _: Anything, ctx: Anything) {
      if (state.said === 1) return
      state.said = 1
      ctx.broadcast({ type: 'V', v })
    },
  })

/** `answer` is said at once where steps are eager, and again, without end. */
const endless = authored(
  {
    V(state: Anything, { v }: Anything, ctx: Anything) {
      if (state.v === v) return
      state.v = v
      ctx.output('heard')
    },
  },
  {
    init: () => ({ v: '', said: 0 }),
    defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 0: ['a', 'b'] }, bounds: {} }),
  },
)

test('a smaller bound in which the alphabet is too short', () => {
  const protocol = says(2)
  const program = inSetting(protocol, configure(protocol, { n: 2 })[0]!)
  const on = { from: 0, message: { type: 'V', v: 2 } }
  const steps = [
    { at: 0, input: 'a' },
    { at: 1, rule: 'V', on },
  ] as Anything
  const { setting, steps: left } = shrink(program, heard, steps)
  expect([setting.bounds, left.length]).toEqual([{ views: 2 }, 2])
})

test('eager steps that never end', () => {
  const two = invariant<Anything>({ name: 'two', about: 'x' }, ({ outputs }) =>
    outputs.filter(({ at }) => at === 1).length > 1 ? 'r1 heard two' : undefined,
  )
  const program = inSetting(endless, configure(endless, { n: 2, byzantine: [] })[0]!)
  const hears = (v: string) => ({ at: 1, rule: 'V', on: { from: 0, message: { type: 'V', v } } })
  const steps = [{ at: 0, input: 'a' }, { at: 0, input: 'b' }, hears('a'), hears('b')] as Anything
  expect(reproducesEagerly(program, two, steps)).toBe('not-found')
  expect(shrink(program, two, steps)).toMatchObject({ eager: 'not-found' })
})
