import { join, resolve } from 'node:path'
import { type Protocol, range, UsageError } from '../model/index.ts'
import { asyncioPbft, commitOnce } from '../protocols/asyncio-pbft.ts'
import { png } from '../report/plots/index.ts'
import { publishedPage } from '../report/published-page.ts'
import { publishedPlots } from '../report/published-plots.ts'
import { type PublishedReport, publishedJson, publishedText } from '../report/published-report.ts'
import { PUBLISHED, publishedTrials } from '../simulate/published.ts'
import { type PublishedPoint, publishedPoint } from '../sweep/published-point.ts'
import { oddPoints, type PublishedStudy } from '../sweep/published-theory.ts'
import { commandLine } from './command-line.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { type CommonFlags, Output } from './io.ts'
import { progress } from './progress.ts'
import { saveFile } from './save-file.ts'
import type { Session } from './session.ts'
import { assertWritable } from './trace-folder.ts'

/** What the published main program says; it makes 6 trials of each point. */
const MAIN = { n: 10, runs: 6, seed: 11 }

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

/** The protocol as it was written, and the variant that sends COMMIT once. */
const VARIANTS = [asyncioPbft, commitOnce] as readonly unknown[] as readonly Protocol[]

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
  await assertWritable(cwd, out)
  const { study, trials, seconds } = await studied(runs, seed, output)
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

interface Studied {
  readonly study: PublishedStudy
  /** Every trial as a line: the fields of the published program first. */
  readonly trials: readonly object[]
  /** How long each protocol took. */
  readonly seconds: readonly number[]
}

/** Both protocols on the same samples of malicious replicas. */
async function studied(runs: number, seed: number, output: Output): Promise<Studied> {
  const { n } = MAIN
  // The main program goes up to f + 6, which is 9 of its 10 replicas.
  const f = Math.floor((n - 1) / 3)
  const numbers = range(Math.min(n, f + 6) + 1)
  const bar = progress(output, VARIANTS.length * numbers.length * runs, 'trials')
  const trials: object[] = []
  const lists: PublishedPoint[][] = []
  const seconds: number[] = []
  let done = 0
  try {
    for (const protocol of VARIANTS) {
      const points: PublishedPoint[] = []
      const began = output.io.now()
      for (const malicious of numbers) {
        const made = publishedTrials({ protocol, n, malicious, seed }, runs)
        points.push(publishedPoint(malicious, made))
        for (const [t, trial] of made.entries()) trials.push({ subject: protocol.subject, trial: t, ...trial })
        done += runs
        bar.update(done, `${protocol.subject}, ${malicious} malicious`)
      }
      lists.push(points)
      seconds.push(Math.round(output.io.now() - began) / 1_000)
    }
  } finally {
    bar.stop()
  }
  const study = { n, f, runs, seed, conditions: PUBLISHED, points: lists[0]!, once: lists[1]! }
  return { study, trials, seconds }
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
