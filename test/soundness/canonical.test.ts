/** What a handler or a claim sees is in its key: keys in one order, and nothing shared with what changes afterwards. */
import { expect, test } from 'vitest'
import { invariant, program } from '../../src/model/index.ts'
import { apply, configure, type Step, start } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked, fuzzed, neverBad } from './author.ts'

const inputs = { n: 2, inputs: { 0: ['a'], 1: ['b'] } }

test('the first key of an object is the same for everybody, whatever came first', async () => {
  const protocol = authored(
    {
      V(state: Anything, { v }: Anything, ctx: Anything) {
        state.votes[v] = true
        if (Object.keys(state.votes).length === 2) ctx.broadcast({ type: 'D' })
      },
      D(state: Anything, _: Anything, ctx: Anything) {
        if (state.done || Object.keys(state.votes).length < 2) return
        state.done = true
        ctx.output(Object.keys(state.votes)[0])
      },
    },
    { selfDelivery: 'network', init: () => ({ votes: {}, done: false, said: 0 }) },
  )
  const agree = invariant<Anything>({ name: 'agree', about: 'All put out the same.' }, ({ outputs }) =>
    new Set(outputs.map(({ output }) => output)).size > 1 ? 'two firsts' : undefined,
  )
  const claims = [agree, neverBad[1]!]
  expect(checked(protocol, inputs, claims)['agree']).toBe('holds')
  expect(checked(protocol, inputs, claims, REDUCTIONS)['agree']).toBe('holds')
  expect((await fuzzed(protocol, inputs, claims))['agree']).toBe('not-found')
  // One state, whichever vote came first, to the last byte.
  const one = program(protocol, configure(protocol, inputs)[0]!)
  const reach = (values: readonly string[]) => {
    const said: Step[] = [
      { at: 0, input: 'a' },
      { at: 1, input: 'b' },
    ]
    const heard = values.map((v): Step => {
      const from = v === 'a' ? 0 : 1
      return { at: 0, rule: 'V', on: { from, message: { type: 'V', v } as Anything } }
    })
    return [...said, ...heard].reduce((system, step) => apply(one, system, step), start(one))
  }
  expect(JSON.stringify(reach(['a', 'b']))).toBe(JSON.stringify(reach(['b', 'a'])))
})

test.each([
  ['said', (ctx: Anything, list: Anything) => ctx.broadcast({ type: 'V', v: list })],
  ['put out', (ctx: Anything, list: Anything) => ctx.output(list)],
])('what is %s does not change afterwards', async (_, say) => {
  const protocol = authored(
    { V: (_: Anything, { v }: Anything, ctx: Anything) => ctx.output(v) },
    {
      init: () => ({ list: [], said: 0 }),
      input(state: Anything, _: string, ctx: Anything) {
        if (state.said > 0) return
        state.said++
        say(ctx, state.list)
        state.list.push('bad')
      },
    },
  )
  const late = invariant<Anything>({ name: 'never-late', about: 'Nobody puts out what came later.' }, ({ outputs }) =>
    outputs.some(({ output }) => output.length > 0) ? 'it came later' : undefined,
  )
  const claims = [late, neverBad[1]!]
  expect(checked(protocol, { n: 2 }, claims)['never-late']).toBe('holds')
  expect(checked(protocol, { n: 2 }, claims, REDUCTIONS)['never-late']).toBe('holds')
  expect((await fuzzed(protocol, { n: 2 }, claims))['never-late']).toBe('not-found')
})

test('0 and -0 are one value, and look the same', () => {
  const protocol = authored(
    (state: Anything, _: Anything, ctx: Anything) => {
      if (Object.is(state.zero, -0)) ctx.output('bad')
      else if (state.zero !== 0) return
      state.zero = state.said > 0 ? 1 : -0
      ctx.output('fine')
    },
    { init: () => ({ zero: -0, said: 0 }) },
  )
  expect(checked(protocol)['never-bad']).toBe('holds')
})
