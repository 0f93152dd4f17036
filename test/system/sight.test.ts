/**
 * Words that are equal where a rule looks are one word to it: on random rules, that look at parts of a message before
 * they ask, in what they ask, and once they are answered, tables that share say what tables that do not share say.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AnyMessage,
  canonical,
  defineProtocol,
  type Id,
  program as inSetting,
  type Program,
  range,
  UsageError,
} from '../../src/model/index.ts'
import { answered, configure, type Node, ReadSet, SharedWords, satisfied, Table } from '../../src/system/index.ts'

/** A way to look at the message that triggers a rule, or at who said it to whom. */
const LOOKS = ['a', 'b', 'c', 'absent', 'sender', 'self', 'keys', 'spread', 'text', 'clone', 'kept', 'in'] as const
type Look = (typeof LOOKS)[number]

interface Rule {
  readonly before: readonly Look[]
  readonly asks: 'need' | 'take' | null
  readonly within: readonly Look[]
  readonly after: readonly Look[]
}

interface Trigger extends AnyMessage {
  readonly a: number
  readonly b: number
  readonly c?: readonly number[]
}

const looks = (most: number) =>
  fc.uniqueArray(fc.oneof(fc.constantFrom(...LOOKS.slice(0, 6)), fc.constantFrom(...LOOKS)), { maxLength: most })
const NOT_WITHIN: readonly Look[] = ['kept', 'clone']
/** What a `need` looks at besides the message, its rule must have looked at before. */
const NOT_IN_NEED: readonly Look[] = [...NOT_WITHIN, 'sender', 'self']
const rules: fc.Arbitrary<Rule> = fc
  .record({
    before: looks(2),
    asks: fc.constantFrom('need' as const, 'take' as const, null),
    within: fc.oneof(fc.constant<Look[]>([]), looks(1)),
    after: looks(2),
  })
  .map((rule) => {
    const excluded = rule.asks === 'need' ? NOT_IN_NEED : NOT_WITHIN
    return { ...rule, within: rule.within.filter((look) => !excluded.includes(look)) }
  })

/** What is seen, as text. */
function seen(look: Look, message: Trigger, ctx: { readonly self: Id; readonly from: Id }, state: any): string {
  const ways: Record<Look, () => unknown> = {
    a: () => message.a,
    b: () => message.b,
    c: () => message.c?.[0],
    absent: () => (message as { absent?: number }).absent,
    sender: () => ctx.from,
    self: () => ctx.self,
    keys: () => Object.keys(message),
    spread: () => ({ ...message }),
    text: () => canonical(message),
    clone: () => structuredClone(message).b,
    kept: () => {
      state.kept = message
    },
    in: () => 'c' in message,
  }
  return `${look} ${canonical(ways[look]())}`
}

function programOf(all: readonly Rule[]): Program {
  const handlers = all.map(({ before, asks, within, after }, index) => {
    const handler = (state: any, message: Trigger, ctx: any): void => {
      const sees = (list: readonly Look[]): string => list.map((look) => seen(look, message, ctx, state)).join('; ')
      let text = sees(before)
      const match = (word: AnyMessage): boolean =>
        word.type === 'V' && (within.length === 0 || sees(within).length % 2 === (word as unknown as { x: number }).x)
      if (asks === 'need') ctx.need(1, match)
      if (asks === 'take') text += ctx.take(1, match, (chosen: readonly AnyMessage[]) => canonical(chosen))
      text += sees(after)
      state.seen = text
      ctx.broadcast({ type: 'V', x: text.length })
    }
    return Object.defineProperty(handler, 'name', { value: `rule${index}` })
  })
  const protocol = defineProtocol<any>({
    name: 'looking',
    about: 'Rules that look here and there.',
    rules: () => ({}),
    defaults: () => ({ f: 0, b: 0, inputs: {}, bounds: {} }),
    init: () => ({ seen: '', kept: null }),
    upon: { T: handlers, V: () => {} },
  } as never)
  return { ...inSetting(protocol, configure(protocol, { n: 3 })[0]!), copies: true }
}

const bits = [0, 1]
const triggers: readonly Trigger[] = bits.flatMap((a) =>
  bits.flatMap((b) => [undefined, [0], [1]].map((c) => ({ type: 'T', a, b, ...(c ? { c } : {}) }))),
)
const votes = bits.map((x) => ({ type: 'V', x }))

/** What a rule does in the end, whatever it is answered. */
function outcome(table: Table, node: Node): unknown {
  if (node.kind === 'dead') return 'nothing'
  if (node.kind === 'fires') {
    return [table.locals.values[node.local], node.sent.map(({ to, message }) => [to, table.messages.values[message]])]
  }
  const masks = votes.map((vote) => node.ask.mask(table.messages.number(vote)))
  if (node.ask.ask.kind === 'need') return [masks, outcome(table, satisfied(node))]
  const answers = votes.map((vote) =>
    outcome(
      table,
      answered(node, canonical([vote]), () => [vote]),
    ),
  )
  return [masks, answers]
}

/** All that the rules do on all words, and how it was found. */
function outcomes(program: Program, Shared: typeof SharedWords<Node> | null) {
  const apart = new Set<string>()
  for (let runs = 1; ; runs++) {
    const table = new Table(program, Shared ? (messages, roleOf) => new Shared(messages, roleOf, apart) : undefined)
    for (const vote of votes) table.messages.number(vote)
    const local = table.locals.number({ state: { seen: '', kept: null }, timers: [], coins: [] } as never)
    const nodes = range(3).flatMap((at) =>
      triggers.flatMap((trigger) => {
        const message = table.messages.number(trigger)
        return table.rulesFor(at, message).flatMap((rule) =>
          range(3).map((from) => {
            const node = table.onMessage(at, local, rule, message, from)
            // Whoever does not look at the sender is asked once for all of them.
            return table.anySender(at, local, rule, message) ? table.onMessage(at, local, rule, message, 0) : node
          }),
        )
      }),
    )
    const text = canonical(nodes.map((node) => outcome(table, node)))
    if (table.misread.size === 0) return { text, runs, calls: table.calls }
    for (const rule of table.misread) apart.add(rule)
  }
}

const cases = fc.array(rules, { minLength: 1, maxLength: 2 })

test('tables that share words say what tables that do not share say', () => {
  let fewer = 0
  let again = 0
  fc.assert(
    fc.property(cases, (all) => {
      const program = programOf(all)
      const plain = outcomes(program, null)
      const shared = outcomes(program, SharedWords)
      expect(shared.text === plain.text).toBe(true)
      if (shared.calls < plain.calls / 2) fewer++
      if (shared.runs > 1) again++
    }),
    { seed: 20_261, numRuns: 100 },
  )
  // A law about sharing says little where nothing is shared, or nobody ever looks late.
  expect(fewer).toBeGreaterThan(10)
  expect(again).toBeGreaterThan(10)
})

type Keep = SharedWords<Node>['keep']

/** Does not mind who looks late. */
class NeverLate extends SharedWords<Node> {
  override keep(...args: Parameters<Keep>): boolean {
    const kept = super.keep(...args)
    args[0].late = undefined
    return kept
  }
}

/** Takes the sender for nobody. */
class SenderBlind extends SharedWords<Node> {
  override keep(...args: Parameters<Keep>): boolean {
    args[0].sawSender = false
    return super.keep(...args)
  }
}

/** Takes replicas for one another. */
class SelfBlind extends SharedWords<Node> {
  override keep(...args: Parameters<Keep>): boolean {
    args[0].sawSelf = false
    return super.keep(args[0], true, ...(args.slice(2) as never as [Node, Id, number, string, number, Id]))
  }
}

/** Notes one field only. */
class OneField extends SharedWords<Node> {
  override keep(...args: Parameters<Keep>): boolean {
    for (const field of [...args[0].fields].slice(1)) args[0].fields.delete(field)
    return super.keep(...args)
  }
}

/** Takes whoever looks at all of it for somebody who looks at its fields. */
class NeverWhole extends SharedWords<Node> {
  override keep(...args: Parameters<Keep>): boolean {
    args[0].whole = false
    return super.keep(...args)
  }
}

test.each(
  Object.entries({ NeverLate, SenderBlind, SelfBlind, OneField, NeverWhole }),
)('a version that is unsound is caught: %s', (_, Shared) => {
  const notices = (all: readonly Rule[]): boolean => {
    const program = programOf(all)
    return outcomes(program, Shared).text !== outcomes(program, null).text
  }
  expect(fc.sample(cases, { seed: 20_261, numRuns: 300 }).some(notices)).toBe(true)
})

test.each(['self', 'from'] as const)('a match that looks at ctx.%s when it is too late is told so', (part) => {
  const handler = (early: boolean) => (_: unknown, __: AnyMessage, ctx: any) => {
    const known = early ? ctx[part] : null
    ctx.need(2, (word: AnyMessage, from: Id) => word.type === 'V' && from !== (early ? known : ctx[part]))
    ctx.broadcast({ type: 'V', x: 0 })
  }
  const asked = (early: boolean) => {
    const program = programOf([])
    const rule = { name: 'T', type: 'T', handler: handler(early) }
    const replica = { ...program.replica, byName: new Map([['T', rule as never]]), rules: [rule as never] }
    const table = new Table({ ...program, replica })
    const local = table.locals.number({ state: {}, timers: [], coins: [] } as never)
    const masks = range(2).map((at) => {
      const node = table.onMessage(at, local, rule as never, table.messages.number(triggers[0]!), 2)
      return (node as Node & { kind: 'asks' }).ask.mask(table.messages.number(votes[0]!))
    })
    return masks
  }
  expect(asked(true)).toEqual(part === 'self' ? [0b110, 0b101] : [0b011, 0b011])
  expect(() => asked(false)).toThrow(UsageError)
})

test('what is looked at is noted', () => {
  const readSet = new ReadSet()
  const message = readSet.watched({ type: 'T', a: 1, b: 2 })
  expect([message.a, readSet.whole, [...readSet.fields]]).toEqual([1, false, ['a']])
  expect([Object.keys(message).length, readSet.whole]).toEqual([3, true])
})
