import { type Cell, type PointRecord, VERDICTS } from '../../sweep/cell.ts'
import type { Pictures } from '../plots/sweep-plots.ts'
import { conditionsText } from '../text/conditions-text.ts'
import { counted } from '../text/numbers.ts'
import { agreementWithTheory, LEGEND, type SweepReport } from '../text/sweep-report.ts'
import { htmlReport, type ReportCell, type ReportSection } from './html-report.ts'
import { pageOfTrace } from './trace-page.ts'

/** Everything on one page: the pictures of each subject, and every cell with a link to its trace. */
export function sweepPage(report: SweepReport, pictures: readonly Pictures[]): string {
  const { records, grid, command } = report
  const cells = records.flatMap((record) => record.cells)
  // In several kinds of surroundings, a subject is named once here: the sections have their flags.
  const asked = new Map(grid.subjects.map((one) => [one.subject, one.asked ?? one.subject]))
  const names = [...new Set(pictures.map(({ subject }) => asked.get(subject) ?? subject))]
  // The tables of a terminal have shorter signs for the same verdicts.
  const words = VERDICTS.filter((verdict) => cells.some((cell) => cell.verdict === verdict)).map(
    (verdict) => `“${verdict}”: ${LEGEND[verdict].replace(/^.*?: (violated; )?/, '')}.`,
  )
  const theory = agreementWithTheory(cells)
  return htmlReport({
    title: `Where ${names.join(' and ')} ${names.length > 1 ? 'stop' : 'stops'} holding`,
    intro: [
      `${counted(records.length, 'point')} of n = ${grid.n}${grid.f === null ? '' : `, f = ${grid.f}`}, b = ${grid.b}; ${counted(cells.length, 'cell')}, one for each claim.`,
      words.join(' '),
      `${theory[0]!.toUpperCase()}${theory.slice(1)}${theory.endsWith('.') ? '' : '.'}`,
    ].join('\n\n'),
    sections: pictures.flatMap(({ subject, plots }) => sections(subject, plots, report)),
    command,
  })
}

function sections(subject: string, plots: Pictures['plots'], { records, grid }: SweepReport): ReportSection[] {
  const own = records.filter((record) => record.subject === subject)
  const cells = own.flatMap((record) => record.cells)
  const measured = own.filter(({ metrics }) => metrics.length > 0)
  return [
    { heading: subject, plots },
    {
      heading: `Cells of ${subject}`,
      text: 'Runs, violating runs and runs in which somebody decided are those of all strategies; the strategy is the worst one.',
      table: {
        columns: [
          'n',
          'f',
          'q',
          'b',
          'claim',
          'verdict',
          'strategy',
          'runs',
          'violations',
          'decided',
          'at most',
          'trace',
        ],
        rows: cells.map(cellRow),
      },
    },
    ...(measured.length > 0 ? [costs(subject, measured, conditionsText(grid.conditions))] : []),
  ]
}

function cellRow(cell: Cell): ReportCell[] {
  const { n, f, quorum, b, claim, verdict, strategy, runs, violations, decided, upper95, trace } = cell
  const bound = verdict === 'not-found' ? `${Number((upper95 * 100).toPrecision(3))} %` : null
  const said = cell.contradicts ? `${verdict}, against theory` : verdict
  const link = trace === undefined ? null : { text: 'trace', href: pageOfTrace(trace) }
  return [n, f, quorum ?? null, b, claim, said, strategy, runs, violations, decided, bound, link]
}

/** What simulated executions cost, coalition by coalition. */
function costs(subject: string, records: readonly PointRecord[], network: readonly string[]): ReportSection {
  const odd = network.length > 0 ? ` The network: ${network.join('; ')}.` : ''
  return {
    heading: `Simulated executions of ${subject}`,
    text: `The coalition is silent. Latency is that of every decision of every correct replica, from its request on.${odd}`,
    table: {
      columns: [
        'n',
        'b',
        'coalition',
        'executions',
        'p50 ms',
        'p95 ms',
        'p99 ms',
        'p50 delays',
        'messages',
        'view changes',
        'all decide',
      ],
      rows: records.flatMap(({ n, b, metrics }) =>
        metrics.map(({ stratum, trials, latency, delays, messages, viewChanges, success }): ReportCell[] => {
          // Where nobody decided, no decision has cost anything.
          const total = latency
            ? messages.reduce((sum, { perDecision }) => sum + (perDecision ?? Number.NaN), 0)
            : Number.NaN
          return [
            ...[n, b, stratum, trials, latency?.p50 ?? null, latency?.p95 ?? null, latency?.p99 ?? null],
            ...[delays?.p50 ?? null, Number.isNaN(total) ? null : Math.round(total * 10) / 10],
            ...[viewChanges, `${Math.round(success * 1_000) / 10} %`],
          ]
        }),
      ),
    },
  }
}
