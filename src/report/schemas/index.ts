import { z } from 'zod'
import { parts } from './parts.ts'
import { checkOutput, conformOutput, demoOutput, fuzzOutput } from './searches.ts'
import { sweepOutput, unfinishedOf } from './sweeps.ts'
import { convertOutput, explainOutput, replayOutput, runOutput, shownTraceOutput, shrinkOutput } from './traces.ts'

const { bounds, configuration, count, file, json, message, named, names, promisedClaim, reproduce, setting, variant } =
  parts

const shownSubject = z.strictObject({
  ...{ command: z.literal('show'), protocol: z.string(), variant, about: z.string(), setting, bounds },
  rules: z.record(z.string(), json).describe('quorums and other constants of the setting'),
  messages: z.array(z.strictObject({ type: z.string(), role: z.string(), rules: names })),
  claims: z.array(promisedClaim),
  variants: names,
  universe: z
    .strictObject({ closed: z.boolean(), extent: z.record(z.string(), z.string()), messages: z.array(message) })
    .optional(),
})

const list = z.strictObject({
  command: z.literal('list'),
  protocols: z.array(
    z.strictObject({
      ...{ name: z.string(), about: z.string(), variants: z.array(named), bounds },
      settings: z.array(z.strictObject({ name: z.string(), about: z.string(), configuration })),
      claims: z.array(promisedClaim),
    }),
  ),
  ...{ strategies: z.array(named), schedulers: z.array(named) },
})

const study = z.union([
  z.strictObject({ command: z.literal('study'), studies: z.array(named) }),
  z.strictObject({
    ...{ command: z.literal('study'), study: z.string(), quick: z.boolean(), seed: count, folder: file, files: names },
    rows: z.array(z.looseObject({})).describe('each study has columns of its own; results.jsonl has the same rows'),
    surprises: names.describe('results that are not as theory predicts'),
    reproduce,
  }),
  unfinishedOf('study'),
])

const timed = { began: z.number().describe('a time of day'), at: z.number(), isAlive: z.boolean() }

const campaign = z.union([
  z.strictObject({ command: z.literal('campaign'), shard: z.string(), file, done: count }).describe('run --shard'),
  z
    .strictObject({ command: z.literal('campaign'), stopped: z.literal(true), done: count, file })
    .describe('a stopped run'),
  z.strictObject({ command: z.literal('campaign'), done: count, asked: count, file }).describe('a run that is cut off'),
  z.strictObject({ command: z.literal('campaign'), stopping: names }).describe('stop'),
  z
    .strictObject({
      ...{ command: z.literal('campaign'), queue: z.string(), jobs: z.record(z.string(), count) },
      campaigns: z.array(
        z.strictObject({
          ...{ id: z.string(), command: z.string(), version: z.string(), build: z.string(), folder: file, ...timed },
          state: z.enum(['running', 'done', 'stopped']),
          ...{ shardRuns: count, done: count, asked: count, runs: count, violated: names },
        }),
      ),
      workers: z.array(z.strictObject({ name: z.string(), threads: count, shards: count, busy: z.number(), ...timed })),
      violations: z.array(
        z.strictObject({
          ...{ cause: z.string(), claim: z.string(), witness: z.string(), where: z.string(), story: names },
          ...{ campaign: z.string(), diagram: z.string().optional() },
        }),
      ),
    })
    .describe('status'),
  // What a campaign comes to is what its command prints.
  fuzzOutput,
  checkOutput,
  sweepOutput,
  study,
])

const doctor = z.strictObject({
  command: z.literal('doctor'),
  works: z.boolean(),
  findings: z.array(
    z.strictObject({
      ...{ name: z.string(), works: z.boolean(), main: z.boolean().describe('do most commands need it?') },
      ...{ found: z.string(), neededFor: z.string(), remedy: z.string().optional() },
    }),
  ),
})

const init = z.strictObject({
  ...{ command: z.literal('init'), folder: file, files: names, turncoat: z.string(), next: names },
})

const explore = z.strictObject({ command: z.literal('explore'), page: file, reproduce })

const completion = z.strictObject({ command: z.literal('completion'), shell: z.string(), script: z.string() })

/** What every command prints where it comes to nothing. */
const error = z.strictObject({
  error: z.strictObject({
    kind: z.enum(['usage', 'internal', 'cut off']),
    message: z.string(),
    suggestion: z.string().optional(),
  }),
})

const SENTENCES = {
  error: 'What a command prints with --json where it fails: exit codes 2 and 3',
  run: 'What show FILE --format json prints: a run as data',
} as const

/**
 * What each command prints with `--json`, and under `run` what `show FILE --format json` does. Nothing but this describes
 * it: the published schemas are made from here, and the tests hold every output against it.
 */
export const outputSchemas = {
  ...{ fuzz: fuzzOutput, check: checkOutput, conform: conformOutput, sweep: sweepOutput, demo: demoOutput },
  ...{ study, campaign },
  ...{ show: z.union([shownTraceOutput, shownSubject]), list, doctor, init, completion, explore },
  ...{ replay: replayOutput, explain: explainOutput, convert: convertOutput, shrink: shrinkOutput },
  ...{ run: runOutput, error },
} as const satisfies Record<string, z.ZodType>

/** The text of the published JSON Schema of an output. */
export function outputSchemaText(name: keyof typeof outputSchemas): string {
  const title =
    name in SENTENCES ? SENTENCES[name as keyof typeof SENTENCES] : `What turncoat ${name} prints with --json`
  return `${JSON.stringify({ title, ...z.toJSONSchema(outputSchemas[name], { reused: 'ref' }) }, null, 2)}\n`
}
