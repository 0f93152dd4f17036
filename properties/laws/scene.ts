/** What laws are held against: a protocol in some setting, and one random run of it. */
import { strategies, type Universe, universe } from '../../src/adversary/index.ts'
import { isScripted, RoundRun, sceneOf } from '../../src/fuzz/campaign/lockstep.ts'
import { drawFeatures } from '../../src/fuzz/run/features.ts'
import { replayOnReference } from '../../src/fuzz/run/replay-on-reference.ts'
import { Run, type RunResult } from '../../src/fuzz/run/run.ts'
import { SettingContext, SharedTables } from '../../src/fuzz/run/setting-context.ts'
import { drawnChoices } from '../../src/fuzz/schedule/choices.ts'
import { choosers } from '../../src/fuzz/schedule/choosers.ts'
import {
  type Authentication,
  type Claim,
  type Id,
  program as inSetting,
  isLockstep,
  type Network,
  type Program,
  type Protocol,
  type Setting,
  type Steps,
} from '../../src/model/index.ts'
import { configure, type Step } from '../../src/system/index.ts'

/** The parts of a setting that a law ranges over; the rest is the protocol's default. */
export interface Circumstances {
  readonly byzantine: readonly Id[]
  readonly crash: readonly Id[]
  readonly restart: readonly Id[]
  readonly auth: Authentication
  readonly network: Omit<Network, 'gossip'>
  readonly steps: Steps
}

/** Everything that decides one random run. */
export interface Draw {
  readonly circumstances: Circumstances
  /** Names of strategies: a failing case is printed, and a name is enough. */
  readonly strategies: readonly string[]
  readonly seed: number
}

export const MOST_STEPS = 60

/** The setting that the circumstances stand for. */
export function settingOf(
  protocol: Protocol,
  { byzantine, crash, restart, auth, network, steps }: Circumstances,
): Setting {
  const byzantineReplicas = new Set(byzantine)
  if (isLockstep(protocol)) {
    // Rounds leave neither the network nor a crash anything to do, and somebody has to be known by name.
    return configure(protocol, { byzantine: [...byzantineReplicas], auth: auth === 'none' ? 'channels' : auth })[0]!
  }
  return configure(protocol, {
    byzantine: [...byzantineReplicas],
    crash: crash.filter((id) => !byzantineReplicas.has(id)),
    restart: protocol.definition.durable ? restart.filter((id) => !crash.includes(id)) : [],
    auth,
    network,
    steps,
  })[0]!
}

/** Reducer calls for one universe: a law needs many Byzantine messages, not all of them. */
const UNIVERSE_CALLS = 3_000

/** A ground with a universe that was made before: what can be said depends neither on the network nor on variants. */
class SharedGround extends SharedTables {
  readonly #shared: Universe

  constructor(program: Program, shared: Universe) {
    super(program)
    this.#shared = shared
  }

  override get universe(): Universe {
    return this.#shared
  }
}

const universes = new Map<string, Universe>()

/** The universe of a protocol in its default setting, made once. Variants share the one that was made first. */
export function universeOf(protocol: Protocol): Universe {
  const { name } = protocol.definition
  let known = universes.get(name)
  if (!known) {
    known = universe(inSetting(protocol, configure(protocol, {})[0]!), { maxCalls: UNIVERSE_CALLS })
    universes.set(name, known)
  }
  return known
}

/** A run of the fast engine, finished. */
export interface Played extends RunResult {
  readonly settingContext: SettingContext
}

/** Plays one random run on the fast engine. */
export function played(protocol: Protocol, draw: Draw, claims: readonly Claim<any>[] = []): Played {
  const setting = settingOf(protocol, draw.circumstances)
  const sharedTables = new SharedGround(inSetting(protocol, setting), universeOf(protocol))
  const settingContext = new SettingContext(protocol, setting, claims, sharedTables)
  const choices = drawnChoices(draw.seed, 0)
  const known = strategies.filter(({ name }) => draw.strategies.includes(name))
  const features = drawFeatures(settingContext, choices, known, choosers)
  return { ...new Run(settingContext, features, choices, new Set()).go(MOST_STEPS), settingContext }
}

/** The steps of one random run, as a trace would write them. */
export function told(protocol: Protocol, draw: Draw): { readonly program: Program; readonly steps: readonly Step[] } {
  if (isLockstep(protocol)) {
    const scene = sceneOf(protocol, settingOf(protocol, draw.circumstances))
    const known = strategies.filter((one) => draw.strategies.includes(one.name) && isScripted(scene, one))
    const { steps } = new RoundRun(scene, [], known, drawnChoices(draw.seed, 0)).go(MOST_STEPS)
    return { program: scene.program, steps }
  }
  const { settingContext, entries } = played(protocol, draw)
  return {
    program: settingContext.program,
    steps: replayOnReference(settingContext, entries, settingContext.world.coalition.offered()).steps,
  }
}
