import { z } from 'zod'
import { settingSchema } from '../../trace/schema.ts'

const count = z.int().min(0)
const seconds = z.number().min(0)
const id = z.int().min(0).describe('a replica, or a client: clients come after replicas')
const ids = z.array(id)
const names = z.array(z.string())
const json = z.unknown().describe('any JSON value: the protocol decides')
const message = z.looseObject({ type: z.string() }).describe('the protocol decides what else it has')
const setting = settingSchema(z)
const bounds = z.record(z.string(), count).describe('bounds by name')
const file = z.string().describe('a path')
const reproduce = z.string().describe('the command that gives the same result again')
const variant = z.string().nullable().describe('null: the protocol itself')
const digest = z.string().regex(/^[0-9a-f]{16}$/)
const eager = z.enum(['reproduced', 'not-found', 'excluded'])
const named = z.strictObject({ name: z.string(), about: z.string() })
const promisedClaim = z.strictObject({
  ...{ name: z.string(), about: z.string(), promised: z.string() },
  kind: z.enum(['invariant', 'sometimes', 'liveness']),
})

/** Where a run parts from its file. */
const divergence = z.strictObject({
  step: count.describe('from 1; 0 where there are no steps'),
  why: z.string(),
  expected: z.string().optional(),
  got: z.string().optional(),
  possible: names.describe('steps that could be taken there'),
  next: z.string().describe('the command to run next'),
})

/** What both searches say of a violation. */
const saved = {
  witness: z.string().optional(),
  steps: count.optional(),
  deliveries: count.optional(),
  shortest: z.string().optional().describe('what is known about the length'),
  eager: eager.optional().describe('does it happen where every rule fires as soon as it can?'),
  setting: setting.optional().describe('where it was found, after shrinking'),
  trace: file.optional(),
  unsaved: z.string().optional().describe('why the trace could not be saved'),
}

/** Configurations of a protocol leave out what its defaults say. */
const configuration = z
  .strictObject({
    ...{ n: count, f: count, b: count, clients: count, counts: count },
    ...{ byzantine: ids, crash: ids, restart: ids, byzantineClients: ids, values: names, bounds },
    inputs: z.union([z.literal('any'), z.record(z.string(), names)]),
    auth: z.enum(['signatures', 'channels', 'none']),
    network: z
      .strictObject({ duplicate: z.boolean(), lose: z.boolean(), fifo: z.boolean(), gossip: z.boolean() })
      .partial(),
    steps: z.enum(['lazy', 'eager', 'lockstep']),
  })
  .partial()

const percentiles = z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable()

/** What several outputs have in common. */
export const parts = {
  count,
  seconds,
  id,
  ids,
  names,
  json,
  message,
  setting,
  bounds,
  file,
  reproduce,
  variant,
  digest,
  eager,
  named,
  promisedClaim,
  divergence,
  saved,
  configuration,
  percentiles,
}
