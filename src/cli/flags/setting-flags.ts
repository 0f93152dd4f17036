import { type Command, Option } from 'commander'
import {
  AUTHENTICATIONS,
  type Authentication,
  type Configuration,
  type Protocol,
  type Steps,
  UsageError,
} from '../../model/index.ts'
import { DEFAULT_N } from '../../system/index.ts'
import { assertRoles, clients, inputs, type NetworkFlags, names, network, replicas, wholeNumber } from './parse.ts'
import type { Protocols } from './session.ts'

/** The values of the flags that say which setting to look at, as commander hands them over. */
export interface SettingFlags {
  readonly n?: number
  readonly f?: number
  readonly b?: number
  readonly byzantine?: number[]
  readonly crash?: number[]
  readonly restart?: number[]
  readonly clients?: number
  readonly byzantineClients?: number[]
  readonly values?: string[]
  readonly inputs?: 'any' | Record<number, string[]>
  readonly auth?: Authentication
  readonly network?: NetworkFlags
  readonly steps?: Steps
  /** Bounds by the names that their protocol gives them. */
  readonly [bound: string]: unknown
}

/** Bounds that papers have; each subject says which of them it knows. */
const COMMON_BOUNDS = ['views', 'slots', 'checkpoint', 'timeouts', 'restarts', 'flips']

/** Flags that bounds cannot be, besides those that a command has. */
const OF_EVERY_COMMAND = ['--json', '--quiet', '--color', '--help', '--version']

const BOUNDS = '\nBounds are flags too, such as --views 2. Add a subject to see its own: turncoat check pbft --help'

/** Sizes for which a protocol is asked which bounds it has. */
const ASKED_SIZE = 4

function boundsOf(protocol: Protocol): string[] {
  return Object.keys(protocol.definition.defaults(ASKED_SIZE).bounds)
}

/** The flag of a bound, `--view-changes`, from its name in the protocol, `viewChanges`. */
function flagOf(bound: string): string {
  return bound.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Names of all bounds that can be flags, where these protocols bring theirs. */
function boundNames(bounded: readonly Protocol[]): string[] {
  return [...new Set([...COMMON_BOUNDS, ...bounded.flatMap(boundsOf)])]
}

/** Adds the flags that say which setting to look at. */
export function addSettingFlags(command: Command, session: Protocols): Command {
  command
    .option('--n <K>', 'number of replicas', wholeNumber(1, 1_000))
    .option('--f <K>', "number of faults that the protocol's constants are computed from", wholeNumber(0, 1_000))
    .option('--byzantine <IDS>', 'replicas that are Byzantine: 0,3 or none', replicas)
    .option('--b <K>', 'instead of --byzantine: every choice of K Byzantine replicas', wholeNumber(0, 1_000))
  return addSurroundingFlags(command, session)
}

/** Adds those that say who can speak for whom, and what happens to messages on their way. */
function addNetworkFlags(command: Command): Command {
  return command
    .addOption(new Option('--auth <KIND>', 'how messages are authenticated').choices([...AUTHENTICATIONS]))
    .option('--network <LIST>', 'what the network does: duplicate,lose,fifo,gossip, or none', network)
}

/**
 * Adds those that say nothing of how many replicas there are, and how many of them are Byzantine. A command that takes
 * several networks brings flags of its own for them.
 */
export function addSurroundingFlags(
  command: Command,
  { loaded, named, bounded }: Protocols,
  addNetwork = addNetworkFlags,
): Command {
  command
    .option('--crash <IDS>', 'replicas that may stop for ever', replicas)
    .option('--restart <IDS>', 'replicas that may begin anew with what is durable', replicas)
    .option('--clients <K>', 'number of clients', wholeNumber(0, 100))
    .option('--byzantine-clients <IDS>', 'clients that are Byzantine', clients)
    .option('--values <LIST>', 'values that inputs range over: a,b', names)
    .option('--inputs <INPUTS>', 'inputs: r0=a;r1=b, or any', inputs)
  addNetwork(command).addOption(new Option('--steps <KIND>', 'may an enabled rule wait?').choices(['lazy', 'eager']))
  const taken = new Set([...OF_EVERY_COMMAND, ...command.options.map(({ long }) => long)])
  const shown = new Set(named.flatMap(boundsOf))
  for (const bound of boundNames(bounded)) {
    const flag = `--${flagOf(bound)}`
    // Commander reads a flag that begins with no as the opposite of another.
    if (taken.has(flag) || flag.startsWith('--no-')) {
      const place = `${loaded?.protocol.definition.name}, defaults`
      throw new UsageError(
        `${place}: a bound called ${bound} would be the flag ${flag}, which means something else`,
        'give the bound another name',
      )
    }
    const option = new Option(`${flag} <K>`, `bound: ${bound}`).argParser(wholeNumber(0, 1_000_000))
    command.addOption(shown.has(bound) ? option : option.hideHelp())
  }
  return named.length > 0 ? command : command.addHelpText('after', BOUNDS)
}

/**
 * What the flags say, on top of what a named setting or the user's file says.
 * @param bounded protocols whose bounds are flags
 * @param sizes the numbers of replicas that there will be
 */
export function configurationOf(
  flags: SettingFlags,
  base: Configuration = {},
  bounded: readonly Protocol[] = [],
  sizes: readonly number[] = [flags.n ?? base.n ?? DEFAULT_N],
): Configuration {
  if (typeof flags.inputs === 'object') for (const n of sizes) assertRoles(flags.inputs, n)
  if (flags.b !== undefined && flags.byzantine !== undefined) {
    throw new UsageError('--b and --byzantine both say who is Byzantine', 'give one of the two')
  }
  const bounds: Record<string, number> = { ...base.bounds }
  for (const bound of boundNames(bounded)) if (typeof flags[bound] === 'number') bounds[bound] = flags[bound]
  const { n, f, b, byzantine, crash, restart, clients, byzantineClients, values, auth, steps } = flags
  const given = {
    ...{ n, f, byzantine, b, crash, restart, clients, byzantineClients },
    ...{ values, inputs: flags.inputs, auth, steps },
  }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  // Who is Byzantine is one question with two flags: either answer replaces both of the base.
  const { b: baseB, byzantine: baseIds, ...rest } = base
  const byzantineReplicas = b !== undefined || byzantine !== undefined ? {} : { b: baseB, byzantine: baseIds }
  return {
    ...rest,
    ...byzantineReplicas,
    ...said,
    bounds,
    ...(flags.network ? { network: flags.network } : {}),
  }
}
