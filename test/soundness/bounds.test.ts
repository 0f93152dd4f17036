/** A bound that forbids a step forbids all of it. */
import { expect, test } from 'vitest'
import { match } from '../../src/model/index.ts'
import { type Anything, authored, checked, fuzzed, neverBad } from './author.ts'

const claims = [neverBad[0]!]
/** Messages come once, so that an arrival runs every rule on it. */
const network = { duplicate: false, lose: false, fifo: false, gossip: false }

const second: Record<string, (state: Anything, ctx: Anything) => void> = {
  'at once': () => {},
  'after what it needs': (_, ctx) => ctx.need(1, match('V')),
  'after what it takes': (_, ctx) => ctx.take(1, match('V'), () => null),
  'after what the first rule said': (_, ctx) => ctx.need(1, match('W')),
}

test.each(
  Object.keys(second),
)('what a first rule puts out is not seen where a second one leaves the bounds: %s', async (how) => {
  const protocol = authored(
    {
      V: [
        function first(_: Anything, __: Anything, ctx: Anything) {
          ctx.output('bad')
          ctx.broadcast({ type: 'W' })
        },
        function beyond(state: Anything, _: Anything, ctx: Anything) {
          second[how]!(state, ctx)
          state.done = true
        },
      ],
      W() {},
    },
    { within: (state: Anything) => !state.done },
  )
  const configuration = { n: 3, network, inputs: { 0: ['a'] } }
  expect(checked(protocol, configuration, claims)).toEqual({ 'never-bad': 'holds' })
  expect(await fuzzed(protocol, configuration, claims)).toEqual({ 'never-bad': 'not-found' })
})
