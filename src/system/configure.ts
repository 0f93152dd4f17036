import { assertNetwork, PROTOCOL } from '../model/definition.ts'
import {
  AUTHENTICATIONS,
  type Configuration,
  FEWEST_COUNTED,
  type Id,
  isLockstep,
  MOST_COUNTED,
  type Network,
  type Protocol,
  RESTARTS,
  range,
  type Setting,
  UsageError,
} from '../model/index.ts'
import {
  assertKind,
  assertShape,
  INPUTS,
  type Kind,
  listOf,
  OBJECT,
  oneOf,
  optional,
  shownValue,
  TEXT,
  WHOLE,
} from '../model/shape.ts'

const IDS = optional(listOf(WHOLE))
const CONFIGURATION: { readonly [K in keyof Required<Configuration>]: Kind } = {
  ...{ n: optional(WHOLE), f: optional(WHOLE), b: optional(WHOLE), clients: optional(WHOLE) },
  ...{ byzantine: IDS, crash: IDS, restart: IDS, byzantineClients: IDS, values: optional(listOf(TEXT)) },
  ...{ inputs: optional(INPUTS), bounds: optional(OBJECT), network: optional(OBJECT) },
  ...{
    auth: optional(oneOf(AUTHENTICATIONS)),
    steps: optional(oneOf(['lazy', 'eager', 'lockstep'])),
    counts: optional(WHOLE),
  },
}

/** How many replicas there are by default. */
export const DEFAULT_N = 4

/** Bounds that every protocol has, once somebody sets them. */
const COUNTED: readonly string[] = ['timeouts', 'restarts']

/** Choices of Byzantine replicas that one command goes through. */
const MOST_CHOICES = 10_000

/**
 * The settings that a configuration stands for: one, or one for every choice of `b` Byzantine replicas. What the
 * configuration leaves out is the protocol's own default.
 * @throws UsageError for numbers that make no setting, and for what is no configuration
 */
export function configure(protocol: Protocol, configuration: Configuration = {}): Setting[] {
  assertKind('the protocol', PROTOCOL, protocol)
  assertShape('the configuration', CONFIGURATION, configuration)
  assertNetwork('the configuration', configuration.network ?? {})
  const { definition } = protocol
  const n = configuration.n ?? DEFAULT_N
  whole('n', n, 1, 1_000)
  const defaults = definition.defaults(n)
  const f = configuration.f ?? defaults.f
  whole('f', f, 0, n)
  const clients = configuration.clients ?? defaults.clients ?? 0
  whole('clients', clients, 0, 100)
  if (clients > 0 && !definition.client) {
    throw new UsageError(`${protocol.subject} models no clients`, 'leave out --clients')
  }
  const values = configuration.values ?? defaults.values ?? ['a', 'b']
  const bounds = boundsOf(protocol, configuration, defaults.bounds)
  const crash = ids('crash', configuration.crash ?? [], 0, n)
  const restart = ids('restart', configuration.restart ?? [], 0, n)
  assertRestart(protocol, restart, crash)
  // A protocol may have a bound of that name itself.
  const isOwn = Object.hasOwn(defaults.bounds, 'restarts')
  if (bounds['restarts'] !== undefined && restart.length === 0 && !isOwn) {
    throw new UsageError('restarts are bounded, and no replica may restart', 'name those that may: --restart 0,1')
  }
  const common = {
    n,
    f,
    crash,
    clients,
    values,
    inputs: configuration.inputs
      ? inputsOf(protocol.subject, configuration.inputs, values, n, clients)
      : inputsOf(`${protocol.subject}, defaults(${n})`, defaults.inputs ?? 'any', values, n, clients),
    bounds,
    auth: configuration.auth ?? definition.auth ?? 'signatures',
    network: networkOf({ ...definition.network, ...configuration.network }),
    steps: configuration.steps ?? definition.steps ?? (isLockstep(protocol) ? 'lockstep' : 'lazy'),
  }
  const { counts = FEWEST_COUNTED } = configuration
  whole('counts', counts, FEWEST_COUNTED, MOST_COUNTED)
  if (isLockstep(protocol)) assertLockstep(protocol, { ...common, restart })
  else if (common.steps === 'lockstep') {
    throw new UsageError(`${protocol.subject} is not written in rounds`, 'choose lazy or eager steps')
  }
  const byzantineReplicas = ids('byzantine-clients', configuration.byzantineClients ?? [], n, n + clients)
  return byzantineSets(configuration, defaults.b, n).map((replicas) => {
    const both = replicas.find((id) => crash.includes(id))
    if (both !== undefined) {
      throw new UsageError(`r${both} is both Byzantine and allowed to crash`, 'name it in one of the two only')
    }
    // A Byzantine replica does as it likes: a restart would add nothing.
    const restarting = restart.filter((id) => !replicas.includes(id))
    return {
      ...{ ...common, byzantine: [...replicas, ...byzantineReplicas], ...(counts > FEWEST_COUNTED ? { counts } : {}) },
      ...(restarting.length > 0 ? { restart: restarting, bounds: { restarts: RESTARTS, ...bounds } } : {}),
      ...(restarting.length === 0 && !isOwn ? { bounds: without(bounds) } : {}),
    }
  })
}

const without = ({ restarts: _, ...bounds }: Readonly<Record<string, number>>): Record<string, number> => bounds

/** A replica that may restart has to declare what it keeps, and comes back for certain. */
function assertRestart({ subject, definition }: Protocol, restart: readonly Id[], crash: readonly Id[]): void {
  if (restart.length === 0) return
  if (!definition.durable) {
    throw new UsageError(`${subject} does not say what survives a restart`, 'name those fields of the state: `durable`')
  }
  const both = restart.find((id) => crash.includes(id))
  if (both === undefined) return
  throw new UsageError(`r${both} may both crash and restart`, 'name it in one of the two only')
}

/** Rounds leave no room for what they promise: that all move together, and that what is sent arrives in the next. */
function assertLockstep(
  { subject }: Protocol,
  setting: Pick<Setting, 'auth' | 'crash' | 'restart' | 'network' | 'steps' | 'bounds'>,
) {
  const { auth, crash, restart = [], network, steps, bounds } = setting
  const refused: [name: string, is: boolean, instead: string][] = [
    ['replicas that crash', crash.length > 0, 'make them Byzantine: a Byzantine replica may be silent'],
    ['replicas that restart', restart.length > 0, 'leave out --restart'],
    ['another network', !network.duplicate || network.lose || network.fifo || network.gossip, 'leave out --network'],
    ['single steps', steps !== 'lockstep', 'leave out --steps'],
    ['senders that nobody knows', auth === 'none', 'choose --auth signatures or --auth channels'],
    ['timers', bounds['timeouts'] !== undefined, 'leave out --timeouts'],
  ]
  for (const [name, is, instead] of refused) {
    if (is) throw new UsageError(`${subject} is a lockstep protocol, which excludes ${name}`, instead)
  }
}

function whole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new UsageError(`${name} is ${shownValue(value)}`, `give a whole number from ${least} to ${most}`)
}

function ids(name: string, list: readonly Id[], least: number, end: number): Id[] {
  for (const id of list) {
    if (Number.isInteger(id) && id >= least && id < end) continue
    const known = end > least ? `ids here are ${least} to ${end - 1}` : 'there are none in this setting'
    throw new UsageError(`${name} names participant ${id}`, known)
  }
  return [...new Set(list)].sort((a, b) => a - b)
}

function byzantineSets(configuration: Configuration, defaultB: number, n: number): Id[][] {
  if (configuration.byzantine) return [ids('byzantine', configuration.byzantine, 0, n)]
  const b = configuration.b ?? defaultB
  whole('b', b, 0, n)
  const sets: Id[][] = []
  const choose = (from: Id, chosen: Id[]): void => {
    if (chosen.length === b) sets.push(chosen)
    else for (let id = from; id < n && sets.length <= MOST_CHOICES; id++) choose(id + 1, [...chosen, id])
  }
  choose(0, [])
  if (sets.length > MOST_CHOICES) {
    throw new UsageError(
      `there are more than ${MOST_CHOICES} ways to choose ${b} of ${n} replicas`,
      'name the ids: --byzantine 0,1,…',
    )
  }
  return sets
}

function boundsOf(
  protocol: Protocol,
  { bounds = {} }: Configuration,
  defaults: Readonly<Record<string, number>>,
): Record<string, number> {
  for (const [name, value] of Object.entries(bounds)) {
    if (!Object.hasOwn(defaults, name) && !COUNTED.includes(name)) {
      const known = Object.keys(defaults)
      throw new UsageError(
        `${protocol.subject} has no bound called ${name}`,
        known.length > 0 ? `its bounds are ${known.join(', ')}` : 'it needs no bounds',
      )
    }
    whole(name, value, 0, 1_000_000)
  }
  return { ...defaults, ...bounds }
}

function networkOf(network: Partial<Network>): Network {
  return { duplicate: true, lose: false, fifo: false, gossip: false, ...network }
}

/** Inputs go to clients where there are clients, to replicas where there are none. */
function inputsOf(
  place: string,
  inputs: NonNullable<Configuration['inputs']>,
  values: readonly string[],
  n: number,
  clients: number,
): string[][] {
  const takes = (id: Id): boolean => (clients > 0 ? id >= n : id < n)
  if (inputs === 'any') return range(n + clients).map((id) => (takes(id) ? [...values] : []))
  for (const [id, list] of Object.entries(inputs)) {
    ids(`${place}: inputs`, [Number(id)], 0, n + clients)
    assertKind(`${place}: the inputs of ${id}`, listOf(TEXT), list)
  }
  for (const value of Object.values(inputs).flat()) {
    if (values.includes(value)) continue
    throw new UsageError(`${place}: input ${value} is not among the values ${values.join(', ')}`, 'add it to --values')
  }
  return range(n + clients).map((id) => [...(inputs[id] ?? [])])
}
