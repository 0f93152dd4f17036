/** Two protocols on which the fuzzer, or a replay, once refused what the reference had done. */
import { expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import { defineProtocol, program as inSetting, invariant, match, type Protocol } from '../../src/model/index.ts'
import { configure, start } from '../../src/system/index.ts'
import { excess } from '../../src/trace/excess.ts'

interface Types {
  state: { done: boolean }
  message: { type: 'A' } | { type: 'B' }
  output: string
}

const told = { name: 'told', about: 'x', rules: () => ({}) }

test('a match that looks at a state which its rule goes on to change uses its evidence all the same', () => {
  const protocol = defineProtocol<Types>({
    ...told,
    auth: 'channels',
    defaults: () => ({ f: 1, b: 2, values: [], inputs: {}, bounds: {} }),
    init: () => ({ done: false }),
    upon: {
      A(state, _, ctx) {
        if (state.done) return
        ctx.need(2, (message) => message.type === 'A' && !state.done)
        state.done = true
        ctx.output('done')
      },
      B: () => {},
    },
  }) as Protocol
  const program = inSetting(protocol, configure(protocol, { n: 3, byzantine: [0, 2] })[0]!)
  const message = { type: 'A' } as const
  const step = { at: 1, rule: 'A', on: { from: 2, message }, with: [{ from: 0, message }] }
  expect(excess(program, start(program), step)).toBeUndefined()
  const more = { ...step, with: [...step.with, { from: 0, message: { type: 'B' } as const }] }
  expect(excess(program, start(program), more)).toMatch(/B.* is superfluous/)
})

test('nobody is shown again what is bound to its receiver, not even who has said it', async () => {
  const protocol = defineProtocol<Types>({
    ...told,
    auth: 'signatures',
    selfDelivery: 'network',
    addressed: ['A'],
    defaults: () => ({ f: 1, b: 1, values: ['a'], inputs: { 0: ['a'] }, bounds: {} }),
    init: () => ({ done: false }),
    input(_, __, ctx) {
      ctx.send(1, { type: 'A' })
    },
    upon: {
      A(state, _, ctx) {
        if (state.done) return
        ctx.take(1, match<Types['message']>('A'), () => 'a')
        state.done = true
        ctx.output('done')
      },
      B: () => {},
    },
  }) as Protocol
  const [setting] = configure(protocol, { n: 2, byzantine: [1], network: { duplicate: false } })
  const campaign = {
    subject: protocol.subject,
    settings: [setting!],
    claims: ['nobody'],
    ...{ runs: 40, firstRun: 0, seed: 1, maxSteps: 20 },
    strategies: strategies.map(({ name }) => name).filter((name) => name === 'replay'),
    schedulers: choosers.map(({ name }) => name),
  }
  const nobody = invariant<string>({ name: 'nobody', about: 'x' }, ({ outputs }) =>
    outputs.length > 0 ? 'one' : undefined,
  )
  const { claims } = await runHere(campaign, protocol, [nobody])
  expect(claims.map(({ verdict }) => verdict)).toEqual(['not-found'])
})
