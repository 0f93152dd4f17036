import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import {
  type ChannelState,
  type Configuration,
  certifiedBroadcast,
  channelOf,
  defineProtocol,
  type Id,
  invariant,
  type Protocol,
  program,
  sometimes,
} from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'

interface Hands {
  state: { handed: number; got: string[] }
  message: { type: 'HAND'; slot: number; value: string } | { type: 'GET'; by: Id; slot: number; value: string }
  output: { got: string; value: string }
  client: ChannelState
  toClients: 'HAND'
}

/** Everybody hands over whatever it is given, all in one slot, and puts out what it gets. */
const hands = (isCertified: boolean): Protocol =>
  defineProtocol<Hands>({
    name: 'hands',
    about: 'Hands over two values for one slot.',
    rules: () => ({}),
    auth: 'channels',
    defaults: (n) => ({ f: 1, b: 1, clients: n, values: ['a', 'b'], inputs: { 0: ['a', 'b'] }, bounds: {} }),
    init: () => ({ handed: 0, got: [] }),
    input(state, value, ctx) {
      if (state.handed === 2) return
      state.handed++
      ctx.send(channelOf(ctx, ctx.self), { type: 'HAND', slot: 1, value })
    },
    upon: {
      GET(state, { by, slot, value }, ctx) {
        const key = `${by} ${slot} ${value}`
        if (ctx.from !== channelOf(ctx, by) || state.got.includes(key)) return
        state.got = [...state.got, key].sort()
        ctx.output({ got: `${by} ${slot}`, value })
      },
    },
    client: certifiedBroadcast<Hands, 'HAND'>({
      takes: 'HAND',
      slotOf: ({ slot }) => slot,
      gives: ({ slot, value }, by) => ({ type: 'GET', by, slot, value }),
      isCertified: () => isCertified,
    }),
  }) as Protocol

/** What anybody gets in one slot of one sender is the same, also of what one replica gets. */
const onlyOne = invariant<Hands['output']>({ name: 'only-one', about: 'A slot has one message.' }, ({ outputs }) => {
  const conflict = outputs.find((one) => {
    return outputs.some(({ output }) => output.got === one.output.got && output.value !== one.output.value)
  })
  return conflict && `two messages of ${conflict.output.got}`
})
const claims = [
  onlyOne,
  sometimes<Hands['output']>({ name: 'any', about: 'Somebody gets something.' }, ({ outputs }) => outputs.length > 0),
]

const networks: [string, Configuration][] = [
  ['where messages repeat', {}],
  ['where they arrive once', { network: { duplicate: false } }],
  ['where links are in order', { network: { fifo: true } }],
  ['where whatever arrives fires', { steps: 'eager' }],
]

const senders: [string, Id[]][] = [
  ['a correct replica', []],
  ['a Byzantine replica', [0]],
]

describe.each(senders)('%s', (_, byzantine) => {
  const setting = (protocol: Protocol, network: Configuration = {}) =>
    configure(protocol, { n: 2, f: 1, byzantine, ...network })[0]!

  test.each([
    [true, 'holds'],
    [false, 'violated'],
  ])('certified: %s; that a slot has one message %s', (isCertified, verdict) => {
    const protocol = hands(isCertified)
    for (const without of [[], REDUCTIONS]) {
      const result = check({ program: program(protocol, setting(protocol)), claims, without })
      expect(result.claims[0]).toMatchObject({ claim: 'only-one', verdict })
    }
  })

  test.each(networks)('the fuzzer says the same %s', async (_, network) => {
    const campaign = {
      ...{ subject: 'hands', firstRun: 0, runs: 200, seed: 1, maxSteps: 60, claims: ['only-one'] },
      ...{ strategies: ['echo', 'forge', 'equivocate'], schedulers: ['random-walk'] },
    }
    for (const isCertified of [true, false]) {
      const protocol = hands(isCertified)
      const settings = [setting(protocol, network)]
      const { claims: judged } = await runHere({ ...campaign, settings }, protocol, claims)
      expect(judged[0]!.verdict).toBe(isCertified ? 'not-found' : 'violated')
    }
  })
})

test('a channel listens to its own replica only, and to whole slots', () => {
  const { upon } = certifiedBroadcast<Hands, 'HAND'>({
    takes: 'HAND',
    slotOf: ({ slot }) => slot,
    gives: ({ slot, value }, by) => ({ type: 'GET', by, slot, value }),
  })
  const said: unknown[] = []
  const ctx = { self: 3, n: 2, rules: {}, broadcast: (message: unknown) => said.push(message) }
  const state: ChannelState = { slots: [] }
  const handler = upon.HAND as (state: ChannelState, message: unknown, ctx: unknown) => void
  handler(state, { type: 'HAND', slot: 0, value: 'a' }, { ...ctx, from: 0 })
  handler(state, { type: 'HAND', slot: 0.5, value: 'a' }, { ...ctx, from: 1 })
  expect(said).toEqual([])
  handler(state, { type: 'HAND', slot: 0, value: 'a' }, { ...ctx, from: 1 })
  handler(state, { type: 'HAND', slot: 0, value: 'b' }, { ...ctx, from: 1 })
  expect(said).toEqual([{ type: 'GET', by: 1, slot: 0, value: 'a' }])
  expect(state.slots).toEqual([0])
})
