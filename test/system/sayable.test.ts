import { expect, test } from 'vitest'
import { defineProtocol, match, program, said } from '../../src/model/index.ts'
import { canSay, configure, type Envelope, sayableAfter, start } from '../../src/system/index.ts'

type Message = { type: 'SECRET' } | { type: 'OPEN' } | { type: 'SUM' } | { type: 'TOP' }

/** A SUM proves that two said something, one of them may be a Byzantine replica; a TOP that there is a SUM. */
const sums = defineProtocol<{ state: { heard: boolean }; message: Message; output: { done: true } }>({
  name: 'sums',
  about: 'Messages that prove others.',
  rules: () => ({}),
  auth: 'signatures',
  addressed: ['SECRET'],
  defaults: () => ({ f: 1, b: 1, inputs: {}, bounds: {} }),
  init: () => ({ heard: false }),
  upon: {
    SECRET() {},
    OPEN() {},
    SUM() {},
    TOP(state) {
      state.heard = true
    },
  },
  proofs: {
    SUM: () => said(2, (message) => message.type === 'SECRET' || message.type === 'OPEN'),
    TOP: () => said(1, match<Message>('SUM')),
  },
})

const [setting] = configure(sums, { n: 4, byzantine: [3] })
const run = program(sums, setting!)
const secret: Envelope = { from: 0, to: 1, message: { type: 'SECRET' } }
const open: Envelope = { from: 1, to: 'all', message: { type: 'OPEN' } }
const byzantineMessages = (['TOP', 'SUM'] as const).map((type) => ({ from: 3, message: { type } }))

test('what is bound to its receiver proves nothing, and what was said to all does, from the ground up', () => {
  expect(sayableAfter(run, [secret]).among(byzantineMessages)).toEqual([])
  const able = sayableAfter(run, [secret, open]).among(byzantineMessages)
  expect(able.map(({ message }) => message.type)).toEqual(['SUM', 'TOP'])
  const system = { ...start(run), soup: [secret, open] }
  for (const word of able) expect(canSay(run, system, word)).toBe(true)
})
