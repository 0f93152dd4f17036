import fc from 'fast-check'
import { agreement, decided } from '../../properties/claims.ts'
import { defineProtocol, type Id, match, type Protocol } from '../../src/model/index.ts'

const TYPES = ['A', 'B'] as const
const VALUES = ['x', 'y']

type Type = (typeof TYPES)[number]
type Message = { type: 'A'; value: string } | { type: 'B'; value: string }

/** One rule of a random protocol; it fires at most once at each replica. */
export interface SmallRule {
  readonly on: Type
  /** How many must have said it, or nothing where the trigger is enough. */
  readonly need: number | null
  /** Does it count messages of its type whatever their value? */
  readonly blind: boolean
  /** A rule that disables this one, and one that enables it, by position. */
  readonly not: number | null
  readonly after: number | null
  readonly says: Type | null
  readonly outputs: boolean
}

/** A random small protocol in one setting. */
export interface Small {
  readonly n: number
  readonly byzantine: readonly Id[]
  /** Replicas that say A for a value of their own. */
  readonly inputs: readonly (readonly string[])[]
  readonly rules: readonly SmallRule[]
}

interface Types {
  state: { started: boolean; fired: boolean[] }
  message: Message
  output: { decided: string }
}

const decides = (output: Types['output'] | { note: never }) =>
  'decided' in output ? { slot: '', value: output.decided } : undefined

/** Two replicas never decide differently; and somebody decides at all. */
export const claims = [agreement(decides), decided(decides)]

function handlers(rules: readonly SmallRule[], type: Type) {
  const made = rules.flatMap((rule, index) => {
    if (rule.on !== type) return []
    const handler = (state: Types['state'], { value }: { value: string }, ctx: any): void => {
      if (state.fired[index]) return
      if (rule.not !== null && state.fired[rule.not]) return
      if (rule.after !== null && !state.fired[rule.after]) return
      if (rule.need !== null) ctx.need(rule.need, rule.blind ? match<Message>(type) : match<Message>(type, { value }))
      state.fired[index] = true
      if (rule.says) ctx.broadcast({ type: rule.says, value })
      if (rule.outputs) ctx.output({ decided: value })
    }
    return [Object.defineProperty(handler, 'name', { value: `rule${index}` })]
  })
  return made.length > 0 ? made : [() => {}]
}

export function smallProtocol({ rules, inputs }: Small): Protocol {
  return defineProtocol<Types>({
    name: 'small',
    about: 'A random small protocol.',
    rules: () => ({}),
    auth: 'channels',
    defaults: () => ({ f: 0, b: 0, values: VALUES, inputs: { ...inputs }, bounds: {} }),
    init: () => ({ started: false, fired: rules.map(() => false) }),
    input(state, value, ctx) {
      if (state.started) return
      state.started = true
      ctx.broadcast({ type: 'A', value })
    },
    upon: { A: handlers(rules, 'A'), B: handlers(rules, 'B') },
  }) as Protocol
}

const position = fc.option(fc.nat({ max: 2 }), { freq: 3 })

const rule: fc.Arbitrary<SmallRule> = fc.record({
  on: fc.constantFrom<Type>('A', 'A', 'B'),
  need: fc.constantFrom(null, 2, 2, 3),
  blind: fc.boolean(),
  not: position,
  after: fc.option(fc.nat({ max: 2 }), { freq: 1 }),
  says: fc.option(fc.constantFrom(...TYPES), { freq: 2 }),
  outputs: fc.boolean(),
})

/** A chain of rules: whatever a rule says, the next one may wait for. */
export const smalls: fc.Arbitrary<Small> = fc
  .record({
    n: fc.constantFrom(3, 3, 3, 4),
    byzantineReplicas: fc.constantFrom<readonly Id[]>([], [], [2]),
    first: fc.constantFrom<readonly string[]>(['x'], ['x'], ['x', 'y']),
    second: fc.constantFrom<readonly string[]>([], ['y'], ['y']),
    rules: fc.array(rule, { minLength: 2, maxLength: 3 }),
  })
  .map(({ n, byzantineReplicas, first, second, rules }) => ({
    n,
    byzantine: byzantineReplicas,
    inputs: [first, second, ...Array.from({ length: n - 2 }, () => [])],
    rules: rules.map((one, index) => ({
      ...one,
      not: one.not === index ? null : one.not,
      after: one.after === index || one.after === one.not ? null : one.after,
      // A protocol that puts nothing out breaks nothing.
      outputs: index === rules.length - 1 || (one.outputs && index > 0),
    })),
  }))
