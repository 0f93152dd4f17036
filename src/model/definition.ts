import type { Definition } from './declaration.ts'
import { UsageError } from './errors.ts'
import { AUTHENTICATIONS } from './setting.ts'
import {
  assertKind,
  assertKnown,
  assertShape,
  FLAG,
  FUNCTION,
  fits,
  type Kind,
  listOf,
  OBJECT,
  oneOf,
  optional,
  type Shape,
  shownValue,
  TEXT,
  WHOLE,
} from './shape.ts'

const IDS = listOf(WHOLE)
const LIST: Kind = { words: 'a list', is: Array.isArray }
const FUNCTIONS: Kind = {
  words: 'a function, or a list of named functions',
  is: (value) => (Array.isArray(value) ? value : [value]).every((one) => typeof one === 'function'),
}

const BEHAVIOUR = { init: FUNCTION, input: optional(FUNCTION), timeout: optional(OBJECT), coin: optional(OBJECT) }
const CLIENT: Shape = { ...BEHAVIOUR, upon: OBJECT }
/** Every field that a definition has. */
const DEFINITION: { readonly [K in keyof Required<Definition<any>>]: Kind } = {
  ...BEHAVIOUR,
  ...{ name: TEXT, about: TEXT, rules: FUNCTION, defaults: FUNCTION, upon: OBJECT },
  ...{
    proofs: optional(OBJECT),
    within: optional(FUNCTION),
    healsWithin: optional(FUNCTION),
    viewOf: optional(FUNCTION),
    client: optional(OBJECT),
  },
  ...{ expiresFirst: optional(FUNCTION), abstraction: optional(FUNCTION), durable: optional(FUNCTION) },
  ...{ sets: optional(listOf(TEXT)), tallies: optional(OBJECT) },
  ...{ round: optional(FUNCTION), rounds: optional(FUNCTION), alphabet: optional(FUNCTION) },
  auth: optional(oneOf(AUTHENTICATIONS)),
  network: optional(OBJECT),
  steps: optional(oneOf(['lazy', 'eager'])),
  selfDelivery: optional(oneOf(['inbox', 'at-once', 'network', 'none'])),
  inbox: optional(FLAG),
  addressed: optional(listOf(TEXT)),
}

/** What engines are given, as far as it is looked at before they touch it. */
export const PROTOCOL: Kind = {
  words: 'what `defineProtocol` returns',
  is: (value) =>
    typeof (value as { definition?: Partial<Definition<any>> } | null | undefined)?.definition?.defaults === 'function',
}
export const SETTING: Kind = {
  words: 'what `configure` returns, one of it',
  is: fits({
    n: WHOLE,
    f: WHOLE,
    byzantine: IDS,
    crash: IDS,
    clients: WHOLE,
    inputs: listOf(LIST),
    bounds: OBJECT,
    network: OBJECT,
  }),
}

interface Handlers {
  readonly upon?: object
  readonly timeout?: object
  readonly coin?: object
}

/** @throws UsageError that names the field of a definition that is not what it should be */
export function assertDefinition(definition: Definition<any>): void {
  assertKind('the definition', OBJECT, definition)
  const { name } = definition
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new UsageError(`protocol name ${shownValue(name)}`, 'use lower-case letters, digits and hyphens')
  }
  assertShape(name, DEFINITION, definition)
  const { client, upon, round, proofs = {}, addressed = [], tallies = {} } = definition
  if (client) assertShape(`${name}, client`, CLIENT, client)
  if (definition.network) assertNetwork(name, definition.network)
  if (round && Object.keys(upon).length > 0) {
    throw new UsageError(`${name} has rounds, and rules on messages`, 'declare it with `defineLockstep`')
  }
  assertHandlers(definition as Handlers, name)
  if (client) assertHandlers(client as Handlers, `${name}, client`)
  const types = [...Object.keys(upon), ...Object.keys(client?.upon ?? {})]
  if (!round) {
    assertKnown(`message type for a proof in ${name}`, Object.keys(proofs), types)
    assertKnown(`message type for \`addressed\` in ${name}`, addressed, types)
  }
  for (const [tally, declared] of Object.entries(tallies)) {
    if (!/^[a-z][a-zA-Z0-9]*$/.test(tally) || tally in {}) {
      throw new UsageError(`${name}: tally name ${shownValue(tally)}`, 'use letters and digits, a small letter first')
    }
    assertShape(`${name}, tallies.${tally}`, { within: optional(FUNCTION) }, declared)
  }
  for (const [type, proof] of Object.entries(proofs)) assertKind(`${name}, the proof of ${type}`, FUNCTION, proof)
}

/** @throws UsageError for a network that does what no network can do */
export function assertNetwork(place: string, network: unknown): void {
  const does = optional(FLAG)
  assertShape(`${place}, network`, { duplicate: does, lose: does, fifo: does, gossip: does }, network)
}

function assertHandlers({ upon, timeout, coin }: Handlers, where: string): void {
  for (const [kind, handlers] of Object.entries({ timeout, coin })) {
    for (const [name, handler] of Object.entries(handlers ?? {})) {
      if (handler !== undefined) assertKind(`${where}, ${kind}.${name}`, FUNCTION, handler)
    }
  }
  for (const [type, handlers] of Object.entries(upon ?? {})) {
    if (handlers === undefined) continue
    assertKind(`${where}, upon.${type}`, FUNCTIONS, handlers)
    const list: readonly { readonly name: string }[] = Array.isArray(handlers) ? handlers : [handlers]
    const names = new Set(list.map((handler) => handler.name))
    if (list.length > 1 && (names.size < list.length || names.has(''))) {
      throw new UsageError(`${where}: the rules on ${type} need different names`, 'write them as named functions')
    }
  }
}
