import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asyncioPbftProperties } from '../../properties/asyncio-pbft.ts'
import { agreement } from '../../properties/claims.ts'
import { goPbftProperties } from '../../properties/go-pbft.ts'
import { pbftProperties } from '../../properties/pbft.ts'
import { twoPhaseCommitProperties } from '../../properties/two-phase-commit.ts'
import {
  constantsOf,
  defineProtocol,
  match,
  type Protocol,
  range,
  type Setting,
  weighted,
} from '../../src/model/index.ts'
import { asyncioPbft } from '../../src/protocols/asyncio-pbft.ts'
import { deliverOne } from '../../src/protocols/bracha.ts'
import { layer1 } from '../../src/protocols/go-pbft.ts'
import { commitWithoutPrepared } from '../../src/protocols/pbft.ts'
import { twoPhaseCommit } from '../../src/protocols/two-phase-commit.ts'
import { coarser } from '../../src/shrink/coarser.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import type { Step } from '../../src/system/index.ts'
import { decode } from '../../src/trace/index.ts'
import { stepsOf } from '../../src/trace/violation-trace.ts'
import { offers, programIn, rawTrace } from './walk.ts'

const claim = agreement<any>((output) => ({ slot: '', value: output.delivered }))

/** r0 alone is enough, if it weighs three. */
const rules = ({ n, bounds }: Setting) => ({
  quorum: weighted(
    range(n).map((id) => (id === 0 ? bounds['weight']! : 1)),
    3,
  ),
})

const deliver = (at: number, from: number, value: string): Step => ({
  at,
  rule: 'READY/deliver',
  on: { from, message: { type: 'READY', value } as never },
})

test('a coalition keeps only the members whose words are used, and a setting only the inputs', () => {
  const run = programIn(deliverOne, { n: 6, f: 4, byzantine: [0, 3, 4], inputs: { 1: ['a'] }, crash: [5] })
  const { program, steps } = coarser(run, claim, [deliver(1, 3, 'a'), deliver(2, 3, 'b')])
  expect(steps).toHaveLength(2)
  expect(program.setting).toMatchObject({ n: 6, f: run.setting.f, byzantine: [3], crash: [] })
  expect(program.setting.inputs.flat()).toEqual([])
})

test('room is tightened, and the constants that rules read are left alone', async () => {
  const run = programIn(commitWithoutPrepared, { n: 4, byzantine: [0], bounds: { views: 3 } })
  expect([...constantsOf(run.protocol, run.setting)].sort()).toEqual(['batch', 'checkpoint', 'window'])
  const found = pbftProperties.claims.find(({ name }) => name === 'agreement')!
  const saved = join(import.meta.dirname, '..', '..', 'traces', 'pbft-commit-without-prepared.json')
  const steps = stepsOf(await decode(readFileSync(saved, 'utf8')))
  const { bounds } = coarser(run, found, steps).program.setting
  expect(bounds).toEqual({ ...run.setting.bounds, views: 1 })
})

test('a weight is never changed, whether it follows from n or from a bound', () => {
  const heavy = defineProtocol<{
    state: { done: boolean }
    message: { type: 'SAY' }
    output: { delivered: string }
    rules: typeof rules
  }>({
    name: 'heavy',
    about: 'One replica weighs as much as a bound says.',
    rules,
    auth: 'channels',
    defaults: () => ({ f: 1, b: 1, values: ['a'], inputs: {}, bounds: { weight: 3, room: 3 } }),
    init: () => ({ done: false }),
    upon: {
      SAY(state, _, ctx) {
        if (state.done) return
        ctx.need(ctx.rules.quorum, match<{ type: 'SAY' }>('SAY'))
        state.done = true
        ctx.output({ delivered: ctx.self === 1 ? 'a' : 'b' })
      },
    },
  }) as Protocol
  const run = programIn(heavy, { n: 5, f: 2, byzantine: [0, 4] })
  const hear = (at: number): Step => ({ at, rule: 'SAY', on: { from: 0, message: { type: 'SAY' } } })
  const { program, steps } = coarser(run, claim, [hear(1), hear(2)])
  expect(steps).toHaveLength(2)
  expect(program.setting).toMatchObject({ n: 5, f: 2, byzantine: [0], bounds: { weight: 3, room: 1 } })
  expect(program.rules).toEqual(run.rules)
})

test('what a tally has room for is room, too', async () => {
  const run = programIn(layer1, { n: 4, byzantine: [3], bounds: { views: 2, slots: 2 } })
  const found = goPbftProperties.claims.find(({ name }) => name === 'agreement')!
  const saved = join(import.meta.dirname, '..', '..', 'traces', 'go-pbft-layer-1-slot-overwrite.json')
  const steps = stepsOf(await decode(readFileSync(saved, 'utf8')))
  expect(coarser(run, found, steps).program.setting.bounds).toEqual({ views: 2, slots: 1 })
})

test('a value stays where it takes a vote for it to make up the Byzantine message', () => {
  const run = programIn(twoPhaseCommit, { n: 3, byzantine: [0] })
  const found = twoPhaseCommitProperties.claims.find(({ name }) => name === 'atomicity')!
  const tell = (at: number, type: string): Step => ({ at, rule: type, on: { from: 0, message: { type } as never } })
  const { values } = coarser(run, found, [tell(1, 'COMMIT'), tell(2, 'ABORT')]).program.setting
  expect(values).not.toEqual([])
})

test('one Byzantine replica is made to do the work of two', () => {
  const run = programIn(deliverOne, { n: 5, f: 2, byzantine: [0, 3] })
  const shrunk = shrink(run, claim, [deliver(1, 0, 'a'), deliver(2, 3, 'b')])
  expect(shrunk.setting.byzantine).toHaveLength(1)
})

test('a published system: an equivocating primary among five, from a random walk to the shortest story', () => {
  const found = asyncioPbftProperties.claims.find(({ name }) => name === 'agreement')!
  const run = programIn(asyncioPbft, { n: 5, byzantine: [0], auth: 'channels' })
  const messages = ['PREPREPARE', 'PREPARE', 'COMMIT'].flatMap((type) =>
    ['a', 'b'].map((digest) => ({ type, view: 0, seq: 1, digest })),
  )
  const raw = rawTrace(run, found, offers(run, messages), { maxSteps: 100 })
  const shrunk = shrink(run, found, raw, { maxStates: 200 })
  // On each side two correct replicas take the proposal and 3 PREPAREs, and one of them 3 COMMITs.
  expect(shrunk.steps).toHaveLength(22)
  expect(shrunk.shortest).toBe('bound reached')
  expect(shrunk.eager).toBe('reproduced')
})
