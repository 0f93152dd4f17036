import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/model/index.ts'
import { type Conditions, conditions, FAR, SILENT, simulate } from '../../src/simulate/index.ts'
import { heard, relayed, run, subject } from './subjects.ts'

const ten = { latency: { kind: 'uniform', min: 10, max: 10 } } as const
const goOn = { until: { ms: 10_000, events: 10_000, goOn: true } }
const pings = (changes: Partial<Conditions>, inputs: readonly string[]): string[] =>
  heard(run(relayed(2, inputs), { ...ten, ...changes }, goOn)).filter((line) => line.startsWith('1'))

describe('a replica handles one message at a time', () => {
  test('in no time', () => {
    expect(pings({}, ['a', 'b', 'c'])).toEqual(['1 a 10', '1 b 10', '1 c 10'])
  })

  test('each takes its time', () => {
    expect(pings({ processing: 3 }, ['a', 'b', 'c'])).toEqual(['1 a 13', '1 b 16', '1 c 19'])
  })

  test('it handles nothing while its own broadcast is under way', () => {
    expect(pings({ blocking: true }, ['a', 'b', 'c'])).toEqual(['1 a 10', '1 b 20', '1 c 30'])
    expect(pings({ blocking: true, processing: 3 }, ['a', 'b', 'c'])).toEqual(['1 a 13', '1 b 26', '1 c 39'])
  })

  test('a broadcast is under way until its last copy has arrived', () => {
    const ms = [
      [0, 10, 10],
      [10, 0, 70],
      [10, 10, 0],
    ]
    const told = heard(
      run(relayed(3, ['a', 'b']), { latency: { kind: 'matrix', ms, jitter: 0 }, blocking: true }, goOn),
    )
    expect(told.filter((line) => /^1 [ab]/.test(line))).toEqual(['1 a 10', '1 b 80'])
    // The PONG of r2 arrives at 20, while r1 is still sending its own, and waits behind the second PING.
    expect(told).toContain('1 PONG a 150')
  })

  test('a lost copy is no longer under way', () => {
    const cut = { from: 5, until: 1_000, sides: [[0], [1]], messages: 'lost' as const }
    const ms = [
      [0, 1],
      [50, 0],
    ]
    const told = heard(
      run(
        relayed(2, ['a', 'b']),
        { latency: { kind: 'matrix', ms, jitter: 0 }, blocking: true, partitions: [cut] },
        goOn,
      ),
    )
    expect(told).toEqual(['1 a 1', '1 b 1'])
  })

  test('what it says on an input goes out beside its work', () => {
    const { decisions, taken } = run(relayed(2), { ...ten, blocking: true }, goOn)
    expect(taken).toEqual([{ at: 0, input: 'a', time: 0, sent: 10 }])
    expect(decisions.map(({ at, time }) => [at, time])).toEqual([
      [1, 10],
      [0, 20],
    ])
  })
})

describe('timers', () => {
  const silentPrimary = subject('pbft', { byzantine: [0] })

  test('a silent primary costs its timeout and one view change', () => {
    const done = run(silentPrimary, { timeout: 500 })
    // VIEW-CHANGE, NEW-VIEW with a PRE-PREPARE behind it, PREPARE, COMMIT.
    expect(done.decisions.map(({ time, delays }) => [time, delays])).toEqual([504, 504, 504].map((time) => [time, 4]))
    expect(done).toMatchObject({ decided: 3, of: 3, timeouts: 3, viewChanges: 1, ended: 'decided' })
  })

  test('the factor of a timer counts', () => {
    // r0 and r1 are silent: the second view times out after twice the time, as PBFT asks.
    const program = subject('pbft', { n: 7, byzantine: [0, 1], bounds: { views: 4 } })
    const { decisions, viewChanges } = run(program, { timeout: 500 })
    // The second timer starts when a quorum of VIEW-CHANGEs is there, at 501.
    expect(decisions[0]?.time).toBe(501 + 1_000 + 4)
    expect(viewChanges).toBe(2)
  })

  test('a bound that forbids a view change is reported', () => {
    const done = run(subject('pbft', { byzantine: [0], bounds: { views: 1 } }), {}, goOn)
    expect(done).toMatchObject({ decided: 0, of: 3, timeouts: 0, cut: true, ended: 'quiet' })
    expect(run(subject('bracha')).cut).toBe(false)
  })

  test('a crash stops a replica for ever', () => {
    const program = subject('pbft', { crash: [0] })
    const at = (time: number) =>
      run(program, { timeout: 500 }, { faults: { behaviour: {}, crashes: [{ at: 0, time }] } })
    expect(at(0.5).viewChanges).toBe(0)
    const isolated = { from: 0, until: 100, sides: [[0], [1, 2, 3]], messages: 'lost' as const }
    const cutOff = run(
      program,
      { timeout: 500, partitions: [isolated] },
      { faults: { behaviour: {}, crashes: [{ at: 0, time: 50 }] } },
    )
    expect(cutOff).toMatchObject({ decided: 3, of: 3, viewChanges: 1 })
  })
})

describe('coins', () => {
  test('fall at random, and the same way for a seed', () => {
    const program = subject('ben-or', {
      n: 6,
      inputs: { 0: ['0'], 1: ['0'], 2: ['0'], 3: ['1'], 4: ['1'], 5: ['1'] },
      bounds: { rounds: 30 },
    })
    const done = Array.from({ length: 20 }, (_, seed) =>
      run(program, { latency: { kind: 'uniform', min: 1, max: 9 } }, { seed }),
    )
    const values = new Set(
      done.flatMap(({ decisions }) => decisions.map(({ output }) => (output as { decided: string }).decided)),
    )
    expect(values).toEqual(new Set(['0', '1']))
    expect(done.every(({ decided }) => decided === 6)).toBe(true)
  })
})

describe('bounds of a run', () => {
  test('time', () => {
    expect(run(relayed(2), ten, { until: { ms: 15, events: 100, goOn: true } })).toMatchObject({
      ended: 'time',
      time: 10,
    })
  })

  test('events', () => {
    expect(run(relayed(2), ten, { until: { ms: 100, events: 2, goOn: true } })).toMatchObject({
      ended: 'events',
      events: 2,
    })
  })

  test('nothing left to do', () => {
    expect(run(relayed(2), ten, goOn)).toMatchObject({ ended: 'quiet', time: 20 })
  })
})

describe('refuses', () => {
  const program = subject('pbft')
  const request = {
    program,
    conditions: conditions(),
    seed: 1,
    faults: SILENT,
    load: { kind: 'inputs' },
    until: FAR,
  } as const
  const odd: [string, Partial<Parameters<typeof simulate>[0]>, RegExp][] = [
    ['a protocol in rounds', { program: subject('dolev-strong') }, /lockstep protocol/],
    [
      'a negative delay',
      { conditions: conditions({ latency: { kind: 'uniform', min: -1, max: 1 } }) },
      /shortest delay is -1/,
    ],
    [
      'delays the wrong way round',
      { conditions: conditions({ latency: { kind: 'uniform', min: 9, max: 1 } }) },
      /from 9 to 1/,
    ],
    ['a probability above 1', { conditions: conditions({ loss: 1.5 }) }, /loss is 1.5/],
    [
      'a matrix that is too small',
      { conditions: conditions({ latency: { kind: 'matrix', ms: [[1]], jitter: 0 } }) },
      /rows for 1 of 4/,
    ],
    [
      'a partition with one replica on both sides',
      { conditions: conditions({ partitions: [{ from: 0, until: 1, sides: [[0], [0]], messages: 'held' }] }) },
      /names r0/,
    ],
    ['a replica that may not crash', { faults: { behaviour: {}, crashes: [{ at: 1, time: 0 }] } }, /may not crash/],
    ['a load of nothing', { load: { kind: 'open', everyMs: 1, requests: 0 } }, /0 requests/],
    [
      'loss on links that keep their order',
      {
        program: subject('pbft', { network: { fifo: true } }),
        conditions: conditions({ loss: 0.1 }),
      },
      /loses/,
    ],
  ]

  test.each(odd)('%s', (_, changes, message) => {
    expect(() => simulate({ ...request, ...changes })).toThrow(UsageError)
    expect(() => simulate({ ...request, ...changes })).toThrow(message)
  })
})
