import type { Cell, PointRecord, Verdict } from '../../sweep/cell.ts'
import type { Grid } from '../../sweep/grid.ts'
import { apart } from '../../sweep/metrics.ts'
import { conditionsText } from './conditions-text.ts'
import { counted, duration, percent } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { table } from './table.ts'
import { visible } from './visible.ts'

/** All that `sweep` reports. */
export interface SweepReport {
  readonly grid: Grid
  readonly records: readonly PointRecord[]
  readonly seconds: number
  /** The folder of the sweep, as the user would name it. */
  readonly folder: string
  /** Points that were known from an earlier, unfinished sweep. */
  readonly known: number
  /** What else is in the folder. */
  readonly files: readonly string[]
  /** The command that repeats it. */
  readonly command: string
}

/** How a verdict is told in a table. */
const SIGNS: Readonly<Record<Verdict, string>> = {
  proved: 'proved',
  'not-found': '·',
  violated: 'violated',
  stuck: 'stuck',
  vacuous: 'vacuous',
  inconclusive: '?',
}

function cellText({ verdict, contradicts }: Cell): string {
  return `${SIGNS[verdict]}${contradicts ? ' !!' : ''}`
}

/** n and f downwards, b across; in each cell its sign. */
export function matrix(cells: readonly Cell[], sign: (cell: Cell) => string): string[] {
  const byzantineReplicas = [...new Set(cells.map(({ b }) => b))].sort((a, b) => a - b)
  const sizes = [...new Map(cells.map((cell) => [`${cell.n} ${cell.f}`, cell])).values()]
  const rows = sizes.map(({ n, f, quorum }) => {
    const row = cells.filter((cell) => cell.n === n && cell.f === f)
    const across = byzantineReplicas.map((b) => row.filter((cell) => cell.b === b).map(sign)[0] ?? '')
    return [String(n), String(f), quorum === undefined ? '' : String(quorum), ...across]
  })
  return table([['n', 'f', 'q', ...byzantineReplicas.map((b) => `b=${b}`)], ...rows])
}

/** What the words of a table mean: those that are in it. */
export const LEGEND: Readonly<Record<Verdict, string>> = {
  proved: 'proved: holds in all schedules, whatever the Byzantine replicas send, within the bounds',
  'not-found': '·: no violation in the runs; no proof',
  violated: 'violated: the trace is saved',
  stuck: 'stuck: the Byzantine replicas are silent, and nobody ever decides',
  vacuous: 'vacuous: nobody decided, so nothing was tested',
  inconclusive: '?: nothing could be searched',
}

function legend(cells: readonly Cell[]): string[] {
  const there = new Set(cells.map(({ verdict }) => verdict))
  return Object.entries(LEGEND).flatMap(([verdict, text]) => (there.has(verdict as Verdict) ? [`  ${text}`] : []))
}

function placeOf({ subject, n, f, b, quorum }: Cell): string {
  return `${subject}, n = ${n}, f = ${f}, b = ${b}${quorum === undefined ? '' : `, q = ${quorum}`}`
}

/** One sentence: with how many cells arithmetic agrees, and of how many it says nothing. */
export function agreementWithTheory(cells: readonly Cell[]): string {
  const judged = cells.filter(({ theory, claim }) => theory && ['agreement', 'liveness'].includes(claim))
  if (judged.length === 0) return 'No quorum is known here, so there is no theory to compare with.'
  const odd = judged.filter(({ contradicts }) => contradicts).length
  const decided = judged.filter(({ verdict, theory, claim }) => {
    const isExempt = claim === 'agreement' && theory!.exempt !== undefined
    return !isExempt && verdict !== 'vacuous' && verdict !== 'inconclusive'
  })
  const rest = judged.length - decided.length
  const but =
    rest > 0
      ? `; it says nothing of ${rest} more: fewer than two replicas are correct, none is Byzantine, or none decides`
      : ''
  const said = `theory (2q − n > b is safe, q ≤ n − b is live)`
  if (odd > 0) return `${said} is CONTRADICTED by ${odd} of ${counted(decided.length, 'cell')}${but}`
  return `${said} agrees with all of ${counted(decided.length, 'cell')}${but}`
}

/** Cells that say otherwise than arithmetic, one line each. */
function contradictions(cells: readonly Cell[], paint: Paint): string[] {
  const odd = cells.filter((cell) => cell.contradicts)
  if (odd.length === 0) return cells.some(({ theory }) => theory) ? [agreementWithTheory(cells)] : []
  return [
    paint.red(paint.bold(`!! ${agreementWithTheory(cells)}`)),
    ...odd.map((cell) => {
      const { safe, live } = cell.theory!
      const says = cell.claim === 'agreement' ? (safe ? 'safe' : 'unsafe') : live ? 'live' : 'stuck'
      return paint.red(`  ${placeOf(cell)}: ${cell.claim} is ${cell.verdict}, theory says ${says}`)
    }),
  ]
}

/** Broken cells with b ≤ f, unless the claim promises nothing there. */
function withinPromise(cells: readonly Cell[], paint: Paint): string[] {
  const broken = cells.filter(
    ({ b, f, verdict, beyond }) => b <= f && !beyond && (verdict === 'violated' || verdict === 'stuck'),
  )
  if (broken.length === 0) return []
  const rows = broken.map((cell) => `  ${placeOf(cell)}: ${cell.claim} ${cell.verdict}, ${visible(cell.witness ?? '')}`)
  return [paint.red(`within the promised tolerance, b ≤ f, ${counted(broken.length, 'cell')}:`), ...rows]
}

/** What a decision costs, where nobody is Byzantine and where as many are silent as the protocol tolerates. */
function costs({ records, grid }: SweepReport): string[] {
  const chosen = records.filter(({ b, f }) => b === 0 || b === f)
  const each = chosen.flatMap(({ metrics, ...point }) => apart(metrics).map((metric) => ({ ...point, metric })))
  const rows = each.map(({ subject, n, b, metric }) => {
    const { stratum, latency, delays, messages, viewChanges, success } = metric
    const total = messages.reduce((sum, { perDecision }) => sum + (perDecision ?? 0), 0)
    const ms = latency ? [latency.p50, latency.p95, latency.p99].map((value) => value.toFixed(0)) : ['–', '–', '–']
    const counts = latency ? [String(delays?.p50 ?? '–'), total.toFixed(0)] : ['–', '–']
    const who = stratum === 'all' ? '' : stratum
    return [subject, String(n), String(b), who, ...ms, ...counts, viewChanges.toFixed(1), percent(success)]
  })
  if (rows.length === 0) return []
  const head = ['', 'n', 'b', 'silent', 'p50 ms', 'p95', 'p99', 'delays', 'messages', 'view changes', 'all decide']
  return [
    `${counted(grid.trials, 'simulated execution')} of each coalition, which is silent; for one decision:`,
    ...conditionsText(grid.conditions).map((text) => `  ${text}`),
    ...table([head, ...rows], '  '),
    '',
  ]
}

/** The lines that `sweep` prints. With `brief`, the tables only. */
export function sweepText(report: SweepReport, paint: Paint = plain, brief = false): string[] {
  const cells = report.records.flatMap((record) => record.cells)
  const lines: string[] = []
  for (const subject of new Set(cells.map((cell) => cell.subject))) {
    const own = cells.filter((cell) => cell.subject === subject)
    for (const claim of new Set(own.map((cell) => cell.claim))) {
      lines.push(
        `${paint.bold(subject)}: ${claim}`,
        ...matrix(
          own.filter((cell) => cell.claim === claim),
          cellText,
        ).map((line) => `  ${line}`),
        '',
      )
    }
  }
  lines.push(...costs(report), ...legend(cells), '', ...withinPromise(cells, paint), ...contradictions(cells, paint))
  if (brief) return lines
  const runs = cells.reduce((sum, cell) => sum + cell.runs, 0)
  const saved = cells.filter(({ trace }) => trace !== undefined).length
  const largest = Math.max(0, ...cells.filter(({ verdict }) => verdict === 'not-found').map(({ upper95 }) => upper95))
  const bound = largest > 0 ? `; where nothing was found, at most ${percent(largest)} of such runs break it (95 %)` : ''
  const known = report.known > 0 ? `, ${report.known} of them from before` : ''
  return [
    ...lines,
    `${counted(report.records.length, 'point')}${known}, ${counted(runs, 'run')}, ${duration(report.seconds)}${bound}`,
    `in ${report.folder}: ${['cells.jsonl', ...(saved > 0 ? [counted(saved, 'trace')] : []), ...report.files].join(', ')}`,
    ...report.files.filter((name) => name.endsWith('.html')).map((name) => `read: ${report.folder}/${name}`),
    `again: ${report.command}`,
  ]
}

/** The object that `sweep --json` prints. Every cell says what its point costs besides. */
export function sweepJson({ grid, records, seconds, folder, command }: SweepReport): object {
  const cells = records.flatMap(({ cells: own, metrics }) =>
    own.map((cell) => {
      const { latency = null, delays = null, messages = [] } = metrics[0] ?? {}
      const trace = cell.trace === undefined ? {} : { trace: `${folder}/${cell.trace}` }
      return { ...cell, latency, delays, messages, metrics, ...trace }
    }),
  )
  return { command: 'sweep', grid, cells, seconds, folder, reproduce: command }
}
