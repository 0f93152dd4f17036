import { expect, test } from 'vitest'
import { defineProtocol, invariant } from '../../src/model/index.ts'
import { simplerMessages } from '../../src/shrink/simpler-messages.ts'
import type { Step } from '../../src/system/index.ts'
import { programIn } from './walk.ts'

interface Echoing {
  state: { heard: number }
  message: { type: 'SAY' | 'ECHO'; slot: number; value: string }
  output: string
}

/** Each slot has one value: no other message is listed. */
const listed = [
  { slot: 1, value: 'a' },
  { slot: 2, value: 'b' },
]
const echoing = defineProtocol<Echoing>({
  name: 'echoing',
  about: 'Passes on what it is told.',
  rules: () => ({}),
  auth: 'channels',
  defaults: () => ({ f: 1, b: 1, values: ['a', 'b'], inputs: {}, bounds: {} }),
  alphabet: () =>
    listed.flatMap((one) => [
      { type: 'SAY' as const, ...one },
      { type: 'ECHO' as const, ...one },
    ]),
  init: () => ({ heard: 0 }),
  upon: {
    SAY(state, { slot, value }, ctx) {
      if (slot !== state.heard + 1) return
      state.heard = slot
      ctx.broadcast({ type: 'ECHO', slot, value })
      if (slot === 2) ctx.output('both')
    },
    ECHO: () => undefined,
  },
})

test('a message is not made simpler than the alphabet has it', () => {
  const claim = invariant<string>({ name: 'quiet', about: 'Nobody puts anything out.' }, ({ outputs }) => {
    return outputs.length > 0 ? 'somebody did' : undefined
  })
  const steps = listed.map(
    (one): Step => ({ at: 1, rule: 'SAY', on: { from: 0, message: { type: 'SAY', ...one } as never } }),
  )
  const program = programIn(echoing as never, { n: 2, byzantine: [0] })
  expect(simplerMessages(program, claim, steps, 100)).toEqual(steps)
})
