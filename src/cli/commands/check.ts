import type { Command } from 'commander'
import { DEFAULT_MAX_STATES, DEFAULT_MAX_UNIVERSE } from '../../check/result/result.ts'
import { UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { checkJson, checkText } from '../../report/text/check-report.ts'
import { commandLine } from '../../report/text/command-line.ts'
import { PASSES, type PassName, REDUCTIONS } from '../../tables/passes/pass-names.ts'
import { DEFAULT_FOLDER } from '../files/trace-folder.ts'
import { collected, time, wholeNumber } from '../flags/parse.ts'
import type { Session } from '../flags/session.ts'
import { type AskedOfSubject, type JudgingFlags, subjectCommand } from '../flags/subject-command.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import type { CheckAllRequest } from '../workers/engines.ts'
import { checkAll, exitOfCheck } from './check-all.ts'

export interface CheckFlags extends JudgingFlags {
  /** False after --no-reduction: that is how commander reads a flag that begins with no. */
  readonly reduction?: boolean
  readonly without?: string[]
  readonly maxStates?: number
  readonly maxUniverse?: number
  readonly time?: number
  readonly out?: string
}

/** The flags that say how to search. */
function addSearchFlags(command: Command): Command {
  return command
    .option('--no-reduction', `the same as --without ${REDUCTIONS.join(',')}`)
    .option('--without <LIST>', `passes to switch off, out of ${REDUCTIONS.join(', ')}`, collected)
    .option(
      '--max-states <K>',
      `most states for each choice of Byzantine replicas (default ${DEFAULT_MAX_STATES})`,
      wholeNumber(1, 1_000_000_000),
    )
    .option(
      '--max-universe <K>',
      `most messages, and most local states of a replica (default ${DEFAULT_MAX_UNIVERSE})`,
      wholeNumber(1, 1_000_000),
    )
    .option('--time <T>', 'stop all searches after this time (30s, 2m)', time)
    .option('--out <PLACE>', `file or folder for the traces (default ${DEFAULT_FOLDER})`)
}

export function checkCommand(session: Session): Command {
  const description = 'search everything within the bounds: prove each claim, or find a shortest violation'
  return subjectCommand(session, { name: 'check', description, searching: addSearchFlags, by: 'search' }, check)
}

async function check(asked: AskedOfSubject<CheckFlags>, session: Session): Promise<ExitCode> {
  const { flags, output } = asked
  const report = await checkAll(checkRequest(asked), session.engines, output)
  output.say(checkText(report, output.paint, flags.quiet))
  output.json(checkJson(report))
  return exitOfCheck(report)
}

/** What the flags ask of the exhaustive search. */
export function checkRequest({ flags, resolved, settings, chosen }: AskedOfSubject<CheckFlags>): CheckAllRequest {
  return {
    resolved,
    settings,
    chosen,
    without: switchedOff(flags),
    maxStates: flags.maxStates ?? DEFAULT_MAX_STATES,
    maxUniverse: flags.maxUniverse ?? DEFAULT_MAX_UNIVERSE,
    ...(flags.time === undefined ? {} : { time: flags.time }),
    ...(flags.out === undefined ? {} : { out: flags.out }),
    command: (stoppedBy) => again(resolved.asked, flags, stoppedBy === 'time'),
  }
}

/** The passes that are switched off, in their own order. */
function switchedOff({ reduction, without = [] }: CheckFlags): PassName[] {
  for (const name of without) {
    if ((REDUCTIONS as readonly string[]).includes(name)) continue
    if ((PASSES as readonly string[]).includes(name)) {
      throw new UsageError(`${name} is how the tables are made`, `switch off any of ${REDUCTIONS.join(', ')}`)
    }
    throw new UsageError(`there is no pass called ${name}`, didYouMean(name, REDUCTIONS))
  }
  const off = new Set<string>([...without, ...(reduction === false ? REDUCTIONS : [])])
  return PASSES.filter((name) => off.has(name))
}

/** The time is said again only where it ended the search: elsewhere it changed nothing. */
function again(subject: string, { reduction, ...flags }: CheckFlags, stopped: boolean): string {
  const line = commandLine('check', subject, { ...flags, noReduction: reduction === false })
  return stopped ? `${line} --time ${flags.time}ms` : line
}
