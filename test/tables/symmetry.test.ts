import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { defineProtocol, type Protocol, program, sometimes } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

interface Types {
  state: { done: boolean }
  message: { type: 'ECHO' }
  output: { done: true }
}

/** r2 may crash before it says anything; r0 may not. Each says ECHO once, and hears its own at once. */
const echo = defineProtocol<Types>({
  name: 'echo-once',
  about: 'Whoever has heard an ECHO says none any more.',
  rules: () => ({}),
  auth: 'signatures',
  selfDelivery: 'inbox',
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'], 2: ['a'] }, bounds: {} }),
  init: () => ({ done: false }),
  input(state, _value, ctx) {
    if (!state.done) ctx.broadcast({ type: 'ECHO' })
  },
  upon: {
    ECHO(state) {
      state.done = true
    },
  },
}) as Protocol

test('a rule that waits for what the other one cannot hear is not the same rule without waiting', () => {
  const [setting] = configure(echo, { n: 3, crash: [2] })
  const guard = sometimes<Types['output']>(
    { name: 'guard', about: 'Somebody is done.' },
    ({ outputs }) => outputs.length > 0,
  )
  const { claims } = check({ program: program(echo, setting!), claims: [guard] })
  expect(claims).toEqual([])
})
