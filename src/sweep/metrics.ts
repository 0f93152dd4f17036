import { type Claim, program as inSetting, isLockstep, type Protocol, range, type Setting } from '../model/index.ts'
import { type Metrics, type Percentiles, SILENT, type Simulated, simulate, summary } from '../simulate/index.ts'
import { unbounded } from '../system/index.ts'
import type { Stratum } from './strata.ts'
import { conditionsIn, type SweptConditions } from './swept-conditions.ts'

/** What simulated executions of a point cost, with a coalition that says nothing. */
export interface PointMetrics
  extends Pick<Metrics, 'viewChanges' | 'timeouts' | 'undecided' | 'success' | 'violations'> {
  /** `all`: of all coalitions that were simulated. */
  readonly stratum: Stratum | 'all'
  readonly trials: number
  /** From the request to each decision, in virtual milliseconds and in messages one after the other. */
  readonly latency: Percentiles | null
  readonly delays: Percentiles | null
  /** Copies that the correct send for one decision; nothing where none was made. */
  readonly messages: readonly { readonly type: string; readonly perDecision: number | null }[]
}

/** What a sweep simulates. */
export interface PointTrials {
  readonly protocol: Protocol
  readonly claims: readonly Claim<any>[]
  readonly coalitions: readonly { readonly stratum: Stratum; readonly setting: Setting }[]
  readonly conditions: SweptConditions
  /** Executions of each coalition. */
  readonly trials: number
  readonly seed: number
}

/** Nearly three virtual hours: timeouts that double have passed a dozen views by then. */
const UNTIL = { ms: 10_000_000, events: 1_000_000 }
/** Executions of one sweep have seeds of their own, and sweeps of neighbouring seeds share none. */
const SEEDS = 100_003

/**
 * Simulates every coalition, then takes all of them together. Bounds are for searches: here they bind nobody. In
 * lockstep rounds there is nothing to measure.
 */
export function metricsOf({
  protocol,
  claims,
  coalitions,
  conditions,
  trials,
  seed,
}: PointTrials): readonly PointMetrics[] {
  if (trials === 0 || isLockstep(protocol)) return []
  const parts = coalitions.map(({ stratum, setting }) => {
    // Of several inputs that a replica may be offered, one: what is measured is one decision, and no other beside it.
    const inputs = setting.inputs.map((values) => values.slice(0, 1))
    const program = unbounded(inSetting(protocol, { ...setting, inputs }))
    const here = conditionsIn(conditions, setting)
    const runs = range(trials).map((trial) =>
      simulate({
        ...{ program, conditions: here, claims, seed: seed * SEEDS + trial },
        ...{ faults: SILENT, load: { kind: 'inputs' }, until: UNTIL },
      }),
    )
    return { stratum, runs }
  })
  const all = parts.flatMap(({ runs }) => runs)
  return [metrics('all', all), ...(parts.length > 1 ? parts.map(({ stratum, runs }) => metrics(stratum, runs)) : [])]
}

function metrics(stratum: PointMetrics['stratum'], runs: readonly Simulated[]): PointMetrics {
  const { latency, messages, viewChanges, timeouts, undecided, success, violations } = summary(runs)
  return {
    ...{ stratum, trials: runs.length, latency: latency.ms ?? null, delays: latency.delays ?? null },
    messages: messages.map(({ type, perDecision }) => ({
      type,
      perDecision: Number.isFinite(perDecision) ? rounded(perDecision) : null,
    })),
    viewChanges: rounded(viewChanges),
    timeouts: rounded(timeouts),
    undecided: rounded(undecided),
    success: rounded(success),
    violations,
  }
}

/** By coalition, where there are several: whether the first primary is silent makes all the difference. */
export function apart(metrics: readonly PointMetrics[]): readonly PointMetrics[] {
  return metrics.length > 1 ? metrics.slice(1) : metrics
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
