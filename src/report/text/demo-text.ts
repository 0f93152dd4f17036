import { wilson } from '../../sweep/wilson.ts'
import type { Replayed } from '../../trace/index.ts'
import { boundsText } from './bounds-text.ts'
import type { CheckReport } from './check-report.ts'
import type { ClaimReport, FuzzReport } from './fuzz-report.ts'
import { counted, duration, percent, thousands } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { table } from './table.ts'
import { visible } from './visible.ts'

/** A search of the tour, and the replay of what it saved. */
export interface Shown {
  readonly report: FuzzReport
  readonly replayed?: Replayed
}

/** One cell of the breakdown. */
export interface DemoCell {
  readonly n: number
  readonly b: number
  readonly f: number
  readonly runs: number
  readonly decided: number
  /** The run in which agreement first broke. */
  readonly broken?: number
}

function judged({ claims }: FuzzReport): ClaimReport {
  return claims[0]!
}

function judgedBy({ claims }: CheckReport): CheckReport['claims'][number] {
  return claims[0]!
}

/** What the tour is about. */
export function demoIntroduction(): string[] {
  return [
    'Replicas vote on what to do next. Some of them are Byzantine: they may send anything. Turncoat tries schedules and',
    'Byzantine messages until a claim breaks. Here the claim is agreement: no two correct replicas decide differently.',
    '',
  ]
}

/** The lines about one search. */
export function shownText({ report, replayed }: Shown, paint: Paint = plain): string[] {
  const { verdict, claim, witness, firstRun, rawSteps, steps, trace } = judged(report)
  if (verdict !== 'violated') {
    const bound = percent(wilson(0, report.runs).high)
    const share = percent(report.decided / Math.max(1, report.runs))
    return [
      paint.green(
        `  not found in ${counted(report.runs, 'run')}: none violates ${claim}; some replica decided in ${share} of them`,
      ),
      `  This is no proof. (Wilson upper 95 % bound on the share of violating runs: ${bound}.)`,
      `  again:  ${report.command}`,
    ]
  }
  return [
    paint.red(`  violated ${claim}: ${visible(witness ?? '')}`),
    `  found in run ${thousands(firstRun ?? 0)}, ${counted(rawSteps ?? 0, 'step')} shrunk to ${steps}`,
    `  saved:  ${trace}`,
    replayed?.reproduced
      ? paint.green(`  replay: every state is the same again; digest ${replayed.digest}`)
      : paint.red('  replay: DIVERGED from the saved run'),
    `  again:  ${report.command}`,
  ]
}

/** The lines about one exhaustive search. */
export function provedText(report: CheckReport, paint: Paint = plain): string[] {
  const { settings, universe, cut, boundsRead, states, seconds, command } = report
  const { claim, verdict, why } = judgedBy(report)
  if (verdict !== 'holds') return [paint.red(`  ${verdict} ${claim}${why ? `: ${why}` : ''}`), `  again:  ${command}`]
  return [
    paint.green(`  holds ${claim} (bounds: ${boundsText(settings, universe, cut, boundsRead)})`),
    `  proved within these bounds: ${counted(states, 'state')} after reduction, ${duration(seconds)}`,
    `  again:  ${command}`,
  ]
}

function cellText({ b, f, runs, decided, broken }: DemoCell): string {
  if (broken !== undefined) return b <= f ? 'VIOLATED, b ≤ f' : 'violated, b > f'
  return decided === 0 ? 'stuck: nobody decided' : `not found in ${counted(runs, 'run')}`
}

/** The breakdown: n downwards, b across. */
export function breakdownText(cells: readonly DemoCell[]): string[] {
  const sizes = [...new Set(cells.map(({ n }) => n))]
  const byzantineReplicas = [...new Set(cells.map(({ b }) => b))]
  const head = ['n', 'f', ...byzantineReplicas.map((b) => `b = ${b}`)]
  const rows = sizes.map((n) => {
    const row = cells.filter((cell) => cell.n === n)
    return [String(n), String(row[0]!.f), ...byzantineReplicas.map((b) => cellText(row.find((cell) => cell.b === b)!))]
  })
  return [
    ...table([head, ...rows], '  '),
    '  The protocol promises to tolerate f Byzantine replicas. "VIOLATED, b ≤ f" breaks that promise.',
    '  "violated, b > f" breaks none. "not found in k runs" is no proof.',
  ]
}

/** What a newcomer should take home. */
export function demoSummary(
  shown: readonly Shown[],
  proved: readonly CheckReport[],
  cells: readonly DemoCell[],
  seconds: number,
  paint: Paint = plain,
): string[] {
  const broken = shown.filter(({ report }) => judged(report).verdict === 'violated')
  const kept = shown.filter(({ report }) => judged(report).verdict !== 'violated')
  const certain = proved.filter((report) => judgedBy(report).verdict === 'holds')
  const within = cells.filter(({ b, f, broken: run }) => run !== undefined && b <= f)
  const first = broken[0] && judged(broken[0].report).trace
  const names = (list: readonly Shown[]): string => list.map(({ report }) => report.subject).join(' and ')
  return [
    paint.bold(`In ${duration(seconds)}:`),
    ...(broken.length > 0
      ? [
          `  * In ${names(broken)} two correct replicas decided differently, with no more`,
          '    Byzantine replicas than the protocol promises to tolerate. Each violation was shrunk, saved as a trace,',
          '    and replayed from its file.',
        ]
      : ['  * No violation was found.']),
    ...(kept.length > 0
      ? [
          `  * ${names(kept)} survived the same search: no violation found in ${counted(kept[0]!.report.runs, 'run')}. That is not a proof.`,
        ]
      : []),
    ...(certain.length > 0
      ? [
          `  * Proved within the bounds above: agreement of ${certain.map(({ subject, states }) => `${subject} (${counted(states, 'state')})`).join(' and ')}.`,
        ]
      : []),
    ...(within.length > 0
      ? [
          `  * Agreement breaks within the promised tolerance at ${within.map(({ n, b }) => `n = ${n}, b = ${b}`).join(' and ')}:`,
          '    its quorum of 2f + 1 is made for n = 3f + 1, and two such quorums no longer share a correct replica.',
        ]
      : []),
    '',
    ...(first ? [`Read a counterexample step by step:  turncoat show ${first}`] : []),
    'See what else can be searched:       turncoat list',
  ]
}
