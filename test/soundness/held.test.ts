/** What is held is what correct replicas said, or acted on: nobody else has it for sure. */
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { defineProtocol, liveness, match, type Protocol, program, said } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

interface Types {
  state: { heard: boolean }
  message: { type: 'A' }
  output: 'heard'
}

const hears = (speaker: number) =>
  defineProtocol<Types>({
    name: 'hears',
    about: 'One message is heard.',
    rules: () => ({}),
    auth: 'signatures',
    selfDelivery: 'none',
    alphabet: () => [{ type: 'A' }],
    defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
    init(ctx) {
      if (ctx.self === speaker) ctx.broadcast({ type: 'A' })
      return { heard: false }
    },
    upon: {
      A(state, _, ctx) {
        if (state.heard) return
        state.heard = true
        ctx.output('heard')
      },
    },
  }) as Protocol

const isHeld = liveness<Types['output']>(
  { name: 'is-held', about: 'No message is in anybody’s hands.', healing: 'deliveries', reads: ['held'] },
  ({ held }) => (held.length > 0 ? `r${held[0]!.from} said something` : undefined),
)

test.each([
  ['what a replica that may crash has said', { crash: [0] }, 0, undefined],
  ['what it has acted on', { byzantine: [1], crash: [0] }, 1, undefined],
  ['what a correct one has said', {}, 0, 0],
  ['what a correct one has acted on', { byzantine: [1] }, 1, 1],
] as const)('%s', (_, faults, speaker, length) => {
  const [setting] = configure(hears(speaker), { n: 2, f: 1, ...faults })
  const { verdict, steps } = check({ program: program(hears(speaker), setting!), claims: [isHeld] }).claims[0]!
  expect(verdict).toBe(length === undefined ? 'holds' : 'violated')
  expect(steps?.length).toBe(length)
})

interface Taking {
  state: { done: boolean }
  message: { type: 'A' } | { type: 'C' }
  output: 'done'
}

/** r1 and r2 need nobody else; r0 is Byzantine, and comes before them by its id. C is there to be proved. */
const takes = defineProtocol<Taking>({
  name: 'takes',
  about: 'Two messages are taken.',
  rules: () => ({}),
  auth: 'signatures',
  alphabet: () => [{ type: 'A' }, { type: 'C' }],
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
  init(ctx) {
    ctx.broadcast({ type: 'A' })
    return { done: false }
  },
  upon: {
    A(state, _, ctx) {
      if (state.done) return
      ctx.take(2, match<Taking['message']>('A'), () => null)
      state.done = true
      ctx.output('done')
    },
    C() {},
  },
  proofs: { C: () => said<Taking['message']>(3, match<Taking['message']>('A')) },
}) as Protocol

const isShown = liveness<Taking['output']>(
  { name: 'is-shown', about: 'Who is done holds a message of r0.', healing: 'deliveries', reads: ['held', 'before'] },
  ({ held }, before) =>
    before.outputs.length > 0 && !held.some(({ from }) => from === 0) ? 'done without r0' : undefined,
)

test('of two choices of messages that come to the same, the one with fewer Byzantine messages counts', () => {
  const [setting] = configure(takes, { n: 3, f: 1, byzantine: [0] })
  const { verdict, steps } = check({ program: program(takes, setting!), claims: [isShown] }).claims[0]!
  expect([verdict, steps?.length]).toEqual(['violated', 1])
})
