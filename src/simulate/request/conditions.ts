import { type Id, nameOf, type Setting, UsageError } from '../../model/index.ts'
import { assertShape, FLAG, type Kind, listOf, OBJECT, optional } from '../../model/shape.ts'

/**
 * How long a copy of a message is on its way, in virtual milliseconds. A constant delay is `uniform` with `min` equal
 * to `max`.
 */
export type Latency =
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  /** `median · exp(sigma · z)`, z a standard normal: most copies are quick, a few are very late. */
  | { readonly kind: 'log-normal'; readonly median: number; readonly sigma: number }
  /** `ms[from][to]`, clients after replicas, and a further uniform 0 … `jitter`. */
  | { readonly kind: 'matrix'; readonly ms: readonly (readonly number[])[]; readonly jitter: number }

/**
 * From `from` until `until`, what is sent from one side to another is held back until the partition heals, or lost;
 * so is what is on its way when it begins. A replica on no side reaches all.
 */
export interface Partition {
  readonly from: number
  readonly until: number
  readonly sides: readonly (readonly Id[])[]
  readonly messages: 'held' | 'lost'
}

/** The network and the machines under a virtual clock; times in virtual milliseconds. */
export interface Conditions {
  readonly latency: Latency
  /** With this probability a copy takes a further uniform 0 … `extra`. */
  readonly reorder: { readonly probability: number; readonly extra: number }
  /** Probability that a copy is lost. */
  readonly loss: number
  readonly partitions: readonly Partition[]
  /**
   * Global stabilisation: up to `at` delays are drawn from `before`; whatever was sent before `at` and is not lost
   * arrives at the latest one ordinary delay after it.
   */
  readonly stabilises: { readonly at: number; readonly before: Latency } | undefined
  /** What handling one message costs a replica; it handles one at a time. */
  readonly processing: number
  /**
   * Does a replica handle nothing while what it sent on a message, or on a timeout, is being put on its way: until
   * every copy has arrived or is lost? What it sends on an input goes out beside its work, as in the published program.
   */
  readonly blocking: boolean
  /** The base of all timers; the factor of `setTimer` multiplies it. */
  readonly timeout: number
}

/** A calm network: one millisecond for every copy, nothing lost, handling costs nothing. */
export const CALM: Conditions = {
  latency: { kind: 'uniform', min: 1, max: 1 },
  reorder: { probability: 0, extra: 0 },
  loss: 0,
  partitions: [],
  stabilises: undefined,
  processing: 0,
  blocking: false,
  timeout: 1_000,
}

const NUMBER: Kind = { words: 'a number', is: (value) => typeof value === 'number' }
const CONDITIONS: { readonly [K in keyof Conditions]: Kind } = {
  ...{ latency: OBJECT, reorder: OBJECT, loss: NUMBER, partitions: listOf(OBJECT), stabilises: optional(OBJECT) },
  ...{ processing: NUMBER, blocking: FLAG, timeout: NUMBER },
}

/** Conditions that differ from a calm network in some points. */
export function conditions(changes: Partial<Conditions> = {}): Conditions {
  assertShape('the conditions', CONDITIONS, { ...CALM, ...changes })
  return { ...CALM, ...changes }
}

function assertTime(name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return
  throw new UsageError(`${name} is ${value}`, 'give a number of milliseconds that is not negative')
}

function assertProbability(name: string, value: number): void {
  if (value >= 0 && value <= 1) return
  throw new UsageError(`${name} is ${value}`, 'give a probability from 0 to 1')
}

function assertLatency(latency: Latency, count: number): void {
  if (latency.kind === 'uniform') {
    assertTime('the shortest delay', latency.min)
    assertTime('the longest delay', latency.max)
    if (latency.min <= latency.max) return
    throw new UsageError(`delays from ${latency.min} to ${latency.max} ms`, 'give the shorter one first')
  }
  if (latency.kind === 'log-normal') {
    assertTime('the median delay', latency.median)
    assertTime('sigma', latency.sigma)
    return
  }
  assertTime('jitter', latency.jitter)
  if (latency.ms.length < count) {
    const rows = `the matrix of delays has rows for ${latency.ms.length} of ${count} participants`
    throw new UsageError(rows, 'give each of them a row of delays, clients after replicas')
  }
  for (let from = 0; from < count; from++) {
    for (let to = 0; to < count; to++) assertTime(`the delay from ${from} to ${to}`, latency.ms[from]?.[to] as number)
  }
}

/**
 * Refuses conditions that no network could have.
 * @throws UsageError that names the first odd number
 */
export function assertConditions(conditions: Conditions, { n, clients }: Setting): void {
  assertShape('the conditions', CONDITIONS, conditions)
  const { latency, reorder, loss, partitions, stabilises, processing, timeout } = conditions
  assertLatency(latency, n + clients)
  assertProbability('reorder probability', reorder.probability)
  assertTime('reorder extra', reorder.extra)
  assertProbability('loss', loss)
  assertTime('processing', processing)
  assertTime('timeout', timeout)
  if (stabilises) {
    assertTime('stabilisation', stabilises.at)
    assertLatency(stabilises.before, n + clients)
  }
  for (const { from, until, sides } of partitions) {
    assertTime('the beginning of a partition', from)
    assertTime('the end of a partition', until)
    if (until < from) throw new UsageError(`a partition from ${from} until ${until} ms`, 'let it end after it begins')
    const ids = sides.flat()
    const odd = ids.find((id, i) => !(id >= 0 && id < n + clients) || ids.indexOf(id) < i)
    if (odd === undefined) continue
    throw new UsageError(`a partition names ${nameOf(odd, n)}`, 'name each participant once, on one side')
  }
}
