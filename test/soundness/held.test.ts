/** What is held is what correct replicas said, or acted on: nobody else has it for sure. */
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { defineProtocol, liveness, type Protocol, program } from '../../src/model/index.ts'
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
