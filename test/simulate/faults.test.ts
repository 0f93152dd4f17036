import { describe, expect, test } from 'vitest'
import { strategies } from '../../src/adversary/index.ts'
import type { AnyMessage } from '../../src/model/index.ts'
import { behaviourOf, type Faults, sceneOf, type TimedBehaviour } from '../../src/simulate/index.ts'
import { heard, relayed, run, subject } from './subjects.ts'

const named = (name: string) => strategies.find((one) => one.name === name)!
const uniform = { latency: { kind: 'uniform', min: 5, max: 35 } } as const
const until = { ms: 10_000, events: 200_000 }

describe('every strategy', () => {
  const programs = [
    subject('pbft', { byzantine: [0] }),
    subject('asyncio-pbft', { byzantine: [3] }),
    subject('bracha', { byzantine: [3] }),
    subject('pbft', { byzantine: [0], network: { duplicate: false } }),
  ]
  const cases = strategies.flatMap((strategy) =>
    programs.filter((program) => strategy.suits?.(sceneOf(program)) ?? true).map((program) => ({ strategy, program })),
  )

  test.each(
    cases.map(({ strategy, program }) => [strategy.name, program.protocol.subject, strategy, program] as const),
  )('%s runs against %s, and b ≤ f Byzantine replicas break nothing of pbft', (_, __, strategy, program) => {
    let byzantineMessages = 0
    for (let plan = 0; plan < 3; plan++) {
      const faults = { behaviour: behaviourOf(strategy, program, plan) }
      const done = run(program, uniform, { faults, until, seed: plan })
      if (program.protocol.subject === 'pbft') expect(done.violated).toEqual([])
      byzantineMessages += done.byzantineMessages
    }
    if (strategy.name === 'silent') expect(byzantineMessages).toBe(0)
    else expect(byzantineMessages).toBeGreaterThan(0)
  })
})

test('split-brain breaks agreement where two quorums share no correct replica', () => {
  const program = subject('pbft', { byzantine: [0, 1] })
  const faults = { behaviour: behaviourOf(named('split-brain'), program, 0) }
  const { violated } = run(program, uniform, { faults, until })
  expect(violated.map(({ claim }) => claim)).toContain('agreement')
  expect(violated.find(({ claim }) => claim === 'agreement')!.witness).toMatch(
    /^r2 decided (a|b) in slot 1, r3 decided/,
  )
})

test('a twin that crashes says what it said before', () => {
  const program = subject('pbft', { byzantine: [0] })
  const at = (plan: number) =>
    run(program, {}, { faults: { behaviour: behaviourOf(named('crash'), program, plan) }, until })
  expect(at(0)).toMatchObject({ byzantineMessages: 0, viewChanges: 1, decided: 3 })
  // One firing: it proposes, and its backups go on without it.
  expect(at(1)).toMatchObject({ byzantineMessages: 3, viewChanges: 0, decided: 3 })
})

test('words that are held back come after so many steps, or when nothing else is left to do', () => {
  const program = subject('pbft', { byzantine: [0], bounds: { views: 1 } })
  const faults = { behaviour: behaviourOf(named('withhold'), program, 0) }
  expect(run(program, {}, { faults, until })).toMatchObject({ decided: 3, of: 3 })
})

test('a strategy that needs the universe says so where it cannot be closed', () => {
  const program = subject('pbft', { n: 40, byzantine: [0] })
  expect(() => behaviourOf(named('forge'), program, 0)).toThrow(/all messages that 40 participants/)
})

describe('a coalition hears what reaches it', () => {
  const program = relayed(3, ['a'], { byzantine: [2] })
  const ms = [
    [0, 10, 40],
    [10, 0, 10],
    [10, 20, 0],
  ]
  const matrix = { latency: { kind: 'matrix', ms, jitter: 0 } } as const
  const goOn = { until: { ...until, goOn: true } }
  const told = (behaviour: TimedBehaviour, more: Partial<Faults> = {}) =>
    heard(run(program, matrix, { faults: { behaviour, ...more }, ...goOn })).filter((line) => line.startsWith('1'))

  test('when it does: what it offers then takes its time too', () => {
    const hears = (_: number, message: AnyMessage) =>
      message.type === 'PING' ? [{ from: 2, to: [1], message: { type: 'PING', value: 'b' } as never }] : []
    expect(told({ hears })).toEqual(['1 a 10', '1 b 60'])
  })

  test('its words are provable, or wait until they are', () => {
    const forged = {
      type: 'VIEW_CHANGE',
      view: 1,
      stable: 0,
      checkpoint: '-',
      certificates: [{ view: 0, slot: 1, digest: 'b' }],
    }
    const pbft = subject('pbft', { byzantine: [3] })
    const behaviour = { opening: [{ from: 3, to: [0, 1, 2], message: forged }] }
    expect(run(pbft, {}, { faults: { behaviour }, until }).byzantineMessages).toBe(0)
    const unsigned = subject('pbft', { byzantine: [3], auth: 'channels' })
    expect(run(unsigned, {}, { faults: { behaviour }, until }).byzantineMessages).toBe(3)
  })

  test('it answers each copy that reaches a member', () => {
    const receives = (member: number, from: number, { type }: AnyMessage) =>
      type === 'PING' ? [{ from: member, to: [1], message: { type: 'PING', value: `${from}` } as never }] : []
    expect(told({ receives })).toEqual(['1 a 10', '1 0 60'])
  })

  test('members hear each other too', () => {
    const opening = [{ from: 2, to: [2], message: { type: 'PING', value: 'x' } as never }]
    const receives = (member: number, from: number, message: AnyMessage) =>
      message.type === 'PING' && from === 2
        ? [{ from: member, to: [1], message: { type: 'PING', value: 'y' } as never }]
        : []
    expect(told({ opening, receives })).toEqual(['1 a 10', '1 y 20'])
  })

  test('opening words go out together, or one after the other', () => {
    const opening = ['x', 'y', 'z'].map((value) => ({ from: 2, to: [1], message: { type: 'PING', value } as never }))
    expect(told({ opening })).toEqual(['1 a 10', '1 x 20', '1 y 20', '1 z 20'])
    expect(told({ opening }, { sequential: true })).toEqual(['1 a 10', '1 x 20', '1 y 40', '1 z 60'])
  })
})
