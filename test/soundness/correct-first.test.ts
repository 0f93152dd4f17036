/** A quorum is made of messages of the correct as far as they go, whoever sent the message that triggers the rule. */
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { searchReference } from '../../src/check/reference/reference.ts'
import { defineProtocol, liveness, match, type Protocol, program } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

interface Types {
  state: { asked: boolean; heard: boolean }
  message: { type: 'A' } | { type: 'B' }
  output: 'asked' | 'heard'
}

/** r1 needs one B: there is one of r0, and r2, which is Byzantine, can say one too. */
const asks = defineProtocol<Types>({
  name: 'asks',
  about: 'One message is asked for.',
  rules: () => ({}),
  auth: 'channels',
  selfDelivery: 'none',
  alphabet: () => [{ type: 'A' }, { type: 'B' }],
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
  init(ctx) {
    if (ctx.self === 0) ctx.broadcast({ type: 'B' })
    return { asked: false, heard: false }
  },
  upon: {
    A(state, _, ctx) {
      if (state.asked || ctx.self !== 1) return
      ctx.need(1, match<Types['message']>('B'))
      state.asked = true
      ctx.output('asked')
    },
    B(state, _, ctx) {
      if (!state.asked || state.heard || ctx.from !== 2) return
      state.heard = true
      ctx.output('heard')
    },
  },
}) as Protocol

const isStill = liveness<Types['output']>(
  { name: 'is-still', about: 'Healing puts out nothing.', healing: 'deliveries', reads: ['before'] },
  (after, before) => (after.outputs.length > before.outputs.length ? 'B of r2 was there' : undefined),
)

test('on the tables and state by state', () => {
  const [setting] = configure(asks, { n: 3, f: 1, byzantine: [2] })
  const run = program(asks, setting!)
  expect(check({ program: run, claims: [isStill] }).claims[0]!.verdict).toBe('holds')
  const { finished, violations } = searchReference(run, [isStill], [{ type: 'A' }, { type: 'B' }], { maxStates: 1_000 })
  expect([finished, violations.size]).toEqual([true, 0])
})
