import type { z as Zod } from 'zod'
import { FEWEST_COUNTED, MOST_COUNTED } from '../model/index.ts'
import { DEEPEST, FORMAT, MOST_STEPS, MOST_VALUES } from './trace.ts'

type Z = typeof Zod

/** `turncoat …` and nothing that a shell would act on: what a trace calls its command gets pasted by people. */
const COMMAND = /^(?:npx )?turncoat(?: (?:[A-Za-z0-9_./,=:@+%-]|\\'|'[^'\p{Cc}]*')+)+$/u

/** As protocols are named: no path, hence nothing that could be loaded. */
const NAME = /^[a-z][a-z0-9-]*$/

/** What is known about the length and, where that is not all there is to know, the bound at which a search stopped. */
const SHORTEST = /^(?:certified|(?:certified in its own vocabulary|bound reached)(?:; \P{Cc}+)?)$/u

const DIGEST = /^[0-9a-f]{16}$/

/** The setting of a run, as traces and results have it. */
export function settingSchema(z: Z) {
  const id = z.int().min(0)
  return z
    .strictObject({
      n: z.int().min(1).max(1_000),
      f: z.int().min(0),
      byzantine: z.array(id),
      crash: z.array(id),
      restart: z.array(id).optional(),
      clients: z.int().min(0).max(100),
      values: z.array(z.string()).max(MOST_VALUES),
      inputs: z.array(z.array(z.string()).max(MOST_VALUES)),
      bounds: z.record(z.string(), z.int().min(0)),
      auth: z.enum(['signatures', 'channels', 'none']),
      network: z.strictObject({
        duplicate: z.boolean(),
        lose: z.boolean(),
        fifo: z.boolean(),
        gossip: z.boolean(),
      }),
      steps: z.enum(['lazy', 'eager', 'lockstep']),
      counts: z.int().min(FEWEST_COUNTED).max(MOST_COUNTED).optional(),
    })
    .meta({ id: 'Setting' })
}

/** Envelopes and what proves them: each may hold the other, as deep as a file may be. */
function spokenSchema(z: Z) {
  const id = z.int().min(0)
  const message = z.looseObject({ type: z.string() }).meta({ id: 'Message' })
  const envelope = z.strictObject({ from: id, message }).meta({ id: 'Envelope' })
  const spoken = z
    .strictObject({ from: id, message, proof: z.lazy((): Zod.ZodType => witness).optional() })
    .meta({ id: 'ProvedEnvelope' })
  const witness: Zod.ZodType = z
    .union([
      z.strictObject({ said: z.array(spoken) }),
      z.strictObject({ all: z.array(z.lazy(() => witness)) }),
      z.strictObject({ any: z.int().min(0), of: z.lazy(() => witness) }),
    ])
    .meta({ id: 'Witness' })
  return { envelope, spoken }
}

function stepSchema(z: Z) {
  const { envelope, spoken } = spokenSchema(z)
  const at = z.int().min(0)
  const digest = z.string().regex(DIGEST)
  const name = z.string()
  const evidence = z.array(z.union([at, spoken])).optional()
  return z
    .union([
      z.strictObject({ at, rule: name, on: spoken, with: evidence, digest }),
      // Distinguished from a firing by what it lacks, so that a mistake in a firing is not taken for an arrival.
      z.strictObject({ at, on: spoken, rule: z.never().optional(), digest }),
      z.strictObject({ at, round: z.int().min(1), with: z.array(spoken).optional(), digest }),
      z.strictObject({ at, timeout: name, with: evidence, digest }),
      z.strictObject({ at, input: name, with: evidence, digest }),
      z.strictObject({ at, flip: name, value: z.union([z.literal(0), z.literal(1)]), with: evidence, digest }),
      z.strictObject({ at, lose: envelope, digest }),
      z.strictObject({ at, crash: z.literal(true), digest }),
      z.strictObject({ at, restart: z.literal(true), digest }),
    ])
    .meta({ id: 'Step' })
}

/** The shape of a trace. zod is loaded only where a trace is read. */
export async function traceSchema() {
  const { z } = await import('zod')
  return traceSchemaIn(z)
}

/** @param setting what is the same in several schemas is one object, for it has one name in them */
export function traceSchemaIn(z: Z, setting = settingSchema(z)) {
  const origin = z.strictObject({
    command: z.string().regex(COMMAND),
    seed: z.int().optional(),
    run: z.int().min(0).optional(),
    strategy: z.array(z.string()).optional(),
    scheduler: z.string().optional(),
    stepsBeforeShrinking: z.int().min(0),
  })
  return z.strictObject({
    turncoat: z.literal(FORMAT),
    title: z.string().min(1),
    story: z.string().optional(),
    defect: z.string().optional(),
    protocol: z.string().regex(NAME),
    variant: z.string().min(1).optional(),
    setting,
    claim: z.string(),
    origin,
    shortest: z.string().regex(SHORTEST),
    eager: z.enum(['reproduced', 'not-found', 'excluded']),
    steps: z.array(stepSchema(z)).max(MOST_STEPS),
    witness: z.string().min(1),
  })
}

/** The published JSON Schema, as the text of the file `trace.schema.json`. */
export async function jsonSchema(): Promise<string> {
  const { z } = await import('zod')
  const described = (await traceSchema()).meta({
    title: `Turncoat trace, format ${FORMAT}`,
    description: `A violation of a protocol's claim, step by step. At most ${DEEPEST} brackets inside one another.`,
  })
  return `${JSON.stringify(z.toJSONSchema(described), null, 2)}\n`
}
