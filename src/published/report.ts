import { counted, duration, percent } from '../report/text/numbers.ts'
import { type Paint, plain } from '../report/text/paint.ts'
import { table, wrapped } from '../report/text/table.ts'
import { wilson } from '../sweep/wilson.ts'
import type { PublishedPoint } from './point.ts'
import { expectedOf, mostTolerated, oddPoints, type PublishedStudy } from './theory.ts'

/** All that `sweep --published` reports. */
export interface PublishedReport {
  readonly study: PublishedStudy
  /** For the trials as published, and again with COMMIT sent once; pictures not counted. */
  readonly seconds: number
  readonly onceSeconds: number
  /** The folder that the files are in, as the user would name it. */
  readonly folder: string
  readonly page: string
  /** The command that repeats it. */
  readonly command: string
}

/** Microseconds: what the virtual clock counts in. */
function secondsText(seconds: number | null): string {
  return seconds === null ? 'NA' : seconds.toFixed(6)
}

export function millisecondsText(seconds: number | null): string {
  return seconds === null ? '–' : `${(seconds * 1_000).toFixed(1)} ms`
}

/** The lines that the published program prints. */
export function publishedLines({ n, f, runs, points }: PublishedStudy): string[] {
  const rows = points.map(({ malicious, successes, meanLatencyS, agreements }) =>
    [
      `malicious=${String(malicious).padStart(2)}`,
      `success=${successes}/${runs}`,
      `avg_latency=${secondsText(meanLatencyS)}`,
      `digest_agreement=${agreements}/${Math.max(1, successes)}`,
    ].join(' | '),
  )
  return [
    `n=${n} => PBFT theoretical max f = floor((n-1)/3) = ${f}`,
    'Theory: safety/liveness typically assumed when malicious <= f and timing assumptions hold.',
    ...rows,
  ]
}

export const SPLIT_COLUMNS = [
  'malicious',
  'primary correct',
  'primary Byzantine',
  'success expected',
  'latency as published',
  'COMMIT sent once',
  'latency expected',
] as const

/** Beside the printed lines: what they leave out, and what arithmetic says. */
export function splitRows(study: PublishedStudy): string[][] {
  const expected = expectedOf(study)
  return study.points.map(({ malicious, meanLatencyS, primaryCorrect, primaryByzantine }, i) => [
    String(malicious),
    `${primaryCorrect.successes} of ${primaryCorrect.trials}`,
    `${primaryByzantine.successes} of ${primaryByzantine.trials}`,
    percent(expected[i]!.success),
    millisecondsText(meanLatencyS),
    millisecondsText(study.once[i]?.meanLatencyS ?? null),
    millisecondsText(expected[i]!.latencyS),
  ])
}

/** What the two curves measure, in two paragraphs. */
export function explanations({ n, f }: PublishedStudy): string[] {
  const most = mostTolerated(n, f)
  const quorum = 2 * f + 1
  return [
    `Success: the malicious replicas are drawn from all ${n}, the primary included, and a bad primary is never replaced. \
With a correct primary every trial up to ${most} malicious succeeds and none beyond, because the malicious never send \
COMMIT and the ${n} − m correct ones must be the quorum of ${quorum} alone; with a Byzantine primary none succeeds at \
any m ≥ 1. So the curve is 1 − m/${n} up to m = ${most}, the chance that the primary is not drawn, and 0 after it.`,
    `Latency: a replica sends COMMIT again on every PREPARE from the ${quorum}th on, and handles nothing while a \
broadcast is under way. The malicious vote for the proposal in one trial of four only: the more of them, the fewer \
PREPAREs, the fewer repeated COMMITs to wait for. With COMMIT sent once the latency is flat.`,
  ]
}

/** Whether every trial ended as the analysis says. */
export function checkedText(study: PublishedStudy): string {
  const odd = [...new Set(oddPoints(study).map(({ malicious }) => malicious))]
  const trials = study.runs * (study.points.length + study.once.length)
  if (odd.length === 0) return `All ${counted(trials, 'trial')} ended as the analysis says`
  return `!! Trials with m = ${odd.join(', ')} ended OTHERWISE than the analysis says`
}

/** The lines that `sweep --published` prints. With `brief`, those of the published program only. */
export function publishedText(report: PublishedReport, paint: Paint = plain, brief = false): string[] {
  const { study, seconds, onceSeconds, folder, page, command } = report
  if (brief) return publishedLines(study)
  const colour = oddPoints(study).length > 0 ? paint.red : paint.green
  const trials = counted(study.runs * study.points.length, 'trial')
  return [
    ...publishedLines(study),
    '',
    paint.bold('the same trials, split by whether the primary was drawn; and again with COMMIT sent once'),
    ...table([[...SPLIT_COLUMNS], ...splitRows(study)], '  '),
    '',
    ...explanations(study).flatMap((text) => [...wrapped(text), '']),
    colour(checkedText(study)),
    `${trials} as published in ${duration(seconds)}, as many with COMMIT sent once in ${duration(onceSeconds)}`,
    `in ${folder}: ${page}, the pictures, their numbers, trials.jsonl`,
    `again: ${command}`,
  ]
}

/** One cell of the sweep: agreement under the published adversary. */
function cellOf(subject: string, { n, f }: PublishedStudy, point: PublishedPoint): object {
  const { malicious, trials, disagreements, decided, latencyMs, messages } = point
  const verdict = disagreements > 0 ? 'violated' : decided === 0 ? 'vacuous' : 'not-found'
  return {
    ...{ subject, n, f, b: malicious, quorum: 2 * f + 1, strategy: 'published', claim: 'agreement', verdict },
    ...{ runs: trials, violations: disagreements, decided, upper95: wilson(disagreements, trials).high },
    ...{ latency: latencyMs ?? undefined, messages },
  }
}

/** The object that `sweep --published --json` prints. */
export function publishedJson({ study, seconds, onceSeconds, folder, command }: PublishedReport): object {
  const { points, once, ...grid } = study
  const expected = expectedOf(study)
  return {
    command: 'sweep',
    grid: { ...grid, malicious: points.map(({ malicious }) => malicious) },
    cells: [
      ...points.map((point) => cellOf('asyncio-pbft', study, point)),
      ...once.map((point) => cellOf('asyncio-pbft/commit-once', study, point)),
    ],
    published: points.map((point, i) => ({ ...point, commitOnce: once[i], expected: expected[i] })),
    ...{ seconds, onceSeconds, folder },
    reproduce: command,
  }
}
