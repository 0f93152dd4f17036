import { z } from 'zod'
import { traceSchemaIn } from '../../trace/schema.ts'
import { parts } from './parts.ts'

const {
  bounds,
  count,
  digest,
  divergence,
  eager,
  file,
  id,
  ids,
  json,
  message,
  names,
  promisedClaim,
  setting,
  variant,
} = parts

/** What is printed about traces. */

/** The format of traces, under the same names for what it shares with results. */
const trace = traceSchemaIn(z, setting)
const index = count.describe('into `envelopes`')
const indices = z.array(count).describe('into `envelopes`')

const replayed = {
  trace: file,
  reproduced: z.boolean(),
  claim: z.string().nullable(),
  ...{ steps: count, deliveries: count },
  digest: digest.nullable(),
  witness: z.string().nullable(),
  divergence: divergence.optional(),
  error: z.string().optional().describe('why the file could not be run'),
}

export const replayOutput = z.union([
  z.strictObject({ command: z.literal('replay'), ...replayed }),
  z.strictObject({
    command: z.literal('replay'),
    reproduced: z.boolean().describe('all of them'),
    traces: z.array(z.strictObject(replayed)),
  }),
])

export const convertOutput = z.strictObject({
  command: z.literal('convert'),
  traces: z.array(
    z.union([
      z.strictObject({ trace: file, from: count, to: count }),
      z.strictObject({ trace: file, error: z.string() }),
    ]),
  ),
})

const shrunk = z.strictObject({
  ...{ command: z.literal('shrink'), trace: file, protocol: z.string(), variant, setting, bounds },
  ...{ claim: z.string(), before: count.describe('steps'), steps: count, shortest: z.string(), eager },
  ...{ witness: z.string(), changed: z.boolean() },
  stages: z.array(z.strictObject({ stage: z.string(), before: count, after: count })),
  result: trace.describe('the shortened trace'),
})

const notShrunk = z.strictObject({
  ...{ command: z.literal('shrink'), trace: file, reproduced: z.literal(false), divergence },
})

export const shrinkOutput = z.union([shrunk, notShrunk])

export const shownTraceOutput = z.strictObject({
  ...{ command: z.literal('show'), trace: file, title: z.string(), story: z.string().optional() },
  ...{ protocol: z.string(), variant, setting, bounds, claim: z.string() },
  steps: z.array(
    z.strictObject({
      number: count.describe('from 1'),
      what: z.string(),
      byzantineMessage: z.boolean().describe('does it use a message of a Byzantine replica?'),
      rule: z.string().optional().describe('where its name is not that of the message'),
      evidence: names,
      hears: names.optional().describe('in a round'),
      ...{ knows: names, says: names, decides: names, notes: names },
    }),
  ),
  ...{ reproduced: z.boolean(), digest, witness: z.string().nullable(), divergence: divergence.optional() },
})

const envelope = z.strictObject({
  id: index,
  from: id,
  to: z.union([id, z.literal('all')]),
  message,
  origin: z.enum(['correct', 'byzantine', 'forged']),
  sent: count.nullable().describe('the step; null: a Byzantine replica may have sent it at any time'),
  round: count.optional(),
  arrivals: z.array(z.strictObject({ at: id, step: count })),
  ...{ lost: ids, missing: ids },
  restsOn: indices,
})

const asked = {
  q: count.describe('how many senders were asked for, or how much weight'),
  weights: z.array(count).optional().describe('by id, where senders do not all count the same'),
  senders: ids,
}

export const explainOutput = z.strictObject({
  ...{ command: z.literal('explain'), trace: file, subject: z.string(), claim: z.string(), witness: z.string() },
  isPromised: z.boolean().describe('does the claim promise anything in this setting?'),
  isLawKnown: z.boolean().describe('is it known what convicts in this protocol?'),
  decisions: z.array(
    z.strictObject({
      ...{ at: id, output: json, isNote: z.boolean(), step: count, rule: z.string(), heard: indices },
      quorum: z
        .strictObject({
          ...asked,
          false: ids.describe('Byzantine ones'),
          envelopes: indices,
          tally: z.string().optional(),
        })
        .optional(),
    }),
  ),
  intersections: z.array(
    z.strictObject({
      decisions: z.tuple([count, count]).describe('into `decisions`'),
      ...{ common: ids, correct: ids },
      guaranteed: z.int().describe('q₁ + q₂ − n'),
    }),
  ),
  byzantineMessages: z.array(z.strictObject({ envelope: index, steps: z.array(count), isNecessary: z.boolean() })),
  equivocations: z.array(z.strictObject({ by: id, envelopes: z.tuple([count, count]) })),
  silent: ids,
  locks: z.array(z.strictObject({ at: id, held: names, votes: names, said: indices })),
  needless: z.array(count).describe('steps without which the rest still breaks the claim'),
  others: z.array(
    z.strictObject({
      ...{ subject: z.string(), about: z.string() },
      isBroken: z.boolean().describe('by the same schedule'),
      refused: z.strictObject({ step: count, why: z.string(), asked: z.strictObject(asked).optional() }).optional(),
    }),
  ),
  evidence: z.enum(['signatures', 'channels', 'none']),
  convictions: z.array(
    z.strictObject({ of: id, crime: z.enum(['equivocation', 'amnesia', 'unjustified']), envelopes: indices }),
  ),
  waiting: z.array(z.strictObject({ at: id, rule: z.string(), ...asked })),
  envelopes: z.array(envelope),
  sentences: z.array(z.strictObject({ title: z.string(), sentences: names })),
})

const truths = z.array(
  z.strictObject({
    claim: z.string(),
    is: z.enum(['holds', 'violated', 'reached', 'pending', 'not judged']),
    witness: z.string().optional(),
  }),
)

const votes = { tally: z.string(), key: json, voters: ids }

const event = z.strictObject({
  ...{ number: count.describe('from 1'), at: id },
  kind: z.enum(['rule', 'arrival', 'round', 'timeout', 'input', 'coin', 'loss', 'crash', 'restart']),
  name: z.string(),
  value: z.union([z.literal(0), z.literal(1)]).optional(),
  trigger: index.optional(),
  receives: indices,
  fires: z.array(
    z.strictObject({
      ...{ rule: z.string(), on: index.optional(), outputs: z.array(json) },
      quorums: z.array(
        z.strictObject({
          ...{ kind: z.enum(['need', 'take', 'count']), ...asked, envelopes: indices },
          tally: z.strictObject({ name: z.string(), key: json }).optional(),
        }),
      ),
    }),
  ),
  ...{ sends: indices, outputs: z.array(json), notes: z.array(json) },
  changes: z.array(
    z.strictObject({
      path: z.array(z.union([z.string(), count])),
      kind: z.enum(['set', 'added', 'removed', 'gains', 'loses']),
      ...{ before: json.optional(), after: json.optional() },
    }),
  ),
  votes: z.array(z.strictObject(votes)),
  timers: z.strictObject({ started: names, stopped: names }),
  threw: z.string().optional(),
  state: count.describe('into `states`'),
  byzantineMessage: z.boolean(),
  causes: z.array(count).describe('steps'),
  truths: truths.describe('claims that say something else from this step on'),
  digest,
})

/** `show FILE --format json`: a run as data, from which every picture and page is made. */
export const runOutput = z.strictObject({
  ...{ title: z.string(), story: z.string().optional(), subject: z.string(), about: z.string(), setting },
  lanes: z.array(
    z.strictObject({
      ...{ id, name: z.string(), role: z.enum(['replica', 'client']) },
      fault: z.enum(['correct', 'byzantine', 'crash']),
    }),
  ),
  claims: z.array(promisedClaim),
  ...{ claim: z.string(), witness: z.string().nullable() },
  divergence: z.strictObject({ step: count, why: z.string() }).optional(),
  ...{ shortest: z.string(), command: z.string(), truths },
  initial: z.array(count.nullable()).describe('into `states`; null: a Byzantine participant'),
  ...{ states: z.array(json), envelopes: z.array(envelope), events: z.array(event), healed: z.array(event) },
})
