import type { Command } from 'commander'
import { assertRestrictions, RESTRICTIONS, type Restriction, strategiesFor } from '../../adversary/index.ts'
import { DEFAULT_MAX_STEPS, DEFAULT_SEED } from '../../fuzz/campaign/defaults.ts'
import { choosersFor } from '../../fuzz/schedule/own-choosers.ts'
import { lawOf, UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { commandLine } from '../../report/text/command-line.ts'
import { fuzzJson, fuzzText } from '../../report/text/fuzz-report.ts'
import { DEFAULT_FOLDER } from '../files/trace-folder.ts'
import { collected, time, wholeNumber } from '../flags/parse.ts'
import type { Session } from '../flags/session.ts'
import { type AskedOfSubject, type JudgingFlags, subjectCommand } from '../flags/subject-command.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import { DEFAULT_WORKERS } from '../workers/engines.ts'
import type { SearchRequest } from './found-violations.ts'
import { exitOfSearch, searchAndShrink } from './search.ts'

const DEFAULT_RUNS = 1_000
/** What the exhaustive search may look at for something shorter: a few seconds. */
export const CERTIFY_STATES = 200_000
/** With --time alone, the clock ends the search. */
const ENDLESS = 1_000_000_000

export interface FuzzFlags extends JudgingFlags {
  readonly runs?: number
  readonly seed?: number
  readonly maxSteps?: number
  readonly maxStates?: number
  readonly strategy?: string[]
  readonly scheduler?: string[]
  readonly time?: number
  readonly learn?: boolean
  readonly never?: string[]
  readonly workers?: number
  readonly out?: string
}

/** The flags that say how to search. */
export function addSearchFlags(command: Command): Command {
  return command
    .option('--runs <K>', `number of runs (default ${DEFAULT_RUNS})`, wholeNumber(1, ENDLESS))
    .option('--seed <S>', `seed of all choices (default ${DEFAULT_SEED})`, wholeNumber(0, 2 ** 32 - 1))
    .option('--max-steps <K>', `steps after which a run ends (default ${DEFAULT_MAX_STEPS})`, wholeNumber(1, 1_000_000))
    .option('--max-states <K>', 'states that each search for a shorter schedule may visit', wholeNumber(1, 100_000_000))
    .option('--strategy <NAME...>', 'strategies of the Byzantine replicas to draw from', collected)
    .option('--scheduler <NAME...>', 'schedulers to draw from', collected)
    .option('--time <T>', 'stop after this time, shrinking included (30s, 2m)', time)
    .option('--workers <K>', 'threads; the result is the same for any number', wholeNumber(1, 256))
    .option('--out <PLACE>', `file or folder for the traces (default ${DEFAULT_FOLDER})`)
}

export function fuzzCommand(session: Session): Command {
  const description = 'search for a schedule and Byzantine messages that break a claim'
  const searching = (command: Command): Command =>
    addSearchFlags(command)
      .option('--learn', 'search in rounds: each starts from runs that met something new in the rounds before')
      .option('--never <NAME...>', `what the Byzantine replicas never do: ${RESTRICTIONS.join(', ')}`, collected)
  return subjectCommand(session, { name: 'fuzz', description, searching }, fuzz)
}

export async function fuzz(asked: AskedOfSubject<FuzzFlags>, session: Session): Promise<ExitCode> {
  const { flags, output } = asked
  const report = await searchAndShrink(searchRequest(asked, session.engines.certifies), session.engines, output)
  output.say(fuzzText(report, output.paint, flags.quiet))
  output.json(fuzzJson(report))
  return exitOfSearch(report)
}

/**
 * What the flags ask of the fuzzer.
 * @param certifies is the exhaustive search asked for something shorter?
 */
export function searchRequest(
  { flags, resolved, settings, chosen }: AskedOfSubject<FuzzFlags>,
  certifies: boolean,
): SearchRequest {
  const runs = flags.runs ?? (flags.time === undefined ? DEFAULT_RUNS : ENDLESS)
  const seed = flags.seed ?? DEFAULT_SEED
  const law = lawOf(resolved.subject, resolved.protocol)
  const never = [...new Set(flags.never)] as Restriction[]
  assertRestrictions(never, law, resolved.asked)
  return {
    resolved,
    settings,
    chosen,
    runs,
    seed,
    strategies: chosenNames('strategy', flags.strategy, strategiesFor(resolved.protocol)),
    schedulers: chosenNames('scheduler', flags.scheduler, choosersFor(resolved.protocol)),
    maxSteps: flags.maxSteps ?? DEFAULT_MAX_STEPS,
    workers: flags.workers ?? DEFAULT_WORKERS,
    ...(flags.maxStates === undefined ? {} : { maxStates: flags.maxStates }),
    ...(certifies ? { certifyStates: flags.maxStates ?? CERTIFY_STATES } : {}),
    ...(flags.time === undefined ? {} : { time: flags.time }),
    ...(flags.learn ? { learns: true } : {}),
    ...(never.length > 0 ? { never, law } : {}),
    ...(flags.out === undefined ? {} : { out: flags.out }),
    command: (made) =>
      commandLine('fuzz', resolved.asked, { ...flags, runs: flags.time === undefined ? runs : made, seed }),
  }
}

/** The strategies or schedulers asked for, or all there are but those that have to be asked for. */
export function chosenNames(
  kind: string,
  asked: readonly string[] | undefined,
  known: readonly { readonly name: string; readonly onDemand?: boolean }[],
): string[] {
  const names = known.map(({ name }) => name)
  for (const name of asked ?? []) {
    if (!names.includes(name)) throw new UsageError(`there is no ${kind} called ${name}`, didYouMean(name, names))
  }
  return asked ? [...new Set(asked)] : known.filter(({ onDemand }) => !onDemand).map(({ name }) => name)
}
