/** A step that leaves nothing behind but a Byzantine message in an inbox is a step: the healed run reads that message. */
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import type { CheckedClaim } from '../../src/check/result/result.ts'
import { defineProtocol, liveness, type Protocol, program } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { type PassName, REDUCTIONS } from '../../src/tables/passes/pass-names.ts'

interface Types {
  state: { started: boolean; heard: boolean; done: boolean }
  message: { type: 'A' }
  output: 'done'
  input: string
}

/** Where b came in, A is heard and nothing comes of that: but then it is there, and the next rule may fire on it. */
const hears = defineProtocol<Types>({
  name: 'hears',
  about: 'What is heard for nothing is there afterwards.',
  rules: () => ({}),
  auth: 'channels',
  selfDelivery: 'none',
  alphabet: () => [{ type: 'A' }],
  defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 1: ['a', 'b'] }, bounds: {} }),
  init: () => ({ started: false, heard: false, done: false }),
  input(state, value) {
    if (state.started) return
    state.started = true
    state.heard = value === 'a'
  },
  upon: {
    A: [
      function hear(state) {
        if (state.started) state.heard = true
      },
      function act(state, _, ctx) {
        if (!state.started || state.done) return
        state.done = true
        ctx.output('done')
      },
    ],
  },
}) as Protocol

const isStill = liveness<Types['output']>(
  { name: 'is-still', about: 'Healing puts out nothing.', healing: 'deliveries', reads: ['before'] },
  (after, before) => (after.outputs.length > before.outputs.length ? 'something was put out' : undefined),
)

function said(without: readonly PassName[], network = {}): CheckedClaim {
  const [setting] = configure(hears, { n: 2, f: 1, byzantine: [0] })
  const there = { ...setting!, network: { ...setting!.network, ...network } }
  return check({ program: program(hears, there), claims: [isStill], without }).claims[0]!
}

describe.each([{}, { gossip: true }])('with %j', (network) => {
  test.each([[[]], [['lazy']], [['big-step']], [['quotient']], [REDUCTIONS]] as const)('without %j', (without) => {
    const { verdict, steps } = said(without, network)
    expect(verdict).toBe('violated')
    expect(steps).toHaveLength(2)
  })
})
