import fc from 'fast-check'
import { universe } from '../../src/adversary/index.ts'
import { type Id, program as inSetting, type Network, type Program, range } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import type { Alone, Asks, Deed, Described, DescribedRule, Says, Type } from './described.ts'
import { describedProtocol } from './described-protocol.ts'

/** A choice by weights. */
function weighted<T>(...choices: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.constantFrom(...choices.flatMap(([weight, value]) => Array.from({ length: weight }, () => value)))
}

/** Nothing, but once in `freq + 1` times. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | null> =>
  fc.nat({ max: freq }).chain((roll) => (roll === freq ? arbitrary : fc.constant<T | null>(null)))

const position = fc.nat({ max: 2 })
const quorum = weighted([5, 2], [2, 3])

const asks: fc.Arbitrary<Asks | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('need' as const),
      q: quorum,
      of: weighted([3, 'same' as const], [1, 'any' as const], [1, 'no-less' as const]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      q: fc.constantFrom(1, 2, 2),
      makes: fc.constantFrom('least' as const, 'first' as const, 'majority' as const, 'unanimous' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('tally' as const),
      q: quorum,
      keeps: weighted([5, 'first' as const], [1, 'last' as const]),
      blind: fc.boolean(),
    }),
  },
)

const says: fc.Arbitrary<Says> = fc.record({
  type: weighted<Type>([1, 'A'], [3, 'B'], [2, 'C']),
  value: weighted<Says['value']>([10, 'same'], [1, 'x'], [1, 'by-sender'], [1, 'by-self']),
  to: weighted<Says['to']>([8, 'all'], [1, 'sender'], [1, 0], [1, 1]),
})

const deeds: fc.Arbitrary<readonly Deed[]> = fc.uniqueArray(
  weighted<Deed>(
    [8, 'output'],
    [2, 'note'],
    [1, 'climb'],
    [1, 'arm'],
    [1, 'cancel'],
    [1, 'flip'],
    [1, 'clears'],
    [1, 'throw'],
  ),
  { maxLength: 2 },
)

const rule: fc.Arbitrary<DescribedRule> = fc.record({
  on: weighted<Type>([4, 'A'], [3, 'B'], [2, 'C']),
  self: seldom(fc.nat({ max: 1 }), 11),
  from: seldom(fc.nat({ max: 1 }), 11),
  value: seldom(fc.constantFrom('x', 'y'), 11),
  after: seldom(position, 5),
  not: seldom(position, 2),
  asks,
  repeats: weighted([8, false], [1, true]),
  says: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: says }),
  deeds: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: deeds }),
})

const alone: fc.Arbitrary<Alone> = fc.record({
  says: weighted<Type | null>([2, null], [1, 'A'], [2, 'B']),
  outputs: weighted([4, false], [1, true]),
  flags: seldom(position, 1),
  rearms: weighted([4, false], [1, true]),
})

const network: fc.Arbitrary<Partial<Network>> = weighted<Partial<Network>>(
  [20, {}],
  [1, { duplicate: false }],
  [1, { lose: true }],
  [1, { fifo: true }],
  [2, { gossip: true }],
)

/** Everything that may be drawn; what does not go together is put right afterwards. */
const drawn = fc.record({
  n: weighted([4, 2], [7, 3], [1, 4]),
  byzantineReplica: weighted<number | null>([6, null], [2, 2], [1, 0], [1, 1]),
  crash: weighted<number | null>([12, null], [1, 0], [1, 1]),
  auth: weighted<Described['auth']>([5, 'channels'], [4, 'signatures'], [1, 'none']),
  network,
  steps: weighted<Described['steps']>([14, 'lazy'], [1, 'eager']),
  selfDelivery: weighted<Described['selfDelivery']>([7, 'inbox'], [2, 'none'], [2, 'at-once'], [1, 'network']),
  addressed: weighted<readonly Type[]>([5, []], [1, ['B']], [1, ['A', 'C']]),
  values: weighted<readonly string[]>([7, ['x', 'y']], [1, ['x', 'y', 'z']]),
  inputs: fc.tuple(
    weighted<readonly string[]>([1, []], [3, ['x']], [1, ['y']], [3, ['x', 'y']]),
    weighted<readonly string[]>([2, []], [1, ['x']], [3, ['y']]),
  ),
  same: weighted([5, false], [1, true]),
  /** Does the first rule pass on what it hears? */
  echoes: fc.boolean(),
  big: weighted([4, false], [1, true]),
  opens: weighted<readonly Id[]>([4, []], [2, [0]], [1, [0, 1]]),
  armed: weighted<readonly Id[]>([8, []], [1, [0]], [1, [0, 1, 2, 3]]),
  timeouts: weighted<number | null>([1, null], [2, 1]),
  timeout: alone,
  coin: alone,
  levels: weighted<number | null>([9, null], [1, 1], [1, 2]),
  proof: seldom(fc.record({ q: fc.constantFrom<number>(2, 2, 3), such: fc.boolean() }), 3),
  rules: fc.array(rule, { minLength: 2, maxLength: 4 }),
  restart: weighted<number | null>([7, null], [1, 0], [1, 1]),
  durable: fc.subarray(['started', 'fired', 'votes', 'level'] as const),
})

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never

/** Does any rule undo what was done? Such a protocol has no healed run: it might never come to rest. */
export function isRestless({ rules }: Pick<Described, 'rules'>): boolean {
  return rules.some(({ deeds, asks }) => deeds.includes('clears') || (asks?.kind === 'tally' && asks.keeps === 'last'))
}

/** A rule that says C shows the evidence that the proof of C asks for. */
function proved(one: DescribedRule, proof: Described['proof']): DescribedRule {
  if (proof === null || one.says?.type !== 'C') return one
  const { q } = proof
  const asks: Asks = proof.such ? { kind: 'take', q, makes: 'least' } : { kind: 'need', q, of: 'same' }
  return { ...one, on: 'A', asks, says: { ...one.says, value: 'same' } }
}

/** A rule waits for something that is said: by an input, by an event, or by a rule before it. */
function heard({ rules, timeout, coin }: Drawn): (on: Type, index: number) => Type {
  return (on, index) => {
    const said = [...rules.slice(0, index).map((one) => one.says?.type), timeout.says, coin.says]
    return said.includes(on) ? on : 'A'
  }
}

function repaired(one: DescribedRule, index: number, from: Drawn): DescribedRule {
  const { rules, levels, proof, selfDelivery, n } = from
  const other = (at: number | null): number | null => (at === null || at === index || at >= rules.length ? null : at)
  const isLast = index === rules.length - 1
  const drawn = one.deeds.filter((deed) => deed !== 'climb' || levels !== null)
  // A protocol that puts nothing out breaks nothing.
  const deeds = isLast && !drawn.includes('output') ? [...drawn, 'output' as const] : drawn
  const after = other(one.after)
  const fits = proved({ ...one, on: heard(from)(one.on, index) }, proof)
  // What a rule asks on its own broadcast, within the step in which it says it, is left to protocols that ask nothing.
  const asks = selfDelivery === 'at-once' && fits.asks?.kind !== 'tally' ? null : fits.asks
  const isCalm = deeds.every((deed) => ['output', 'note', 'climb'].includes(deed))
  return {
    ...fits,
    after,
    not: other(one.not) === after ? null : other(one.not),
    asks: asks && { ...asks, q: Math.min(asks.q, n) },
    deeds,
    // Whatever is armed again and again never comes to rest.
    repeats: one.repeats && selfDelivery !== 'at-once' && isCalm,
    says: fits.says && typeof fits.says.to === 'number' && fits.says.to >= n ? { ...fits.says, to: 'all' } : fits.says,
  }
}

/** Fewer rules where there is more to interleave. */
function mostRules({ n, same, network, crash, byzantineReplica, auth, big }: Drawn): number {
  const isPlain = Object.keys(network).length === 0 && crash === null && !(auth === 'none' && byzantineReplica !== null)
  return Math.max(1, 5 - n + (big ? 1 : 0) - (same ? 1 : 0) - (isPlain ? 0 : 1))
}

function echo(one: DescribedRule): DescribedRule {
  return { ...one, on: 'A', asks: null, after: null, says: { type: 'B', value: 'same', to: 'all' }, repeats: false }
}

function described(all: Drawn): Described {
  const cut = all.rules.slice(0, mostRules(all))
  const from = { ...all, rules: cut.map((one, i) => (all.echoes && i === 0 && cut.length > 1 ? echo(one) : one)) }
  const { byzantineReplica, crash, restart, durable, same, echoes: _echoes, big: _big, ...rest } = from
  const { n } = from
  const byzantine = byzantineReplica === null || byzantineReplica >= n ? [] : [byzantineReplica]
  // At once nothing is asked, so nothing is proved.
  const proof = from.selfDelivery === 'at-once' ? null : from.proof && { ...from.proof, q: Math.min(from.proof.q, n) }
  const rules = from.rules.map((one, index) => repaired(one, index, { ...from, proof }))
  const restless = isRestless({ rules })
  const mostSources = n === 4 || Object.keys(from.network).length > 0 ? 1 : 2
  const drawnInputs = range(n).map((id) => (same ? from.inputs[0]!.slice(0, 1) : (from.inputs[id] ?? [])))
  const inputs = drawnInputs.map((list, id) => (id > 0 && !same && drawnInputs[0]!.length >= mostSources ? [] : list))
  // Who speaks first, by an input, at once or by a timer: few, or there is too much to interleave.
  const few = (list: readonly Id[]): Id[] =>
    same ? [] : list.slice(0, Math.max(0, mostSources - inputs.flat().length))
  const opens = few(from.opens).filter((id) => id < n)
  const armed = few(opens.length > 0 ? [] : from.armed)
  const speakers = Math.max(1, inputs.filter((list) => list.length > 0).length + opens.length + byzantine.length)
  const arms = armed.length > 0 || rules.some(({ deeds }) => deeds.includes('arm'))
  const flags = (part: Alone): Alone => ({
    ...part,
    flags: part.flags !== null && rules[part.flags] ? part.flags : null,
  })
  const unforged = byzantine.length === 0 && from.auth === 'none' ? 'channels' : from.auth
  return {
    ...rest,
    byzantine,
    crash: crash === null || crash >= n || byzantine.includes(crash) ? [] : [crash],
    ...(restart === null || restart === crash || byzantine.includes(restart) ? {} : { restart: [restart], durable }),
    auth: proof ? 'signatures' : unforged,
    steps: restless ? 'lazy' : from.steps,
    network: restless ? {} : from.network,
    // Words that are bound to their receiver prove nothing.
    addressed: proof ? from.addressed.filter((type) => type !== 'A') : from.addressed,
    inputs: inputs.flat().length + opens.length === 0 ? [['x'], ...inputs.slice(1)] : inputs,
    armed,
    opens,
    timeouts: arms ? from.timeouts : null,
    timeout: flags(from.timeout),
    coin: flags(from.coin),
    proof,
    rules: rules.map((one) => (proof || rules.some(({ says }) => says?.type === 'A') ? one : heeding(one, speakers))),
  }
}

/** Asks no more replicas for an A than ever say one. */
function heeding(one: DescribedRule, speakers: number): DescribedRule {
  return one.on === 'A' && one.asks ? { ...one, asks: { ...one.asks, q: Math.min(one.asks.q, speakers) } } : one
}

/** Random protocols with everything that a pass could trip over, small enough to search them plainly. Weights count. */
export const describeds: fc.Arbitrary<Described> = fc.noBias(drawn.map(described))

/** The protocol in its setting, run on plain copies. */
export function checkedProgram(one: Described): Program {
  const { n, byzantine, crash, restart = [] } = one
  const protocol = describedProtocol(one)
  return { ...inSetting(protocol, configure(protocol, { n, byzantine, crash, restart })[0]!), copies: true }
}

/** What the coalition can say; nothing where there is no coalition. */
export function wordsOfCoalition(program: Program) {
  return program.setting.byzantine.length > 0 ? universe(program) : { messages: [], closed: true }
}
