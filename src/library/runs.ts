import { Command } from 'commander'
import { collected, wholeNumber } from '../cli/flags/parse.ts'
import { addSettingFlags, configurationOf, type SettingFlags } from '../cli/flags/setting-flags.ts'
import { chooseClaims } from '../cli/subjects/claim-names.ts'
import type { Setting } from '../model/index.ts'
import { configure } from '../system/index.ts'
import { asked } from './asked.ts'
import type { AskingOptions, OneOrMore, SettingOptions } from './options.ts'
import { RunDrawing } from './run-drawing.ts'
import type { SubjectLike } from './subject-like.ts'

/** Options of `runs` and `settings`. */
export interface RunsOptions extends SettingOptions, Pick<AskingOptions, 'claims'> {
  /** Names of the claims that a run is judged by; `all` of them. Default: those of `fuzz`. */
  readonly claim?: OneOrMore
  /** Steps after which a run ends. Default 60. */
  readonly maxSteps?: number
  /** Messages that Byzantine replicas choose from. Default 2,000. */
  readonly maxUniverse?: number
}

interface RunsFlags extends SettingFlags {
  readonly claim?: string[]
  readonly maxSteps?: number
  readonly maxUniverse?: number
}

const DEFAULT_STEPS = 60
const DEFAULT_MESSAGES = 2_000

function runsCommand(session: Parameters<typeof addSettingFlags>[1]): Command {
  const command = new Command('runs')
    .option('--claim <NAME...>', 'claims to judge', collected)
    .option('--max-steps <K>', 'steps after which a run ends', wholeNumber(1, 10_000))
    .option('--max-universe <K>', 'messages to choose from', wholeNumber(1, 1_000_000))
  return addSettingFlags(command, session)
}

/** The settings that options ask for, and what draws runs in them. */
export async function drawingOf(
  given: SubjectLike,
  options: RunsOptions,
): Promise<{ readonly settings: readonly Setting[]; readonly drawing: RunDrawing }> {
  const { session, resolved, flags } = await asked<RunsFlags>(given, options, runsCommand)
  const { protocol, subject, configuration } = resolved
  const settings = configure(protocol, configurationOf(flags, configuration, session.bounded))
  const { maxSteps = DEFAULT_STEPS, maxUniverse = DEFAULT_MESSAGES } = flags
  const { claims } = chooseClaims(subject, flags.claim)
  return { settings, drawing: new RunDrawing(protocol, settings, claims, { maxSteps, maxUniverse }) }
}
