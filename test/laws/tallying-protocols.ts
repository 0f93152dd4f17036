/** Random small protocols that keep their votes in their own state, as the published systems do. */
import fc from 'fast-check'
import { agreement, decided, integrity } from '../../properties/claims.ts'
import {
  type Claim,
  type Context,
  canonical,
  defineProtocol,
  type Id,
  program as inSetting,
  invariant,
  nameOf,
  type Program,
  type Protocol,
} from '../../src/model/index.ts'
import { configure, noException } from '../../src/system/index.ts'

type Type = 'A' | 'B' | 'C'

interface Message {
  type: Type
  value: string
}

interface State {
  started: boolean
  mode: number
  flags: string[]
}

/** What votes are counted for: the rule, and what it counts them by. */
type Ballot = { rule: number; value: string | null }

interface Types {
  state: State
  message: Message
  tallies: { votes: Ballot; others: Ballot }
  output: { decided: string }
  note: { noted: string }
  timer: 'T'
}

/** A rule that counts votes. */
export interface TallyRule {
  readonly on: Type
  /** At 0 it counts nothing, and works for those whose votes others have counted. */
  readonly q: number
  /** Do votes count whatever they are for? */
  readonly blind: boolean
  /** Does the first vote of a sender count only? */
  readonly first: '' | 'here' | 'anywhere'
  /** The only one whose votes count. */
  readonly trusts: Id | null
  /** The rule, by position, that has to have fired, for this value; or must not have. */
  readonly after: number | null
  readonly not: number | null
  /** In which mode it works. */
  readonly mode: number | null
  /** Is a vote counted even where the rule does not work yet? */
  readonly early: boolean
  /** It also asks for so many votes that another rule has counted for one value. */
  readonly also: { readonly rule: number; readonly q: number } | null
  /** It works only for senders whose votes another rule has counted for the value; or has not. */
  readonly of: { readonly rule: number; readonly is: boolean } | null
  readonly repeats: boolean
  /** Another rule, by position: who acts by this one puts itself into that one's tally. */
  readonly joins: number | null
  readonly says: Type | null
  readonly does: 'output' | 'note' | 'mode' | 'unflag' | 'throw'
}

/** Plain data: a failing case is printed. */
export interface Tallying {
  readonly n: number
  readonly byzantine: readonly Id[]
  readonly auth: 'channels' | 'none' | 'signatures'
  readonly selfDelivery: 'network' | 'none' | 'at-once'
  readonly duplicate: boolean
  readonly values: readonly string[]
  readonly inputs: readonly (readonly string[])[]
  /** Are the votes of the last rule kept in a tally of their own? */
  readonly apart: boolean
  readonly modes: number
  /** Does a timer go off, once for each mode? */
  readonly timer: boolean
  readonly rules: readonly TallyRule[]
}

const flagOf = (rule: number, value: string): string => `${rule} ${value}`

/** Where a rule's votes are. */
const tallyOf = (one: Tallying, rule: number, ctx: Context<Types>) =>
  ctx.tally(one.apart && rule === one.rules.length - 1 ? 'others' : 'votes')

function works(one: Tallying, index: number, state: State, value: string): boolean {
  const { after, not, mode, repeats } = one.rules[index]!
  if (mode !== null && state.mode !== mode) return false
  if (after !== null && !state.flags.includes(flagOf(after, value))) return false
  if (not !== null && state.flags.includes(flagOf(not, value))) return false
  return repeats || !state.flags.includes(flagOf(index, value))
}

function flag(state: State, name: string): void {
  if (state.flags.includes(name)) return
  state.flags.push(name)
  state.flags.sort()
}

function vote(one: Tallying, index: number, state: State, message: Message, ctx: Context<Types>): void {
  const rule = one.rules[index]!
  const { value } = message
  if (!rule.early && !works(one, index, state, value)) return
  const { from } = ctx
  if (rule.trusts !== null && from !== rule.trusts) return
  if (rule.q === 0) {
    if (works(one, index, state, value) && isVoter(one, index, value, ctx)) done(one, index, state, value, ctx)
    return
  }
  const tally = tallyOf(one, index, ctx)
  const ballots = one.values.map((value) => ({ rule: index, value: rule.blind ? null : value }))
  if (rule.first === 'here' && ballots.some((ballot) => tally.has(ballot, from))) return
  if (rule.first === 'anywhere' && tally.voted(from)) return
  const ballot = ballotOf(one, index, value)
  tally.add(ballot, from)
  if (tally.count(ballot) < rule.q || !works(one, index, state, value)) return
  const { also } = rule
  if (rule.of && !isVoter(one, index, value, ctx)) return
  if (also && !others(one, also.rule).some((ballot) => tallyOf(one, also.rule, ctx).count(ballot) >= also.q)) return
  done(one, index, state, value, ctx)
}

const ballotOf = (one: Tallying, rule: number, value: string): Ballot => ({
  rule,
  value: one.rules[rule]!.blind ? null : value,
})

/** Is the sender one of those for whom the rule works? */
function isVoter(one: Tallying, index: number, value: string, ctx: Context<Types>): boolean {
  const { of } = one.rules[index]!
  if (!of) return ctx.tally('votes').voted(ctx.from)
  return tallyOf(one, of.rule, ctx).has(ballotOf(one, of.rule, value), ctx.from) === of.is
}

/** Everything that a rule's votes may be for. */
const others = (one: Tallying, rule: number): Ballot[] => [null, ...one.values].map((value) => ({ rule, value }))

function done(one: Tallying, index: number, state: State, value: string, ctx: Context<Types>): void {
  flag(state, flagOf(index, value))
  act(one, index, state, value, ctx)
}

function act(one: Tallying, index: number, state: State, value: string, ctx: Context<Types>): void {
  const { does, says, joins } = one.rules[index]!
  if (joins !== null) {
    tallyOf(one, joins, ctx).add(ballotOf(one, joins, value), ctx.self)
  }
  if (does === 'output') ctx.output({ decided: value })
  if (does === 'note') ctx.note({ noted: value })
  if (does === 'mode') state.mode++
  if (does === 'unflag') state.flags = state.flags.filter((name) => name === flagOf(index, value))
  if (does === 'throw' && value === 'y') throw new Error('y')
  if (says) ctx.broadcast({ type: says, value })
}

export function tallyingProtocol(one: Tallying): Protocol {
  const handlers = (type: Type) => {
    // One rule for a type: an arrival runs no more.
    const index = one.rules.findIndex((rule) => rule.on === type)
    return index < 0 ? () => {} : (state: State, message: Message, ctx: any) => vote(one, index, state, message, ctx)
  }
  return defineProtocol<Types>({
    name: 'tallying',
    about: 'A random small protocol that keeps its votes.',
    rules: () => ({}),
    auth: one.auth,
    network: { duplicate: one.duplicate },
    selfDelivery: one.selfDelivery,
    inbox: false,
    tallies: { votes: {}, others: {} },
    defaults: () => ({ f: 0, b: 0, values: one.values, inputs: { ...one.inputs }, bounds: { modes: one.modes } }),
    init(ctx) {
      if (one.timer && ctx.self === 0) ctx.setTimer('T')
      return { started: false, mode: 0, flags: [] }
    },
    input(state, value, ctx) {
      if (state.started) return
      state.started = true
      ctx.broadcast({ type: 'A', value })
    },
    timeout: {
      T(state) {
        state.mode++
      },
    },
    upon: { A: handlers('A'), B: handlers('B'), C: handlers('C') },
    within: ({ mode }, { modes }) => mode <= modes!,
  }) as Protocol
}

const decides = (output: any) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const noteOnce = invariant<any>(
  { name: 'note-once', about: 'No correct replica notes twice.', reads: ['notes'] },
  ({ outputs, setting }) => {
    const notes = outputs.filter(({ output }) => 'note' in output)
    const twice = notes.find(({ at }, i) => notes.slice(0, i).some((other) => other.at === at))
    return twice && `${nameOf(twice.at, setting.n)} noted twice`
  },
)

/** Reads what had been said when the output was made. */
const validity = invariant<any>(
  { name: 'validity', about: 'What is decided, a correct replica had said in an A.', reads: ['soup'] },
  ({ fresh, soup, setting }) => {
    const values = soup.map(({ message }) => message as unknown as Message)
    const odd = fresh.find(
      ({ output }) =>
        'decided' in output && !values.some(({ type, value }) => type === 'A' && value === output.decided),
    )
    return odd && `${nameOf(odd.at, setting.n)} put out ${canonical(odd.output)}, which nobody had said`
  },
)

export const tallyingClaims: readonly Claim<any>[] = [
  agreement(decides),
  integrity(decides),
  validity,
  noteOnce,
  noException,
  decided(decides),
]

/** The protocol in its setting, run on plain copies. */
export function tallyingProgram(one: Tallying): Program {
  const protocol = tallyingProtocol(one)
  return { ...inSetting(protocol, configure(protocol, { n: one.n, byzantine: [...one.byzantine] })[0]!), copies: true }
}

const seldom = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: of })

/** Chances are such that most protocols get somewhere: inputs are said in an A, and few rules wait for another. */
const rule = (on: Type): fc.Arbitrary<TallyRule> =>
  fc
    .record({
      q: on === 'A' ? fc.constantFrom(1, 1, 1, 1, 2) : fc.constantFrom(0, 1, 1, 1, 2, 2, 2, 2, 3),
      blind: fc.constantFrom(false, false, true),
      first: fc.constantFrom<TallyRule['first']>('', '', '', 'here', 'anywhere'),
      trusts: fc.nat({ max: 19 }).map((one) => (one < 2 ? one : null)),
      after: on === 'A' ? fc.constant(null) : fc.option(fc.nat({ max: 2 }), { freq: 2 }),
      not: seldom(fc.nat({ max: 2 })),
      mode: seldom(fc.constantFrom(0, 0, 1)),
      early: fc.constantFrom(true, true, false),
      also: seldom(fc.record({ rule: fc.nat({ max: 2 }), q: fc.constantFrom(1, 2) })),
      of: fc.option(fc.record({ rule: fc.nat({ max: 2 }), is: fc.boolean() }), { freq: 3 }),
      repeats: fc.boolean(),
      joins: fc.option(fc.nat({ max: 2 }), { freq: 2 }),
      says:
        on === 'C' ? fc.constantFrom<Type | null>(null, 'B') : fc.constantFrom<Type | null>('B', 'B', 'C', 'C', null),
      does: fc.constantFrom<TallyRule['does']>('output', 'output', 'output', 'note', 'note', 'mode', 'unflag', 'throw'),
    })
    .map((one) => ({ ...one, on }))

/** Random protocols, small enough for a plain search. Weights count. */
export const tallyings: fc.Arbitrary<Tallying> = fc.noBias(
  fc
    .record({
      n: fc.constantFrom(2, 3, 3),
      faulty: fc.constantFrom<number | null>(null, 0, 1, 1, 2, 2),
      auth: fc.constantFrom<Tallying['auth']>('channels', 'channels', 'none', 'signatures'),
      selfDelivery: fc.constantFrom<Tallying['selfDelivery']>('network', 'none', 'none', 'at-once'),
      duplicate: fc.boolean(),
      first: fc.constantFrom<readonly string[]>(['x'], ['x'], ['x', 'y']),
      second: fc.constantFrom<readonly string[]>([], ['y'], ['x']),
      apart: fc.constantFrom(true, true, false),
      timer: fc.constantFrom(false, false, true),
      rules: fc.tuple(rule('A'), rule('B'), rule('C')),
      count: fc.constantFrom(1, 2, 2, 3),
    })
    .map(({ faulty, first, second, rules, count, n, ...rest }): Tallying => {
      const kept = rules.slice(0, count)
      const other = (index: number, at: number | null): number | null =>
        at === null || at === index || at >= count ? null : at
      return {
        ...{ ...rest, n, modes: 1, values: ['x', 'y'], byzantine: faulty === null || faulty >= n ? [] : [faulty] },
        inputs: [first, second, []].slice(0, n),
        rules: kept.map((one, index) => ({
          ...one,
          after: other(index, one.after),
          not: other(index, one.not) === one.after ? null : other(index, one.not),
          joins: other(index, one.joins),
          also: other(index, one.also?.rule ?? null) === null ? null : one.also,
          of: other(index, one.of?.rule ?? null) === null ? null : one.of,
        })),
      }
    }),
)
