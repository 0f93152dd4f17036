import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Conditions, conditions, type Latency } from '../../src/simulate/index.ts'
import { DelayModel } from '../../src/simulate/network/delay-model.ts'
import { EventQueue } from '../../src/simulate/network/event-queue.ts'
import { Dice } from '../../src/simulate/request/dice.ts'
import { heard, relayed, run } from './subjects.ts'

/** Delays in milliseconds of copies that are sent at time 0 from 0 to 1; nothing for a lost one. */
function delays(count: number, changes: Partial<Conditions>, seed = 1): (number | undefined)[] {
  const delayModel = new DelayModel(conditions(changes), new Dice(seed), false, 4)
  return Array.from({ length: count }, () => {
    const arrives = delayModel.arrival(0, 0, 1)
    return arrives === undefined ? undefined : arrives / 1_000
  })
}

const drawn = (latency: Latency, seed?: number) => delays(20_000, { latency }, seed) as number[]
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
const below = (list: readonly number[], most: number): number =>
  list.filter((value) => value < most).length / list.length

describe('latency', () => {
  test('constant', () => {
    expect(new Set(drawn({ kind: 'uniform', min: 7, max: 7 }))).toEqual(new Set([7]))
  })

  test('uniform: between its bounds, everywhere as often', () => {
    const list = drawn({ kind: 'uniform', min: 5, max: 35 })
    expect(Math.min(...list)).toBeGreaterThanOrEqual(5)
    expect(Math.max(...list)).toBeLessThanOrEqual(35)
    for (const [most, share] of [
      [12.5, 0.25],
      [20, 0.5],
      [27.5, 0.75],
    ] as const) {
      expect(below(list, most)).toBeCloseTo(share, 1.8)
    }
  })

  test('log-normal: its median, and its quantiles one and two sigma above', () => {
    const list = drawn({ kind: 'log-normal', median: 10, sigma: 0.5 })
    expect(below(list, 10)).toBeCloseTo(0.5, 1.8)
    expect(below(list, 10 * Math.exp(0.5))).toBeCloseTo(0.8413, 1.8)
    expect(below(list, 10 * Math.exp(-1))).toBeCloseTo(0.0228, 1.8)
    expect(mean(list)).toBeCloseTo(10 * Math.exp(0.125), 0.3)
  })

  test('log-normal draws are the same numbers on every machine', () => {
    expect(delays(6, { latency: { kind: 'log-normal', median: 10, sigma: 1 } }, 42)).toEqual(LOG_NORMAL)
  })

  test('a matrix: each link has its own', () => {
    const ms = [0, 1, 2, 3].map((from) => [0, 1, 2, 3].map((to) => 10 * from + to))
    const program = relayed(3)
    const { decisions } = run(program, { latency: { kind: 'matrix', ms, jitter: 0 } })
    const pings = decisions.filter(({ output }) => (output as { heard: string }).heard === 'a')
    expect(pings.map(({ at, time }) => [at, time])).toEqual([
      [1, 1],
      [2, 2],
    ])
    const jittered = delays(1_000, { latency: { kind: 'matrix', ms, jitter: 5 } }) as number[]
    expect(Math.min(...jittered)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...jittered)).toBeLessThanOrEqual(6)
    expect(mean(jittered)).toBeCloseTo(3.5, 0)
  })

  test('delays are whole microseconds', () => {
    for (const latency of [
      { kind: 'uniform', min: 0, max: 1 },
      { kind: 'log-normal', median: 3, sigma: 1 },
    ] as const) {
      for (const ms of drawn(latency).slice(0, 200)) expect(Number.isInteger(Math.round(ms * 1e9) / 1e6)).toBe(true)
    }
  })

  test('some copies take longer', () => {
    const list = delays(20_000, { reorder: { probability: 0.25, extra: 20 } }) as number[]
    expect(list.filter((value) => value > 1).length / list.length).toBeCloseTo(0.25, 1.8)
    expect(Math.max(...list)).toBeLessThanOrEqual(21)
    expect(Math.max(...list)).toBeGreaterThan(20)
  })
})

/** What the first draws were when this was written: another machine, or another version of node, must draw the same. */
const LOG_NORMAL = [35.378, 3.157, 1.715, 26.655, 8.884, 22.87]

test('loss', () => {
  const list = delays(20_000, { loss: 0.1 })
  expect(list.filter((value) => value === undefined).length / list.length).toBeCloseTo(0.1, 1.8)
  expect(delays(100, { loss: 1 }).every((value) => value === undefined)).toBe(true)
  expect(delays(100, { loss: 0 }).every((value) => value === 1)).toBe(true)
})

describe('partitions', () => {
  const latency: Latency = { kind: 'uniform', min: 10, max: 10 }
  const cut = (from: number, until: number, messages: 'held' | 'lost', sides = [[0], [1]]) => ({
    latency,
    partitions: [{ from, until, sides, messages }],
  })

  test('what crosses is held until they heal, and then is on its way', () => {
    expect(delays(1, cut(0, 50, 'held'))).toEqual([60])
    expect(delays(1, cut(5, 50, 'held'))).toEqual([60])
    expect(delays(1, cut(10, 50, 'held'))).toEqual([60])
  })

  test('what has arrived before is not', () => {
    expect(delays(1, cut(11, 50, 'held'))).toEqual([10])
  })

  test('what crosses may be lost', () => {
    expect(delays(1, cut(0, 50, 'lost'))).toEqual([undefined])
    expect(delays(1, cut(11, 50, 'lost'))).toEqual([10])
  })

  test('on one side, and to who is on no side, it goes on', () => {
    expect(delays(1, cut(0, 50, 'lost', [[0, 1], [2]]))).toEqual([10])
    expect(delays(1, cut(0, 50, 'lost', [[0], [2]]))).toEqual([10])
  })

  test('one after the other', () => {
    const sides = [[0], [1]]
    const partitions = [
      { from: 55, until: 80, sides, messages: 'held' as const },
      { from: 0, until: 50, sides, messages: 'held' as const },
    ]
    expect(delays(1, { latency, partitions })).toEqual([90])
  })

  test('in a run', () => {
    const told = heard(run(relayed(3), cut(0, 50, 'held', [[0, 2], [1]])))
    expect(told).toEqual(expect.arrayContaining(['2 a 10', '1 a 60']))
    expect(
      heard(run(relayed(3), cut(0, 50, 'lost', [[0, 2], [1]]), { until: { ms: 1e3, events: 1e3, goOn: true } })),
    ).toEqual(['2 a 10', '0 PONG a 20'])
  })
})

describe('global stabilisation', () => {
  const latency: Latency = { kind: 'uniform', min: 10, max: 10 }
  const delayModel = (before: Latency, at = 100) =>
    new DelayModel(conditions({ latency, stabilises: { at, before } }), new Dice(1), false, 4)
  const slow = { kind: 'uniform', min: 500, max: 500 } as const

  test('what is sent before arrives at the latest one ordinary delay after it', () => {
    expect(delayModel(slow).arrival(0, 0, 1)).toBe(110_000)
    expect(delayModel(slow).arrival(99_999, 0, 1)).toBe(110_000)
  })

  test('or when its delay is over', () => {
    expect(delayModel({ kind: 'uniform', min: 30, max: 30 }).arrival(0, 0, 1)).toBe(30_000)
  })

  test('afterwards delays are ordinary', () => {
    expect(delayModel(slow).arrival(100_000, 0, 1)).toBe(110_000)
    expect(delayModel(slow).arrival(200_000, 0, 1)).toBe(210_000)
  })
})

test('first in, first out: nothing passes what was sent before', () => {
  const latency = { kind: 'uniform', min: 0, max: 100 } as const
  const times = (fifo: boolean): number[] => {
    const delayModel = new DelayModel(conditions({ latency }), new Dice(3), fifo, 4)
    return Array.from({ length: 50 }, (_, i) => delayModel.arrival(i * 1_000, 0, 1)!)
  }
  const ascending = (list: readonly number[]): boolean => list.every((time, i) => i === 0 || list[i - 1]! <= time)
  expect(ascending(times(true))).toBe(true)
  expect(ascending(times(false))).toBe(false)
})

test('events come by time, and at one time in the order in which they were put', () => {
  const law = fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 200 }), fc.nat({ max: 5 }), (times, every) => {
    const queue = new EventQueue<number>()
    const taken: number[] = []
    const left: [number, number][] = []
    const expected: number[] = []
    const takeOne = (): void => {
      left.sort(([a, i], [b, j]) => a - b || i - j)
      expect(queue.time).toBe(left[0]?.[0] ?? Number.POSITIVE_INFINITY)
      const next = queue.take()
      if (next !== undefined) taken.push(next)
      const first = left.shift()
      if (first) expected.push(first[1])
    }
    times.forEach((time, i) => {
      queue.put(time, i)
      left.push([time, i])
      if (every > 0 && i % every === 0) takeOne()
    })
    while (queue.size > 0) takeOne()
    expect(taken).toEqual(expected)
    expect(taken).toHaveLength(times.length)
  })
  fc.assert(law, { seed: 7, numRuns: 300 })
})
