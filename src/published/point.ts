import { type Percentiles, percentiles, sum } from '../simulate/measure/summary.ts'
import type { PublishedTrial } from './trials.ts'

/** Successes among trials of one kind. */
export interface Share {
  readonly trials: number
  readonly successes: number
}

/** Successful trials in which as many replicas voted for the proposal. */
export interface ByVotes {
  readonly prepares: number
  readonly trials: number
  readonly meanLatencyS: number
  readonly halfWidthS: number | null
}

/** What the trials with one number of malicious replicas came to. */
export interface PublishedPoint extends Share {
  readonly malicious: number
  /** Over the successes; nothing where there is none. */
  readonly meanLatencyS: number | null
  /** Half the width of the 95 % interval of that mean; nothing with too few successes to say. */
  readonly halfWidthS: number | null
  readonly latencyMs: Percentiles | null
  /** Successes in which the correct replicas hold one digest. */
  readonly agreements: number
  /** Trials, successful or not, in which correct replicas hold different digests. */
  readonly disagreements: number
  /** Trials in which at least one correct replica committed. */
  readonly decided: number
  /** Copies that the correct replicas send in a trial, on average, by type. */
  readonly messages: readonly { readonly type: string; readonly perTrial: number }[]
  /** The trials by what the experiment leaves out: was the primary drawn among the Byzantine replicas? */
  readonly primaryCorrect: Share
  readonly primaryByzantine: Share
  readonly byVotes: readonly ByVotes[]
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length
}

/** With fewer values than this, how much they vary is a guess. */
const FEW = 5

/** 1.96 standard errors of the mean. */
function halfWidth(values: readonly number[]): number | null {
  const centre = mean(values)
  if (centre === null || values.length < FEW) return null
  const squares = sum(values.map((value) => (value - centre) ** 2))
  return 1.96 * Math.sqrt(squares / (values.length - 1) / values.length)
}

function share(trials: readonly PublishedTrial[]): Share {
  return { trials: trials.length, successes: trials.filter(({ success }) => success).length }
}

const latencies = (trials: readonly PublishedTrial[]): number[] => trials.flatMap(({ latencyS }) => latencyS ?? [])

function byVotes(successful: readonly PublishedTrial[]): ByVotes[] {
  const numbers = [...new Set(successful.flatMap(({ prepares }) => prepares ?? []))].sort((a, b) => a - b)
  return numbers.map((prepares) => {
    const seconds = latencies(successful.filter((trial) => trial.prepares === prepares))
    const meanLatencyS = sum(seconds) / seconds.length
    return { prepares, trials: seconds.length, meanLatencyS, halfWidthS: halfWidth(seconds) }
  })
}

function messagesOf(trials: readonly PublishedTrial[]): PublishedPoint['messages'] {
  const types = [...new Set(trials.flatMap(({ messages }) => messages.map(({ type }) => type)))].sort()
  const copies = (wanted: string): number =>
    sum(trials.flatMap(({ messages }) => messages.flatMap(({ type, count }) => (type === wanted ? count : []))))
  return types.map((type) => ({ type, perTrial: copies(type) / trials.length }))
}

/** The point that these trials make up. */
export function publishedPoint(malicious: number, trials: readonly PublishedTrial[]): PublishedPoint {
  const successful = trials.filter(({ success }) => success)
  const seconds = latencies(successful)
  return {
    malicious,
    ...share(trials),
    meanLatencyS: mean(seconds),
    halfWidthS: halfWidth(seconds),
    latencyMs: percentiles(seconds.map((latency) => Math.round(latency * 1e6) / 1_000)) ?? null,
    agreements: successful.filter(({ agreedDigest }) => agreedDigest).length,
    disagreements: trials.filter(({ disagreed }) => disagreed).length,
    decided: trials.filter(({ honestCommitted }) => honestCommitted > 0).length,
    messages: messagesOf(trials),
    primaryCorrect: share(trials.filter(({ primaryByzantine }) => !primaryByzantine)),
    primaryByzantine: share(trials.filter(({ primaryByzantine }) => primaryByzantine)),
    byVotes: byVotes(successful),
  }
}
