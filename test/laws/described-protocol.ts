import { agreement, decided, decidesAfterHealing, integrity, totality } from '../../properties/claims.ts'
import {
  among,
  type Claim,
  type Context,
  canonical,
  defineProtocol,
  type Id,
  invariant,
  type Match,
  match,
  nameOf,
  type Protocol,
  said,
  type Threshold,
  weighted,
} from '../../src/model/index.ts'
import { noException } from '../../src/system/index.ts'
import type { Alone, Asks, Deed, Described, Says, Type } from './described.ts'

interface Message {
  type: Type
  value: string
  level?: number
}

interface State {
  started: boolean
  fired: boolean[]
  votes: (string | null)[][]
  level: number
}

interface Types {
  state: State
  message: Message
  output: { decided: string }
  note: { noted: string }
  timer: 'T'
  coin: 'coin'
}

type Output = Types['output'] | { note: Types['note'] }

/** No replica climbs higher, bound or not: the healed run has no bounds and must come to rest. */
const TOP = 3

const decides = (output: Output) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

/** Reads what had been said when the output was made. */
const validity = invariant<Output>(
  { name: 'validity', about: 'What is decided, a correct replica had said in an A.', reads: ['soup'] },
  ({ fresh, soup, setting }) => {
    const values = soup.map(({ message }) => message as Message).flatMap((m) => (m.type === 'A' ? [m.value] : []))
    const odd = fresh.find(({ output }) => 'decided' in output && !values.includes(output.decided))
    return odd && `${nameOf(odd.at, setting.n)} put out ${canonical(odd.output)}, which nobody had said`
  },
)

/** Reads inner state by its notes. */
const oneNote = invariant<Output>(
  { name: 'one-note', about: 'No correct replica notes twice.', reads: ['notes'] },
  ({ outputs, setting }) => {
    const notes = outputs.filter(({ output }) => 'note' in output)
    const twice = notes.find(({ at }, i) => notes.slice(0, i).some((other) => other.at === at))
    return twice && `${nameOf(twice.at, setting.n)} noted twice`
  },
)

/** Safety claims, one of each kind that a pass might treat differently; and the guard against vacuity. */
export const safetyClaims: readonly Claim<any>[] = [
  agreement(decides),
  integrity(decides),
  validity,
  oneNote,
  noException,
  decided(decides),
]
export const livenessClaims: readonly Claim<any>[] = [
  totality(decides),
  decidesAfterHealing(decides, () => ['']),
  decided(decides),
]

const least = (chosen: readonly Message[]): string => chosen.map(({ value }) => value).sort()[0]!

/** A choice of messages becomes one value. */
function made(makes: (Asks & { kind: 'take' })['makes'], chosen: readonly Message[]): string {
  const values = chosen.map(({ value }) => value)
  if (makes === 'least') return least(chosen)
  if (makes === 'first') return values[0]!
  if (makes === 'unanimous') return values.every((value) => value === values[0]) ? values[0]! : 'x'
  return values.filter((value) => value === 'y').length * 2 > values.length ? 'y' : 'x'
}

const anyOf = (type: Type): Match<Message> => match<Message>(type)
const sameAs = (type: Type, value: string): Match<Message> => match<Message>(type, { value })
/** A match that engines know nothing about. */
const noLess = (type: Type, value: string): Match<Message> => {
  return (message) => message.type === type && message.value >= value
}

/** A number of messages of those on a replica's own list. */
function ofList({ trusts = [], later }: Described, q: number, { fired }: State, self: Id): Threshold {
  const list = (fired[0] ? later : undefined)?.[self] ?? trusts[self]!
  return among(list, Math.min(q, list.length))
}

/** A number of messages, as the protocol counts them for everybody. */
function enough({ weights }: Described, q: number): Threshold {
  if (!weights) return q
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  // Of as many replicas, the share of their weight, rounded up.
  return weighted(weights, Math.ceil((all * q) / weights.length))
}

/** The value that the rule goes on with, or nothing where it has only noted a vote. */
function answered(described: Described, index: number, state: State, message: Message, ctx: any): string | undefined {
  const { asks, on } = described.rules[index]!
  const { value } = message
  if (asks === null) return value
  if (asks.kind === 'need') {
    const matches = { same: sameAs(on, value), any: anyOf(on), 'no-less': noLess(on, value) }
    const q = described.trusts ? ofList(described, asks.q, state, ctx.self) : enough(described, asks.q)
    ctx.need(q, matches[asks.of])
    return value
  }
  if (asks.kind === 'take') {
    return ctx.take(asks.q, anyOf(on), (chosen: readonly Message[]) => made(asks.makes, chosen))
  }
  const votes = state.votes[index]!
  if (asks.keeps === 'first' && votes[ctx.from] !== null) return undefined
  votes[ctx.from] = value
  return votes.filter((vote) => vote !== null && (asks.blind || vote === value)).length >= asks.q ? value : undefined
}

function say(described: Described, state: State, says: Says, value: string, ctx: Context<Types>): void {
  const byPlace = (id: Id): string => described.values[id % 2]!
  const values = {
    same: () => value,
    x: () => 'x',
    'by-sender': () => byPlace(ctx.from),
    'by-self': () => byPlace(ctx.self),
  }
  const level = described.levels !== null && says.type === 'A' ? { level: state.level } : {}
  const message = { type: says.type, value: values[says.value](), ...level }
  if (says.to === 'all') ctx.broadcast(message)
  else ctx.send(says.to === 'sender' ? ctx.from : says.to, message)
}

function act(described: Described, index: number, state: State, value: string, ctx: Context<Types>): void {
  const { deeds, says } = described.rules[index]!
  state.fired[index] = true
  const doing: Record<Deed, () => void> = {
    output: () => ctx.output({ decided: value }),
    note: () => ctx.note({ noted: value }),
    climb: () => {
      state.level = Math.min(TOP, state.level + 1)
    },
    arm: () => ctx.setTimer('T'),
    cancel: () => ctx.cancelTimer('T'),
    flip: () => ctx.flip('coin'),
    clears: () => {
      state.fired = state.fired.map((fired, i) => (i === (index + 1) % state.fired.length ? false : fired))
    },
    throw: () => {
      if (value === 'y') throw new Error('y')
    },
  }
  for (const deed of deeds) doing[deed]()
  if (says) say(described, state, says, value, ctx)
}

function handlers(described: Described, type: Type) {
  const list = described.rules.flatMap((rule, index) => {
    if (rule.on !== type) return []
    const handler = (state: State, message: Message, ctx: Context<Types>): void => {
      if (state.fired[index] && !rule.repeats) return
      if (rule.self !== null && ctx.self !== rule.self) return
      if (rule.value !== null && message.value !== rule.value) return
      if (rule.not !== null && state.fired[rule.not]) return
      if (rule.after !== null && !state.fired[rule.after]) return
      if (message.level !== undefined && message.level < state.level) return
      if (rule.from !== null && ctx.from !== rule.from) return
      const value = answered(described, index, state, message, ctx)
      if (value !== undefined) act(described, index, state, value, ctx)
    }
    return [Object.defineProperty(handler, 'name', { value: `rule${index}` })]
  })
  return list.length > 0 ? list : [() => {}]
}

function alone({ levels }: Described, part: Alone, value: string, state: State, ctx: Context<Types>): void {
  if (part.flags !== null) state.fired[part.flags] = true
  if (part.rearms) ctx.setTimer('T')
  if (part.outputs) ctx.output({ decided: value })
  const level = levels !== null && part.says === 'A' ? { level: state.level } : {}
  if (part.says) ctx.broadcast({ type: part.says, value, ...level })
}

export function describedProtocol(described: Described, name = 'described'): Protocol {
  const { rules, inputs, opens, armed, timeout, coin, levels, proof, n } = described
  const says = (value: string, level = 0): Message => ({ type: 'A', value, ...(levels === null ? {} : { level }) })
  const bounds = {
    ...(levels === null ? {} : { levels }),
    ...(described.timeouts === null ? {} : { timeouts: described.timeouts }),
  }
  return defineProtocol<Types>({
    name,
    about: 'A random small protocol.',
    rules: () => ({}),
    auth: described.auth,
    network: described.network,
    steps: described.steps,
    selfDelivery: described.selfDelivery,
    addressed: described.addressed,
    // Only rules that ask nothing can do without an inbox.
    inbox: rules.some(({ asks }) => asks?.kind === 'need' || asks?.kind === 'take'),
    defaults: () => ({ f: 0, b: 0, values: described.values, inputs: { ...inputs }, bounds }),
    init(ctx) {
      if (opens.includes(ctx.self)) ctx.broadcast(says('x'))
      if (armed.includes(ctx.self)) ctx.setTimer('T')
      const votes = rules.map(({ asks }) => (asks?.kind === 'tally' ? Array.from({ length: n }, () => null) : []))
      return { started: false, fired: rules.map(() => false), votes, level: 0 }
    },
    input(state, value, ctx) {
      if (state.started) return
      state.started = true
      ctx.broadcast(says(value, state.level))
    },
    timeout: { T: (state, ctx) => alone(described, timeout, 'x', state, ctx) },
    coin: { coin: (state, value, ctx) => alone(described, coin, value === 0 ? 'x' : 'y', state, ctx) },
    upon: { A: handlers(described, 'A'), B: handlers(described, 'B'), C: handlers(described, 'C') },
    durable: () => described.durable ?? [],
    ...(levels === null ? {} : { within: (state, bounds) => state.level <= bounds['levels']! }),
    ...(proof === null
      ? {}
      : {
          proofs: {
            C: ({ value }) =>
              proof.such
                ? said<Message>(proof.q, anyOf('A'), (chosen) => least(chosen) === value)
                : said<Message>(enough(described, proof.q), sameAs('A', value)),
          },
        }),
  }) as Protocol
}
