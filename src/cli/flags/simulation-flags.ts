import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../../model/index.ts'
import { type Conditions, conditions, type Latency } from '../../simulate/index.ts'
import { places } from '../../sweep/axis.ts'
import { partitionText, type SweptConditions, type SweptPartition } from '../../sweep/swept-conditions.ts'
import { wholeNumber } from './parse.ts'

/** A local network, and a timeout that a calm one never reaches. */
const DELAY: Latency = { kind: 'uniform', min: 10, max: 50 }
const TIMEOUT = 1_000

/** The network and the machines of simulated executions, as flags say them. */
export interface SimulationFlags {
  readonly delay?: Latency
  readonly timeout?: number
  readonly loss?: number
  readonly reorder?: Conditions['reorder']
  readonly partition?: readonly SweptPartition[]
  readonly stabilises?: NonNullable<Conditions['stabilises']>
  readonly processing?: number
}

export function addSimulationFlags(command: Command): Command {
  return command
    .option(
      '--delay <MS>',
      'delays of simulated messages: 10..50 evenly, 20*0.5 log-normally (median, sigma), or a row for each sender, 0,10/10,0+5',
      delay,
    )
    .option('--timeout <MS>', `base timeout of simulations (default ${TIMEOUT})`, wholeNumber(1, 1_000_000))
    .option('--loss <SHARE>', 'share of simulated messages that is lost, from 0 to 1', share)
    .option(
      '--reorder <P*MS>',
      'probability that a message takes longer, and the most that it is delayed by: 0.1*500',
      reorder,
    )
    .option(
      '--partition <WHEN:SIDES>',
      'partition; messages across it wait: 0..500:0,1:2,3, 0..500:halves, 0..500:0 (r0 alone); or are lost: 0..500:halves:lost; may be repeated',
      partitionFlags,
    )
    .option(
      '--stabilises <MS:MS>',
      'time when delays become normal, and the delays before it: 2000:0..5000',
      stabilises,
    )
    .option('--processing <MS>', 'time that a replica needs for one message', milliseconds)
}

export function conditionsOf(flags: SimulationFlags): SweptConditions {
  const { delay: latency = DELAY, timeout = TIMEOUT, loss = 0, processing = 0, reorder: reordered } = flags
  return {
    ...conditions({ latency, timeout, loss, processing, ...(reordered ? { reorder: reordered } : {}) }),
    partitions: flags.partition ?? [],
    stabilises: flags.stabilises,
  }
}

/** The flags of those that were parsed into more than a number, as they are typed. */
export function simulationTexts({
  delay: latency,
  reorder: late,
  partition: partitioned,
  stabilises: stable,
}: SimulationFlags) {
  return {
    ...(latency ? { delay: delayText(latency) } : {}),
    ...(late ? { reorder: `${late.probability}*${late.extra}` } : {}),
    ...(partitioned ? { partition: partitioned.map(partitionText) } : {}),
    ...(stable ? { stabilises: `${stable.at}:${delayText(stable.before)}` } : {}),
  }
}

const NUMBER = String.raw`(\d+(?:\.\d+)?)`
/** Rows of one length, `0,10/10,0`, and perhaps a jitter, `+5`. */
const MATRIX = /^((?:[\d.]+,)+[\d.]+(?:\/(?:[\d.]+,)+[\d.]+)+)(?:\+([\d.]+))?$/

/**
 * `25`, `10..50` or `20*0.5`: constant, evenly between two, or log-normal with a median and a sigma. Or a row for each
 * sender, `0,10,40/10,0,40/40,40,0`, with an even jitter behind it, `+5`.
 */
export function delay(text: string): Latency {
  const [, min, max = min] = text.match(new RegExp(`^${NUMBER}(?:\\.\\.${NUMBER})?$`)) ?? []
  if (min !== undefined && Number(min) <= Number(max)) return { kind: 'uniform', min: Number(min), max: Number(max) }
  const [, median, sigma] = text.match(new RegExp(`^${NUMBER}\\*${NUMBER}$`)) ?? []
  if (median !== undefined) return { kind: 'log-normal', median: Number(median), sigma: Number(sigma) }
  const matrix = matrixOf(text)
  if (matrix) return matrix
  throw new InvalidArgumentError(
    'Write milliseconds as 25, 10..50, 20*0.5 (median and sigma), or a row for each sender, 0,10/10,0+5.',
  )
}

function matrixOf(text: string): Latency | undefined {
  const [, rows, jitter = '0'] = text.match(MATRIX) ?? []
  if (rows === undefined) return undefined
  const ms = rows.split('/').map((row) => row.split(',').map(Number))
  const numbers = [...ms.flat(), Number(jitter)]
  const isSquare = ms.every((row) => row.length === ms.length)
  return isSquare && numbers.every(Number.isFinite) ? { kind: 'matrix', ms, jitter: Number(jitter) } : undefined
}

/** How a delay is written. */
export function delayText(latency: Latency): string {
  if (latency.kind === 'uniform')
    return latency.min === latency.max ? `${latency.min}` : `${latency.min}..${latency.max}`
  if (latency.kind === 'log-normal') return `${latency.median}*${latency.sigma}`
  const rows = latency.ms.map((row) => row.join(',')).join('/')
  return latency.jitter === 0 ? rows : `${rows}+${latency.jitter}`
}

/** From 0 to 1. */
export function share(text: string): number {
  const value = Number(text)
  if (/^\d*\.?\d+$/.test(text) && value <= 1) return value
  throw new InvalidArgumentError('Give a number from 0 to 1.')
}

export function milliseconds(text: string): number {
  if (/^\d*\.?\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a number of milliseconds.')
}

/** `0.1*500`: with this probability a copy takes so much longer at most. */
export function reorder(text: string): Conditions['reorder'] {
  const [, probability, extra] = text.match(new RegExp(`^${NUMBER}\\*${NUMBER}$`)) ?? []
  if (probability !== undefined && Number(probability) <= 1) {
    return { probability: Number(probability), extra: Number(extra) }
  }
  throw new InvalidArgumentError('Write a probability from 0 to 1 and the most extra milliseconds: 0.1*500.')
}

/** `2000:0..5000`: when the network stabilises, and the delays before that. */
export function stabilises(text: string): NonNullable<Conditions['stabilises']> {
  const [, at, before] = text.match(new RegExp(`^${NUMBER}:(.+)$`)) ?? []
  if (at === undefined) throw new InvalidArgumentError('Write when, and the delays before that: 2000:0..5000.')
  return { at: Number(at), before: delay(before!) }
}

/** What a side may be written in terms of; a partition is read before any size is known. */
const ANY_SIZE = { n: 4, f: 1 }
const HALVES = ['0..n/2-1', 'n/2..n-1']
const MESSAGES = ['held', 'lost'] as const

/**
 * `0..500:0,1:2,3`: from when until when, then the sides, as axes are written; `halves` for both; behind them `lost`
 * where what crosses is lost, and not held until it heals.
 */
export function partition(text: string): SweptPartition {
  const [when, ...rest] = text.split(':')
  const [, from, until] = when!.match(new RegExp(`^${NUMBER}\\.\\.${NUMBER}$`)) ?? []
  if (from === undefined || rest.length === 0) {
    throw new InvalidArgumentError('Write from when until when, then the sides: 0..500:0,1:2,3 or 0..500:halves:lost.')
  }
  if (Number(until) < Number(from)) throw new InvalidArgumentError(`It ends at ${until} ms, before it begins.`)
  const messages = MESSAGES.find((word) => word === rest.at(-1))
  const named = messages ? rest.slice(0, -1) : rest
  if (named.length === 0)
    throw new InvalidArgumentError('Name a side before what happens to messages: 0..500:halves:lost.')
  const sides = named.length === 1 && named[0] === 'halves' ? HALVES : named
  for (const side of sides) assertSide(side)
  return { from: Number(from), until: Number(until), sides, messages: messages ?? 'held' }
}

/** `--partition` may be repeated. */
export function partitionFlags(text: string, before: readonly SweptPartition[] | undefined): SweptPartition[] {
  return [...(before ?? []), partition(text)]
}

function assertSide(side: string): void {
  try {
    places(side, ANY_SIZE)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new InvalidArgumentError(
      `"${side}" is not a side; write replicas as 0,1 or 0..n/2-1, both sides as halves, and behind them held or lost.`,
    )
  }
}
