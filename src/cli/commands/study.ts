import { resolve } from 'node:path'
import { Command } from 'commander'
import { DEFAULT_SEED } from '../../fuzz/campaign/defaults.ts'
import { UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { assertPictures } from '../../report/plots/index.ts'
import { table } from '../../report/text/table.ts'
import { studies } from '../../studies/index.ts'
import type { Study } from '../../studies/study.ts'
import type { PointRecord } from '../../sweep/cell.ts'
import { type Grid, pointsOf } from '../../sweep/grid.ts'
import { assertWritable } from '../files/trace-folder.ts'
import { wholeNumber } from '../flags/parse.ts'
import type { Session } from '../flags/session.ts'
import { registered } from '../subjects/registered.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'
import { DEFAULT_WORKERS } from '../workers/engines.ts'
import { writeStudy } from './study-files.ts'
import { runSweep } from './sweep-run.ts'
import { saveTracePages } from './trace-pages.ts'

interface StudyFlags extends CommonFlags {
  readonly out?: string
  readonly quick?: boolean
  readonly seed?: number
  readonly workers?: number
}

const AFTER = `
Without a name: list the studies. Exit code: 1 if any result contradicts theory, else 0.`

export function studyCommand(session: Session): Command {
  return new Command('study')
    .description('answer one question with pictures, tables and traces')
    .argument('[name]', 'a study')
    .option('--out <FOLDER>', 'folder for its files (default out/studies/NAME)')
    .option('--quick', 'smaller: fewer sizes, fewer runs')
    .option('--seed <S>', `seed of all choices (default ${DEFAULT_SEED})`, wholeNumber(0, 2 ** 32 - 1))
    .option('--workers <K>', 'threads; the result is the same for any number', wholeNumber(1, 256))
    .addHelpText('after', AFTER)
    .action(async (name: string | undefined, flags: StudyFlags) => {
      session.code = await study(name, flags, session)
    })
}

async function study(name: string | undefined, flags: StudyFlags, session: Session): Promise<ExitCode> {
  const output = new Output(session.io, flags)
  if (name === undefined) {
    output.say(table(studies.map((one) => [one.name, one.about])))
    output.json({ command: 'study', studies: studies.map(({ name, about }) => ({ name, about })) })
    return EXIT.holds
  }
  return runStudy(found(name), flags, session, output)
}

function found(name: string): Study {
  const one = studies.find((known) => known.name === name)
  if (one) return one
  const names = studies.map((known) => known.name)
  throw new UsageError(`there is no study called ${name}`, didYouMean(name, names, `there are ${names.join(', ')}`))
}

async function sweepFor(
  grid: Grid,
  folder: string,
  workers: number,
  output: Output,
  session: Session,
): Promise<readonly PointRecord[]> {
  const subjects = grid.subjects.map(({ subject }) => registered(subject))
  const points = pointsOf(grid, new Map(subjects.map(({ asked, protocol }) => [asked, protocol])))
  return (await runSweep({ grid, points, subjects, folder, workers, command: 'study' }, output, session.engines))
    .records
}

async function runStudy(one: Study, flags: StudyFlags, session: Session, output: Output): Promise<ExitCode> {
  const { quick = false, seed = DEFAULT_SEED, workers = DEFAULT_WORKERS, out } = flags
  const folder = out ?? `out/studies/${one.name}`
  await assertPictures()
  await assertWritable(session.io.cwd, folder)
  const command = `turncoat study ${one.name}${quick ? ' --quick' : ''} --seed ${seed}`
  const findings = await one.run({
    progress: (total, unit) => progress(output, total, unit),
    sweep: (grid) => sweepFor(grid, folder, workers, output, session),
    elsewhere: session.engines.studyElsewhere,
    ...{ quick, seed },
  })
  const files = await writeStudy(findings, command, session.io.cwd, folder)
  await saveTracePages(resolve(session.io.cwd, folder, 'traces'), await session.finder(undefined))
  const { title, rows, summary, surprises } = findings
  output.say([output.paint.bold(title), '', ...summary, ''])
  output.say(
    surprises.length === 0
      ? 'all results are as theory predicts'
      : ['not as theory predicts:', ...surprises.map((text) => `  ${text}`)],
  )
  output.remark([`in ${folder}: ${files.length} files; read ${folder}/report.html`, `again: ${command}`])
  output.json({ command: 'study', study: one.name, quick, seed, folder, files, rows, surprises, reproduce: command })
  return surprises.length === 0 ? EXIT.holds : EXIT.violated
}
