import { Command } from 'commander'
import { strategies } from '../adversary/index.ts'
import { chosenNames } from '../cli/commands/fuzz.ts'
import { collected, wholeNumber } from '../cli/flags/parse.ts'
import { addSettingFlags, configurationOf, type SettingFlags } from '../cli/flags/setting-flags.ts'
import { addSimulationFlags, conditionsOf, type SimulationFlags } from '../cli/flags/simulation-flags.ts'
import { chooseClaims } from '../cli/subjects/claim-names.ts'
import { DEFAULT_SEED } from '../fuzz/campaign/defaults.ts'
import { program as inSetting, type Program, type Setting, UsageError } from '../model/index.ts'
import { behaviourOf, FAR, type Metrics, type Simulated, simulate as simulateOne, summary } from '../simulate/index.ts'
import { conditionsIn } from '../sweep/swept-conditions.ts'
import { configure, unbounded } from '../system/index.ts'
import { asked } from './asked.ts'
import type { SimulateOptions } from './options.ts'
import type { SubjectLike } from './subject-like.ts'

const DEFAULT_TRIALS = 20
const SILENCE = 'silent'

interface SimulateFlags extends SettingFlags, SimulationFlags {
  readonly claim?: string[]
  readonly trials?: number
  readonly seed?: number
  readonly strategy?: string
}

/** The result of `simulate`. */
export interface SimulateOutcome {
  readonly setting: Setting
  /** In the order of their seeds. */
  readonly runs: readonly Simulated[]
  /** Over all runs: latency, messages by type, timeouts, undecided replicas, violated claims. */
  readonly metrics: Metrics
  readonly stoppedBy: 'signal' | null
}

export function simulateCommand(session: Parameters<typeof addSettingFlags>[1]): Command {
  const command = new Command('simulate')
    .option('--claim <NAME...>', 'claims to judge', collected)
    .option('--trials <K>', 'executions', wholeNumber(1, 100_000))
    .option('--seed <S>', 'seed of the first one', wholeNumber(0, 2 ** 32 - 1))
    .option('--strategy <NAME>', 'what Byzantine replicas do')
  return addSettingFlags(addSimulationFlags(command), session)
}

export async function simulateSubject(given: SubjectLike, options: SimulateOptions): Promise<SimulateOutcome> {
  const { io, session, resolved, flags } = await asked<SimulateFlags>(given, options, simulateCommand)
  const { protocol, subject, configuration } = resolved
  const settings = configure(protocol, configurationOf(flags, configuration, session.bounded))
  const [setting] = settings
  const claims = chooseClaims(subject, flags.claim).claims.filter(({ kind }) => kind !== 'liveness')
  const guards = subject.properties.claims.filter(({ kind }) => kind === 'sometimes')
  // Bounds are for searches; an execution ends when all have decided, or nothing is left to happen.
  const program = unbounded(inSetting(protocol, setting!))
  const conditions = conditionsIn(conditionsOf(flags), setting!)
  const { trials = DEFAULT_TRIALS, seed = DEFAULT_SEED } = flags
  const runs: Simulated[] = []
  for (let trial = 0; trial < trials && !io.cancelled?.(); trial++) {
    const faults = { behaviour: behaviour(program, flags.strategy, trial) }
    const load = { kind: 'inputs' } as const
    runs.push(
      simulateOne({
        program,
        conditions,
        seed: seed + trial,
        faults,
        load,
        until: FAR,
        claims: [...guards, ...claims],
      }),
    )
    io.bar?.({ done: trial + 1, total: trials, unit: 'executions', note: '' })
    await io.rest?.()
  }
  return { setting: setting!, runs, metrics: summary(runs), stoppedBy: runs.length < trials ? 'signal' : null }
}

function behaviour(program: Program, name = SILENCE, trial: number) {
  const [chosen] = chosenNames('strategy', [name], strategies)
  const strategy = strategies.find((one) => one.name === chosen)!
  if (program.setting.byzantine.length === 0) {
    if (name === SILENCE) return {}
    throw new UsageError(
      `no replica is Byzantine, and only Byzantine replicas can ${name}`,
      'name replicas with byzantine, or give b',
    )
  }
  return behaviourOf(strategy, program, trial)
}
