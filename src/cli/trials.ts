import { type Configuration, HarnessError, program as inSetting } from '../model/index.ts'
import { type Conditions, SILENT, type Simulated, simulate, type Until } from '../simulate/index.ts'
import { configure } from '../system/index.ts'
import type { Engines } from './engines.ts'
import { registered } from './registered.ts'

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

/** Runs them all, here or somewhere else. */
export async function runSomewhere(trials: Trials, { studyElsewhere }: Engines): Promise<readonly Simulated[]> {
  return studyElsewhere ? studyElsewhere.trials(trials) : runTrials(trials)
}

/** Runs them all; the same trials give the same results. */
export function runTrials({ subject, configuration, conditions, claims, until, seed, count }: Trials): Simulated[] {
  const found = registered(subject)
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
