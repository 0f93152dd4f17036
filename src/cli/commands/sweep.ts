import { Command } from 'commander'
import { strategies } from '../../adversary/index.ts'
import { DEFAULT_MAX_STEPS, DEFAULT_SEED } from '../../fuzz/campaign/defaults.ts'
import type { Configuration } from '../../model/index.ts'
import { commandLine } from '../../report/text/command-line.ts'
import { type SweepReport, sweepJson, sweepText } from '../../report/text/sweep-report.ts'
import { assertConditions } from '../../simulate/index.ts'
import { places } from '../../sweep/axis.ts'
import { finalRecords } from '../../sweep/boundary.ts'
import type { Point } from '../../sweep/cell.ts'
import { configurationAt, type Grid, type GridSubject, pointsOf, settingsAt } from '../../sweep/grid.ts'
import { USUAL_STATES } from '../../sweep/prove.ts'
import { conditionsIn } from '../../sweep/swept-conditions.ts'
import { configure } from '../../system/index.ts'
import type { FindSubject } from '../../trace/index.ts'
import { collected, wholeNumber } from '../flags/parse.ts'
import type { Protocols, Session } from '../flags/session.ts'
import { addSurroundingFlags, configurationOf, type SettingFlags } from '../flags/setting-flags.ts'
import { addSimulationFlags, conditionsOf, type SimulationFlags, simulationTexts } from '../flags/simulation-flags.ts'
import {
  addSurroundingsFlags,
  type SurroundingsFlags,
  type SweptSurroundings,
  surroundingsOf,
} from '../flags/surroundings.ts'
import { chooseClaims } from '../subjects/claim-names.ts'
import type { Resolved } from '../subjects/resolved.ts'
import { EXIT, type ExitCode, worst } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { DEFAULT_WORKERS } from '../workers/engines.ts'
import { chosenNames } from './fuzz.ts'
import { assertSweepPictures, PAGE, savePictures } from './sweep-pictures.ts'
import { runSweep } from './sweep-run.ts'

const DEFAULTS = {
  n: '4..7',
  b: '0..n',
  runs: 200,
  boundary: 10,
  trials: 20,
  maxStates: USUAL_STATES,
  out: 'out/sweep',
}
/** The strategy that is tried first: what tells two sides two consistent stories breaks every quorum that is too small. */
const FIRST = 'split-brain'

export interface SweepFlags extends CommonFlags, SimulationFlags, SurroundingsFlags {
  readonly n?: string
  readonly f?: string
  readonly b?: string
  readonly viewsUnattacked?: string
  readonly claim?: string[]
  readonly strategy?: string[]
  readonly runs?: number
  readonly boundary?: number
  readonly rates?: boolean
  readonly maxStates?: number
  readonly maxSteps?: number
  readonly trials?: number
  readonly seed?: number
  readonly workers?: number
  readonly out?: string
  readonly published?: boolean
  readonly withoutPictures?: boolean
  readonly [setting: string]: unknown
}

/** An axis, looked at before anything is done; n and f may stand in it for numbers where they are known. */
function axis(...known: string[]): (text: string) => string {
  return (text) => {
    places(text, Object.fromEntries(known.map((name) => [name, 4])))
    return text
  }
}

const AFTER = `
Exit code: 1 if a cell with b ≤ f is violated or stuck where the claim promises something, or a cell contradicts theory;
4 if a cell with b ≤ f is vacuous or inconclusive; 0 otherwise. Violations with b > f are expected.`

/** The flags that say where to look, and how hard. */
function addSweepFlags(command: Command): Command {
  const searching = command
    .option('--n <AXIS>', `numbers of replicas: 4..13, or 4,7,10 (default ${DEFAULTS.n})`, axis())
    .option(
      '--f <AXIS>',
      "numbers of faults that the protocol's constants are computed from: 1, n/3 (default: its own)",
      axis('n'),
    )
    .option('--b <AXIS>', `numbers of Byzantine replicas: 0..n, f,f+1 (default ${DEFAULTS.b})`, axis('n', 'f'))
    .option('--views-unattacked <K>', 'the bound views where b = 0, a number or n', axis('n', 'f'))
    .option('--claim <NAME...>', 'claims to judge (default agreement, where the subject has it)', collected)
    .option(
      '--strategy <NAME...>',
      'strategies to try, one after the other (default all; silent for liveness)',
      collected,
    )
    .option('--runs <K>', `runs of each strategy (default ${DEFAULTS.runs})`, wholeNumber(0, 1_000_000))
    .option(
      '--boundary <K>',
      `factor for --runs where a neighbouring cell differs (default ${DEFAULTS.boundary})`,
      wholeNumber(0, 1_000),
    )
    .option('--rates', 'count violating runs instead of stopping at the first')
    .option(
      '--max-states <K>',
      `most states for the proof of one point (default ${DEFAULTS.maxStates})`,
      wholeNumber(0, 10_000_000),
    )
    .option('--max-steps <K>', `steps after which a run ends (default ${DEFAULT_MAX_STEPS})`, wholeNumber(1, 1_000_000))
    .option('--trials <K>', `simulations of each point (default ${DEFAULTS.trials})`, wholeNumber(0, 100_000))
  return addSimulationFlags(searching)
    .option('--seed <S>', `seed of all choices (default ${DEFAULT_SEED})`, wholeNumber(0, 2 ** 32 - 1))
    .option('--workers <K>', 'threads; the result is the same for any number', wholeNumber(1, 256))
    .option('--published', 'run the published experiment instead; with --runs, --seed and --out')
    .option('--without-pictures', 'write the journal and the traces, no pictures')
    .option('--out <FOLDER>', `folder for the journal, traces and pictures (default ${DEFAULTS.out})`)
}

/** The command and its flags. */
export function sweepFlags(session: Protocols): Command {
  const command = new Command('sweep')
    .description('check or search every n, f and b of a grid, with evidence for each cell')
    .argument('[subjects...]', 'registered names, or a file that exports a protocol')
    .addHelpText('after', AFTER)
  return addSurroundingFlags(addSweepFlags(command), session, addSurroundingsFlags)
}

export function sweepCommand(session: Session): Command {
  return sweepFlags(session).action(async (asked: string[], flags: SweepFlags) => {
    session.code = await sweep(asked, flags, session)
  })
}

async function sweep(asked: readonly string[], flags: SweepFlags, session: Session): Promise<ExitCode> {
  if (flags.published) {
    const { publishedSweep } = await import('./published-sweep.ts')
    return publishedSweep(asked, flags, session)
  }
  const output = new Output(session.io, flags)
  const subjects: Resolved[] = []
  for (const name of asked.length > 0 ? new Set(asked) : [undefined]) subjects.push(await session.resolve(name))
  const grid = sweptGrid(subjects, flags, session)
  const points = pointsIn(grid, subjects)
  if (!flags.withoutPictures) await assertSweepPictures()
  const folder = flags.out ?? DEFAULTS.out
  const began = session.io.now()
  const workers = flags.workers ?? DEFAULT_WORKERS
  const request = { grid, points, subjects, folder, workers, command: 'sweep' } as const
  const { records, known } = await runSweep(request, output, session.engines)
  const report: SweepReport = {
    grid,
    records: finalRecords(records),
    seconds: Math.round(session.io.now() - began) / 1_000,
    ...{ folder, known, files: flags.withoutPictures ? [] : [PAGE, 'pictures'] },
    command: sweepLine(subjects, flags, grid),
  }
  if (!flags.withoutPictures) await savePictures(report, output, finderIn(subjects))
  output.say(sweepText(report, output.paint, flags.quiet))
  output.json(sweepJson(report))
  return exitOf(report)
}

/** The command that repeats it. */
export function sweepLine(subjects: readonly Resolved[], flags: SweepFlags, { seed }: Grid): string {
  const names = subjects.map(({ asked }) => asked)
  return commandLine('sweep', names, { ...flags, withoutPictures: undefined, ...simulationTexts(flags), seed })
}

/** Traces of a sweep are about its subjects. */
function finderIn(subjects: readonly Resolved[]): FindSubject {
  return (name) => subjects.find(({ subject }) => subject.protocol.definition.name === name)?.subject
}

/** The points of a grid. Every setting is made once before anything is run: a mistake is told at once. */
export function pointsIn(grid: Grid, subjects: readonly Resolved[]): readonly Point[] {
  const protocols = new Map(
    grid.subjects.map(({ subject, asked = subject }) => [
      subject,
      subjects.find((one) => one.asked === asked)!.protocol,
    ]),
  )
  const points = pointsOf(grid, protocols)
  for (const point of points) {
    for (const setting of settingsAt(protocols.get(point.subject)!, configurationAt(grid, point), point)) {
      assertConditions(conditionsIn(grid.conditions, setting), setting)
    }
  }
  return points
}

/** What the flags ask, with everything said that decides a result. */
export function sweptGrid(subjects: readonly Resolved[], flags: SweepFlags, session: Protocols): Grid {
  const asked = chosenNames('strategy', flags.strategy, strategies)
  const inOrder = flags.strategy ? asked : [FIRST, ...asked.filter((name) => name !== FIRST)]
  const { n = DEFAULTS.n, f = null, b = DEFAULTS.b, viewsUnattacked } = flags
  return {
    subjects: subjects.flatMap((resolved) =>
      surroundingsOf(flags).map((one) => subjectOf(resolved, flags, one, session)),
    ),
    ...{ n, f, b },
    unattacked: viewsUnattacked === undefined ? {} : { views: viewsUnattacked },
    strategies: inOrder,
    silences: flags.strategy ? asked : ['silent'],
    runs: flags.runs ?? DEFAULTS.runs,
    boundary: flags.boundary ?? DEFAULTS.boundary,
    maxSteps: flags.maxSteps ?? DEFAULT_MAX_STEPS,
    maxStates: flags.maxStates ?? DEFAULTS.maxStates,
    trials: flags.trials ?? DEFAULTS.trials,
    conditions: conditionsOf(flags),
    seed: flags.seed ?? DEFAULT_SEED,
    rates: flags.rates ?? false,
  }
}

function subjectOf(
  { asked, found, protocol, subject, configuration }: Resolved,
  flags: SweepFlags,
  surroundings: SweptSurroundings,
  { bounded }: Protocols,
): GridSubject {
  const { n: _, f: __, b: ___, auth: ____, network: _____, ...rest } = flags
  const has = subject.properties.claims.some(({ name }) => name === 'agreement')
  const chosen = chooseClaims(subject, flags.claim ?? (has ? ['agreement'] : undefined))
  // An exception in a rule is looked for everywhere, and has cells of its own where it is asked for.
  const isNamed = flags.claim?.some((name) => ['all', 'no-exception'].includes(name)) ?? false
  const claims = chosen.claims.map(({ name }) => name).filter((name) => isNamed || name !== 'no-exception')
  const here = { ...rest, ...surroundings.configuration } as SettingFlags
  const own: Configuration = configurationOf(here, configuration, bounded, places(flags.n ?? DEFAULTS.n))
  configure(protocol, { ...own, byzantine: [] })
  const { label } = surroundings
  const named = label === '' ? { subject: asked } : { subject: `${asked} ${label}`, asked }
  return { ...named, found, claims, configuration: own }
}

/** What breaks beyond f is what was asked for; within f it is news, and so is a cell that contradicts theory. */
function exitOf({ records, grid }: SweepReport): ExitCode {
  const codes = {
    violated: EXIT.violated,
    stuck: EXIT.violated,
    vacuous: EXIT.inconclusive,
    // Where no runs were asked for, nobody wanted to know.
    inconclusive: grid.runs > 0 ? EXIT.inconclusive : EXIT.holds,
  }
  const cells = records.flatMap((record) => record.cells)
  return worst(
    cells.flatMap(({ verdict, b, f, beyond, contradicts }) => [
      contradicts ? EXIT.violated : EXIT.holds,
      b <= f && !beyond && verdict in codes ? codes[verdict as keyof typeof codes] : EXIT.holds,
    ]),
  )
}
