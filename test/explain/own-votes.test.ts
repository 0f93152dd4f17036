import { expect, test } from 'vitest'
import { agreement, check, defineProtocol, explain, match, type Setting } from '../../src/index.ts'

/** Everybody votes; who sees enough votes seconds the value, if they are all alike; who sees enough of that decides. */
type Message = { type: 'VOTE'; value: string } | { type: 'SECOND'; value: string | null }

interface TwoRounds {
  state: { voted: boolean; seconded: boolean; done: boolean }
  message: Message
  output: { value: string | null }
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => ({ enough: n - f })
const only = (values: readonly (string | null)[]) => (new Set(values).size === 1 ? values[0]! : null)

const protocol = defineProtocol<TwoRounds>({
  name: 'two-rounds',
  about: 'Votes, and votes on votes.',
  rules,
  defaults: () => ({ f: 1, b: 1, values: ['a', 'b'], inputs: 'any', bounds: {} }),
  init: () => ({ voted: false, seconded: false, done: false }),
  input(state, value, ctx) {
    if (state.voted) return
    state.voted = true
    ctx.broadcast({ type: 'VOTE', value })
  },
  upon: {
    VOTE(state, _, ctx) {
      if (!state.voted || state.seconded) return
      const value = ctx.take(ctx.rules.enough, match<Message>('VOTE', {}), (all) => only(all.map((one) => one.value)))
      state.seconded = true
      ctx.broadcast({ type: 'SECOND', value })
    },
    SECOND(state, _, ctx) {
      if (!state.seconded || state.done) return
      const value = ctx.take(ctx.rules.enough, match<Message>('SECOND', {}), (all) => only(all.map((one) => one.value)))
      state.done = true
      ctx.output({ value })
    },
  },
})
const few = protocol.variant('f-plus-1', ({ f }) => ({ enough: f + 1 }))
const claims = [agreement(({ value }: TwoRounds['output']) => (value === null ? undefined : { slot: '', value }))]

/** All that a file exports. */
const file = { protocol, few, claims }

test('a replica that needs more votes counts its own, though the schedule does not name it', async () => {
  const { claims: found } = await check(few, {
    n: 4,
    byzantine: [0],
    inputs: { 1: ['a'], 2: ['b'] },
    claims,
    claim: 'agreement',
  })
  const told = await explain(found[0]!.trace!, { subject: file })
  expect(told.text).toContain('two-rounds takes every step, and agreement holds.')
  // The vote that a step rests on is not the one that it is on, and is named.
  expect(told.story).toMatch(
    /gets VOTE\(value a\) from r0 \(Byzantine\)\n.*evidence VOTE\(value b\) of r0 \(Byzantine\); VOTE\(value b\) of r\d/,
  )
})
