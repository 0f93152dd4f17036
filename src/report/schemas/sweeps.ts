import { z } from 'zod'
import { VERDICTS } from '../../sweep/cell.ts'
import { parts } from './parts.ts'

const { configuration, count, file, ids, names, percentiles, reproduce, seconds } = parts

/** Results of `sweep`, and of the published experiment. */

const verdict = z.enum(VERDICTS)
const share = z.number().min(0).max(1)
const point = { subject: z.string(), n: count, f: count, b: count }
const stratum = z.enum(['nobody', 'with r0', 'without r0', 'everybody'])

const latency = z.union([
  z.strictObject({ kind: z.literal('uniform'), min: z.number(), max: z.number() }),
  z.strictObject({ kind: z.literal('log-normal'), median: z.number(), sigma: z.number() }),
  z.strictObject({ kind: z.literal('matrix'), ms: z.array(z.array(z.number())), jitter: z.number() }),
])

const conditions = z.strictObject({
  latency,
  reorder: z.strictObject({ probability: share, extra: z.number() }),
  loss: share,
  partitions: z.array(
    z.strictObject({
      ...{ from: z.number(), until: z.number(), messages: z.enum(['held', 'lost']) },
      sides: z.array(z.union([z.string(), ids])),
    }),
  ),
  stabilises: z.strictObject({ at: z.number(), before: latency }).optional(),
  processing: z.number(),
  blocking: z.boolean(),
  timeout: z.number(),
})

const grid = z.strictObject({
  subjects: z.array(
    z.strictObject({
      subject: z.string(),
      asked: z.string().optional(),
      found: z.string(),
      claims: names,
      configuration,
    }),
  ),
  n: z.string().describe('an axis, such as 4..13'),
  f: z.string().nullable(),
  b: z.string(),
  unattacked: z.record(z.string(), z.string()).describe('bounds where b = 0'),
  ...{ strategies: names, silences: names },
  ...{ runs: count, boundary: count, maxSteps: count, maxStates: count, trials: count, seed: count },
  conditions,
  rates: z.boolean(),
})

const messages = z.array(z.strictObject({ type: z.string(), perDecision: z.number().nullable() }))

const metrics = z.strictObject({
  stratum: z.union([stratum, z.literal('all')]),
  trials: count,
  latency: percentiles.describe('virtual milliseconds from the request to each decision'),
  delays: percentiles.describe('messages one after the other'),
  messages,
  ...{ viewChanges: z.number(), timeouts: z.number(), undecided: share, success: share },
  violations: z.array(z.strictObject({ claim: z.string(), runs: count })),
})

const found = {
  quorum: count.optional(),
  ...{ claim: z.string(), verdict, strategy: z.string().describe('the worst one') },
  ...{ runs: count, violations: count, decided: count },
  upper95: share.describe('an upper bound for the share of runs that break the claim'),
}

const cell = z.strictObject({
  ...point,
  ...found,
  tallies: z.array(
    z.strictObject({
      ...{ strategy: z.string(), stratum, byzantine: ids, runs: count, violations: count, decided: count },
      firstRun: count.optional(),
    }),
  ),
  silent: z.literal(true).optional(),
  searched: z.array(
    z.strictObject({
      ...{ byzantine: ids, stands: count, states: count },
      verdict: z.enum(['holds', 'violated', 'inconclusive', 'vacuous']),
    }),
  ),
  theory: z
    .strictObject({
      ...{ safe: z.boolean(), live: z.boolean() },
      exempt: z.enum(['fewer than two correct', 'nobody is Byzantine']).optional(),
    })
    .optional(),
  contradicts: z.boolean().optional().describe('does it contradict theory?'),
  beyond: z.literal(true).optional().describe('is it broken only where the claim promises nothing?'),
  witness: z.string().optional(),
  trace: file.optional(),
  ...{ latency: percentiles, delays: percentiles, messages },
  metrics: z.array(metrics).describe('what simulated executions of its point cost'),
})

const swept = z.strictObject({
  command: z.literal('sweep'),
  grid,
  cells: z.array(cell),
  seconds,
  folder: file,
  reproduce,
})

/** What is printed of a sweep, or of a study that sweeps, when it is cut off: its journal has the rest. */
export const unfinishedOf = (command: 'sweep' | 'study') =>
  z.strictObject({ command: z.literal(command), ...{ done: count, of: count, unit: z.string(), folder: file } })

const unfinished = unfinishedOf('sweep')

const perTrial = z.array(z.strictObject({ type: z.string(), perTrial: z.number() }))
const ofTrials = z.strictObject({ trials: count, successes: count })
const measured = { meanLatencyS: z.number().nullable(), halfWidthS: z.number().nullable() }

const publishedPoint = {
  malicious: count,
  ...{ trials: count, successes: count, agreements: count, disagreements: count, decided: count },
  ...measured,
  latencyMs: percentiles,
  messages: perTrial,
  ...{ primaryCorrect: ofTrials, primaryByzantine: ofTrials },
  byVotes: z.array(z.strictObject({ prepares: count, trials: count, ...measured })),
}

const published = z.strictObject({
  command: z.literal('sweep'),
  grid: z.strictObject({
    ...{ n: count, f: count, runs: count, seed: count, malicious: z.array(count) },
    conditions: z.strictObject({
      ...{ minDelay: z.number(), maxDelay: z.number(), drop: share, reorder: share, timeout: z.number() },
    }),
  }),
  cells: z.array(z.strictObject({ ...point, ...found, latency: percentiles.unwrap().optional(), messages: perTrial })),
  published: z.array(
    z.strictObject({
      ...publishedPoint,
      commitOnce: z.strictObject(publishedPoint),
      expected: z.strictObject({
        ...{ malicious: count, success: share },
        ...{ repeatedCommits: z.number().nullable(), latencyS: z.number().nullable() },
      }),
    }),
  ),
  ...{ seconds, onceSeconds: seconds, folder: file },
  reproduce,
})

export const sweepOutput = z.union([swept, published, unfinished])
