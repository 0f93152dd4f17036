import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import type { Found } from '../../src/fuzz/campaign/result.ts'
import { type Configuration, type Protocol, program, properties } from '../../src/model/index.ts'
import { subject } from '../../src/protocols/subject.ts'
import { configure } from '../../src/system/index.ts'
import { decode, encode, replay, type Trace } from '../../src/trace/index.ts'
import { traceOf } from '../../src/trace/violation-trace.ts'
import { coinClaims, early, type Toss, toss, twoFaced } from './common-coin.ts'

const fair = toss()
const liar: Configuration = { n: 3, f: 1, byzantine: [2] }

function checked(protocol: Protocol, configuration: Configuration = {}) {
  const [setting] = configure(protocol, { ...liar, ...configuration })
  const { claims } = check({ program: program(protocol, setting!), claims: coinClaims })
  return Object.fromEntries(claims.map(({ claim, verdict }) => [claim, verdict]))
}

async function fuzzed(protocol: Protocol, configuration: Configuration) {
  const campaign = {
    ...{
      subject: 'toss',
      settings: configure(protocol, { ...liar, ...configuration }),
      firstRun: 0,
      runs: 150,
      seed: 1,
    },
    ...{ maxSteps: 60, claims: coinClaims.map(({ name }) => name) },
    ...{ strategies: ['echo', 'forge', 'silent'], schedulers: ['random-walk'] },
  }
  const { claims } = await runHere(campaign, protocol, coinClaims)
  const of = Object.fromEntries(claims.map(({ claim, verdict }) => [claim, verdict]))
  return { of, found: claims.flatMap(({ found }) => found ?? []) }
}

const saved = ({ claim, setting, steps, witness }: Found): Trace =>
  traceOf(
    fair,
    claim,
    { setting, steps, witness, shortest: 'bound reached', eager: 'not-found' },
    { command: 'turncoat fuzz ./toss.ts', stepsBeforeShrinking: steps.length },
  )

describe.each<[string, Configuration]>([
  ['where messages repeat', {}],
  ['where they arrive once', { network: { duplicate: false } }],
  ['where links are in order', { network: { fifo: true } }],
  ['where they are lost', { network: { lose: true } }],
  ['where whatever arrives fires', { steps: 'eager' }],
])('%s', (_, network) => {
  test('it is one for all and hidden, falls on either side, and in a replay as it did, byte for byte', async () => {
    const { of, found } = await fuzzed(fair, network)
    expect(of).toEqual({ common: 'not-found', hidden: 'not-found', 'never-0': 'violated', 'never-1': 'violated' })
    const known = subject({ fair }, properties<Toss>({ claims: coinClaims, expected: [] }))
    for (const one of found) {
      const trace = saved(one)
      const again = await decode(encode(trace))
      expect(replay(again, () => known)).toMatchObject({ reproduced: true, witness: one.witness })
      expect(encode(saved(one))).toBe(encode(again))
    }
  })

  test('a coin that falls early, and one with two faces, are caught', async () => {
    expect((await fuzzed(early, network)).of).toMatchObject({ common: 'not-found', hidden: 'violated' })
    expect((await fuzzed(twoFaced, network)).of).toMatchObject({ common: 'violated', hidden: 'not-found' })
  })
})

test.each<[string, Configuration]>([
  ['once', {}],
  ['once, where messages are lost', { network: { lose: true } }],
  ['twice', { bounds: { rounds: 2 } }],
])('the checker proves it of all schedules where it falls %s, and tries both sides', (_, configuration) => {
  const both = { 'never-0': 'violated', 'never-1': 'violated' }
  expect(checked(fair, configuration)).toEqual({ common: 'holds', hidden: 'holds', ...both })
  expect(checked(early, configuration)).toMatchObject({ common: 'holds', hidden: 'violated' })
  expect(checked(twoFaced, configuration)).toMatchObject({ common: 'violated', hidden: 'holds' })
})

test('a coin that lies is a Byzantine client', () => {
  expect(checked(fair, { byzantineClients: [3] })).toMatchObject({ common: 'violated' })
})
