import type { Configuration, Id } from '../model/index.ts'
import type { Conditions, Latency } from '../simulate/index.ts'

export const BASE_TIMEOUT = 1_000
export const ORDINARY: Latency = { kind: 'uniform', min: 5, max: 35 }
/** Before stabilisation half of the copies take longer than a timeout. */
const WILD: Latency = { kind: 'log-normal', median: BASE_TIMEOUT, sigma: 1 }

export interface PartitionedSubject {
  readonly subject: string
  readonly configuration: Configuration
}

export const SUBJECTS: readonly PartitionedSubject[] = [
  { subject: 'pbft', configuration: { n: 4, byzantine: [], values: ['a'], bounds: { views: 100, slots: 1 } } },
  { subject: 'go-pbft/layer-2', configuration: { n: 4, byzantine: [], values: ['a'], bounds: { views: 100 } } },
  { subject: 'asyncio-pbft/repaired', configuration: { n: 4, byzantine: [], values: ['a'] } },
]

/** One kind of trouble, as a function of how long it lasts. */
export interface Trouble {
  readonly name: string
  readonly title: string
  /** In a key. */
  readonly short: string
  readonly what: string
  readonly conditions: (until: number) => Partial<Conditions>
}

const partitioned =
  (sides: readonly (readonly Id[])[], messages: 'held' | 'lost') =>
  (until: number): Partial<Conditions> =>
    until === 0 ? {} : { partitions: [{ from: 0, until, sides, messages }] }

const HALVES = [
  [0, 1],
  [2, 3],
]
const PRIMARY_ALONE = [[0], [1, 2, 3]]

export const TROUBLES: readonly Trouble[] = [
  {
    name: 'halves-held',
    short: 'halves, held',
    title: 'two halves, messages held',
    what: 'r0 and r1 on one side, r2 and r3 on the other; what crosses is held back until the partition heals.',
    conditions: partitioned(HALVES, 'held'),
  },
  {
    name: 'primary-held',
    short: 'primary alone, held',
    title: 'the primary alone, messages held',
    what: 'r0 on one side, the other three on the other; what crosses is held back until the partition heals.',
    conditions: partitioned(PRIMARY_ALONE, 'held'),
  },
  {
    name: 'halves-lost',
    short: 'halves, lost',
    title: 'two halves, messages lost',
    what: 'r0 and r1 on one side, r2 and r3 on the other; what crosses is lost, and nobody sends it again.',
    conditions: partitioned(HALVES, 'lost'),
  },
  {
    name: 'primary-lost',
    short: 'primary alone, lost',
    title: 'the primary alone, messages lost',
    what: 'r0 on one side, the other three on the other; what crosses is lost, and nobody sends it again.',
    conditions: partitioned(PRIMARY_ALONE, 'lost'),
  },
  {
    name: 'stabilisation',
    short: 'wild delays',
    title: 'wild delays until the network stabilises',
    what: `log-normal delays with a median of one timeout and σ = 1 until then; whatever was sent before arrives at
      the latest one ordinary delay after it.`,
    conditions: (at) => (at === 0 ? {} : { stabilises: { at, before: WILD } }),
  },
]
