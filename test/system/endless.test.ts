import { expect, test } from 'vitest'
import { begin, defineProtocol, program } from '../../src/model/index.ts'
import { configure, fire } from '../../src/system/index.ts'

const echoing = defineProtocol<{ state: object; message: { type: 'GO' } }>({
  name: 'echoing',
  about: 'Hears its own broadcasts at once, and answers each with another one.',
  rules: () => ({}),
  ...{ selfDelivery: 'at-once', inbox: false },
  defaults: () => ({ f: 0, b: 0, inputs: {}, bounds: {} }),
  init: () => ({}),
  upon: {
    GO(_state, _message, ctx) {
      ctx.broadcast({ type: 'GO' })
    },
  },
})

test('a replica that answers itself without end is told so: what it says is not cut short', () => {
  const one = program(echoing, configure(echoing, { n: 2 })[0]!)
  const event = { kind: 'message', rule: 'GO', from: 1, message: { type: 'GO' } } as const
  expect(() => fire(one, 0, begin(one, 0).local, event, () => false)).toThrow(/echoing: after 10000 firings/)
})
