import { type Configuration, HarnessError, program as inSetting } from '../model/index.ts'
import { type Conditions, SILENT, type Simulated, simulate, type Until } from '../simulate/index.ts'
import { configure } from '../system/index.ts'
import type { LookedAt, Scenario, ScenarioEffort } from './scenario.ts'
import { studied } from './subject.ts'

/** Simulated executions that differ in their seeds only. Byzantine replicas say nothing. */
export interface Trials {
  readonly subject: string
  readonly configuration: Configuration
  readonly conditions: Conditions
  /** Names of the safety claims that are judged. */
  readonly claims: readonly string[]
  readonly until: Until
  /** The seed of the first one; the others count on from it. */
  readonly seed: number
  readonly count: number
}

/** Looks at cases of a study somewhere else, several at a time. */
export interface CasesElsewhere {
  readonly scenario: (scenario: Scenario, effort: ScenarioEffort) => Promise<LookedAt>
  readonly trials: (trials: Trials) => Promise<readonly Simulated[]>
}

/** Runs them all, here or somewhere else. */
export async function runSomewhere(
  trials: Trials,
  elsewhere: CasesElsewhere | undefined,
): Promise<readonly Simulated[]> {
  return elsewhere ? elsewhere.trials(trials) : runTrials(trials)
}

/** Runs them all; the same trials give the same results. */
export function runTrials({ subject, configuration, conditions, claims, until, seed, count }: Trials): Simulated[] {
  const found = studied(subject)
  const [setting, ...others] = configure(found.protocol, configuration)
  if (!setting || others.length > 0) throw new HarnessError('trials need one setting: name the Byzantine replicas')
  const program = inSetting(found.protocol, setting)
  const judged = found.subject.properties.claims.filter(
    ({ name, kind }) => kind === 'sometimes' || claims.includes(name),
  )
  return Array.from({ length: count }, (_, trial) =>
    simulate({
      ...{ program, conditions, until, claims: judged },
      ...{ seed: seed + trial, faults: SILENT, load: { kind: 'inputs' } as const },
    }),
  )
}
