import { join, resolve } from 'node:path'
import { UsageError } from '../../model/index.ts'
import { MAIN, type PublishedExperiment, publishedExperiment, trialsIn, VARIANTS } from '../../published/experiment.ts'
import { publishedPage } from '../../published/page.ts'
import { publishedPlots } from '../../published/plots.ts'
import { type PublishedReport, publishedJson, publishedText } from '../../published/report.ts'
import { oddPoints } from '../../published/theory.ts'
import { assertPictures, png } from '../../report/plots/index.ts'
import { commandLine } from '../../report/text/command-line.ts'
import { saveFile } from '../files/save-file.ts'
import { assertWritable } from '../files/trace-folder.ts'
import type { Session } from '../flags/session.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import { type CommonFlags, Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'

const FOLDER = 'out/published'
const PAGE = 'report.html'

/** Flags that `--published` leaves room for; all others it answers itself. */
const ITS_OWN = ['published', 'runs', 'seed', 'out', 'workers', 'json', 'quiet', 'color']

export interface PublishedFlags extends CommonFlags {
  readonly runs?: number
  readonly seed?: number
  readonly out?: string
  readonly [other: string]: unknown
}

/**
 * The published experiment: its sweep over 0 … 9 malicious replicas, what it prints and plots, and beside it what its
 * curves measure.
 */
export async function publishedSweep(
  asked: readonly string[],
  flags: PublishedFlags,
  session: Session,
): Promise<ExitCode> {
  assertPublished(asked, flags)
  const output = new Output(session.io, flags)
  const { runs = MAIN.runs, seed = MAIN.seed, out = FOLDER } = flags
  const { cwd } = session.io
  await assertPictures()
  await assertWritable(cwd, out)
  const { study, trials, seconds } = experiment(runs, seed, output)
  const report: PublishedReport = {
    study,
    ...{ seconds: seconds[0]!, onceSeconds: seconds[1]! },
    ...{ folder: out, page: PAGE },
    command: commandLine('sweep', 'asyncio-pbft', { published: true, runs, seed }),
  }
  await saveAll(resolve(cwd, out), report, trials)
  output.say(publishedText(report, output.paint, flags.quiet))
  output.json(publishedJson(report))
  const disagreed = study.points.some(({ disagreements }) => disagreements > 0)
  return disagreed || oddPoints(study).length > 0 ? EXIT.violated : EXIT.holds
}

/** @throws UsageError where something is asked that the published experiment has fixed */
function assertPublished(asked: readonly string[], flags: PublishedFlags): void {
  const { subject } = VARIANTS[0]!
  const odd = asked.find((name) => name !== subject)
  if (asked.length !== 1 || odd !== undefined) {
    throw new UsageError(
      odd === undefined ? '--published needs its subject' : `--published is an experiment with ${subject}, not ${odd}`,
      `write: turncoat sweep ${subject} --published`,
    )
  }
  if (flags.runs === 0) throw new UsageError('--published without a trial shows nothing', 'give --runs 1 or more')
  const fixed = Object.keys(flags).find((name) => flags[name] !== undefined && !ITS_OWN.includes(name))
  if (fixed === undefined) return
  const flag = fixed.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new UsageError(`--published leaves no room for --${flag}`, 'it takes --runs, --seed and --out')
}

/** Shows how far the experiment is, and takes its time. */
function experiment(runs: number, seed: number, output: Output): PublishedExperiment {
  const bar = progress(output, trialsIn(runs), 'trials')
  try {
    return publishedExperiment(runs, seed, { now: output.io.now, onProgress: bar.update })
  } finally {
    bar.stop()
  }
}

/** The page, the pictures with their numbers, and every trial. */
async function saveAll(folder: string, { study, command }: PublishedReport, trials: readonly object[]): Promise<void> {
  const plots = await publishedPlots(study)
  for (const { name, svg, csv } of plots) {
    await saveFile(join(folder, `${name}.svg`), svg)
    await saveFile(join(folder, `${name}.csv`), csv)
    await saveFile(join(folder, `${name}.png`), await png(svg))
  }
  await saveFile(join(folder, 'trials.jsonl'), trials.map((trial) => `${JSON.stringify(trial)}\n`).join(''))
  await saveFile(join(folder, PAGE), publishedPage(study, plots, command))
}
