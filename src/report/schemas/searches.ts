import { z } from 'zod'
import { RESTRICTIONS } from '../../adversary/restrictions.ts'
import { PASSES } from '../../tables/passes/pass-names.ts'
import { parts } from './parts.ts'

const { bounds, count, file, json, names, reproduce, saved, seconds, setting, variant } = parts

/** Results of `fuzz` and `check`, of the tour that does both, and of `conform`. */

const searched = {
  ...{ protocol: z.string(), variant },
  setting: setting.nullable().describe('null: there are several'),
  settings: z.array(setting),
  bounds,
}

export const fuzzOutput = z.strictObject({
  command: z.literal('fuzz'),
  ...searched,
  seed: count,
  runs: count,
  steps: count.describe('of all runs'),
  seconds,
  decided: count.describe('runs in which a guard was reached'),
  cut: count.describe('runs that met a bound'),
  unfinished: count.describe('runs that --max-steps ended'),
  states: count.optional().describe('abstract states that were met, where runs learn from one another'),
  never: z.array(z.enum(RESTRICTIONS)).optional().describe('what the coalition never does, by --never'),
  neverFired: names.describe('rules'),
  claims: z.array(
    z.strictObject({
      claim: z.string(),
      verdict: z.enum(['not-found', 'violated', 'vacuous']),
      ...saved,
      firstRun: count.optional(),
      strategy: z.string().optional(),
      scheduler: z.string().optional(),
      rawSteps: count.optional().describe('before shrinking'),
      uncorrupted: z.boolean().optional().describe('do the steps break the claim without the coalition, too?'),
    }),
  ),
  notJudged: names.describe('claims that were not judged'),
  reproduce,
})

export const checkOutput = z.strictObject({
  command: z.literal('check'),
  ...searched,
  searched: count.describe('settings: the others differ from these by renaming only'),
  claims: z.array(
    z.strictObject({
      claim: z.string(),
      verdict: z.enum(['holds', 'violated', 'inconclusive', 'vacuous']),
      why: z.string().optional(),
      ...saved,
    }),
  ),
  states: count,
  transitions: count,
  reductions: z.array(
    z.strictObject({
      pass: z.enum(PASSES),
      on: z.boolean(),
      why: z.string().optional().describe('why it is off'),
      before: count.optional(),
      after: count.optional(),
      unit: z.string().optional(),
    }),
  ),
  universe: z.strictObject({
    messages: count,
    closed: z.boolean().describe('does it hold every message that can be sent within the bounds?'),
    unsaid: names.optional().describe('types that nobody can send within the bounds'),
    inputs: z.enum(['all', 'given']).optional(),
    extent: z.record(z.string(), z.enum(['full', 'full of sets', 'one change', 'declared'])),
  }),
  closure: z.strictObject({ states: count, calls: count }).nullable(),
  audit: z.strictObject({ transitions: count, audited: count }).nullable(),
  cut: z.boolean().describe('was a bound met?'),
  boundsRead: names.describe('bounds that the protocol itself reads'),
  neverFired: names.describe('rules'),
  engine: z.enum(['tables', 'reference']),
  engineWhy: z.string().optional(),
  notJudged: names.describe('claims that were not judged'),
  stopped: z.boolean(),
  stoppedBy: z.enum(['time', 'memory']).nullable(),
  seconds,
  reproduce,
})

export const demoOutput = z.strictObject({
  command: z.literal('demo'),
  seconds,
  searches: z.array(fuzzOutput),
  proofs: z.array(checkOutput),
  cells: z.array(
    z.strictObject({
      ...{ n: count, b: count, f: count, runs: count, decided: count },
      broken: count.optional().describe('the first run that breaks agreement'),
    }),
  ),
})

/** `conform --log`; with `--against`, it is a search, and prints what `fuzz` prints. */
const log = z.strictObject({
  command: z.literal('conform'),
  log: file,
  verdict: z.enum(['explained', 'violated', 'inconclusive']),
  lines: count.optional(),
  explained: count.optional().describe('lines, from the first one, that a schedule explains'),
  line: count.optional().describe('the first one that none explains, as the file counts'),
  steps: z.array(json).optional().describe('a shortest schedule that explains as many'),
  possible: names.optional().describe('what the replica could do in place of the line'),
})

export const conformOutput = z.union([log, fuzzOutput])
