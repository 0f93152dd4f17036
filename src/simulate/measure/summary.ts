import { byText } from '../../model/index.ts'
import type { Count, Simulated } from './simulated.ts'

/** Percentiles by nearest rank: the smallest sample that at least this share of the samples does not exceed. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Measurements over many runs. */
export interface Metrics {
  readonly runs: number
  /**
   * From the request to the decision, each decision of each correct replica a sample: messages one after the other, and
   * virtual milliseconds. Nothing where nobody decided. What was never decided is no sample: see `undecided`.
   */
  readonly latency: { readonly delays: Percentiles | undefined; readonly ms: Percentiles | undefined }
  readonly samples: number
  /** Copies sent by correct participants, by type, divided by the decisions that were made one after the other. */
  readonly messages: readonly { readonly type: string; readonly perDecision: number }[]
  /** For each run. */
  readonly viewChanges: number
  readonly timeouts: number
  /** Share of the correct replicas that did not decide everything asked. */
  readonly undecided: number
  /** Share of the runs in which every correct replica did. */
  readonly success: number
  /** Runs in which a claim was broken. */
  readonly violations: readonly { readonly claim: string; readonly runs: number }[]
}

/**
 * The nearest-rank percentile of samples in ascending order: no value is made up between two samples.
 * @param share from 0, exclusive, to 1
 */
export function percentile(ascending: readonly number[], share: number): number | undefined {
  if (ascending.length === 0) return undefined
  // 0.95 · 20 is 19.000000000000004 in floating point, and would ask for one more than it should.
  const rank = Math.ceil(Number((share * ascending.length).toPrecision(12)))
  return ascending[Math.max(0, rank - 1)]
}

/** p50, p95 and p99, or nothing where there are no samples. */
export function percentiles(samples: readonly number[]): Percentiles | undefined {
  if (samples.length === 0) return undefined
  const ascending = [...samples].sort((a, b) => a - b)
  const at = (share: number): number => percentile(ascending, share)!
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** What runs have in common; their order does not matter. */
export function summary(runs: readonly Simulated[]): Metrics {
  const decisions = runs.flatMap((run) => run.decisions)
  const slots = sum(runs.map((run) => run.slots))
  const replicas = sum(runs.map(({ of }) => of))
  const mean = (values: readonly number[]): number => (runs.length === 0 ? 0 : sum(values) / runs.length)
  return {
    runs: runs.length,
    latency: {
      delays: percentiles(decisions.map(({ delays }) => delays)),
      ms: percentiles(decisions.map(({ time, asked }) => time - asked)),
    },
    samples: decisions.length,
    messages: total(runs.map(({ messages }) => messages)).map(({ type, count }) => ({
      type,
      perDecision: slots === 0 ? Number.POSITIVE_INFINITY : count / slots,
    })),
    viewChanges: mean(runs.map(({ viewChanges }) => viewChanges)),
    timeouts: mean(runs.map(({ timeouts }) => timeouts)),
    undecided: replicas === 0 ? 0 : 1 - sum(runs.map(({ decided }) => decided)) / replicas,
    success: mean(runs.map(({ decided, of }) => (of > 0 && decided === of ? 1 : 0))),
    violations: total(runs.map(({ violated }) => violated.map(({ claim }) => ({ type: claim, count: 1 })))).map(
      ({ type, count }) => ({ claim: type, runs: count }),
    ),
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}

/** Counts of the same type together, by type. */
export function total(lists: readonly (readonly Count[])[]): Count[] {
  const counts = new Map<string, number>()
  for (const { type, count } of lists.flat()) counts.set(type, (counts.get(type) ?? 0) + count)
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => byText(a.type, b.type))
}
