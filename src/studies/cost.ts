import { grouped } from '../model/index.ts'
import type { ReportSection, ReportTable } from '../report/pages/html-report.ts'
import { type LatencyRow, latencies, type MessagesRow, messagesByType, type Plot } from '../report/plots/index.ts'
import { counted, thousands } from '../report/text/numbers.ts'
import { table } from '../report/text/table.ts'
import { conditions, FAR, type Metrics, summary } from '../simulate/index.ts'
import {
  BUSY,
  CASES,
  type CostCase,
  LOG_NORMAL,
  type MessageCounts,
  SURROUNDINGS,
  type Surroundings,
  UNIFORM,
} from './cost-cases.ts'
import { type Findings, measureEach, type Study, type StudyContext } from './study.ts'
import { type CasesElsewhere, runSomewhere } from './trials.ts'

const SIZES = [4, 7, 10, 13, 16, 22, 31, 46, 61, 76, 100]
const TRIALS = 20
const TIMEOUT = 1_000

interface Row extends Omit<Metrics, 'messages'> {
  readonly n: number
  readonly f: number
  readonly silent: string
  readonly surroundings: string
  readonly messages: MessageCounts
  readonly formula: MessageCounts
}

async function measured(
  n: number,
  one: CostCase,
  { name, latency, processing }: Surroundings,
  seed: number,
  count: number,
  elsewhere: CasesElsewhere | undefined,
): Promise<Row> {
  const f = Math.floor((n - 1) / 3)
  const trials = {
    subject: 'pbft',
    configuration: { n, byzantine: one.silent(n, f), values: ['a'], bounds: { views: 8, slots: 1 } },
    conditions: conditions({ latency, processing, timeout: TIMEOUT }),
    claims: ['agreement'],
    until: FAR,
    ...{ seed, count },
  }
  const runs = await runSomewhere(trials, elsewhere)
  const { messages, ...metrics } = summary(runs)
  return {
    ...{ n, f, silent: one.title, surroundings: name, ...metrics },
    messages: Object.fromEntries(messages.map(({ type, perDecision }) => [type, perDecision])),
    formula: one.formula(n, f),
  }
}

function measureAll(context: StudyContext): Promise<Row[]> {
  const { quick, seed, elsewhere } = context
  const sizes = quick ? SIZES.slice(0, 3) : SIZES
  const count = quick ? 3 : TRIALS
  const points = sizes.flatMap((n) => CASES.flatMap((one) => SURROUNDINGS.map((around) => ({ n, one, around }))))
  return measureEach(
    points,
    context,
    ({ n, one, around }) => `n = ${n}, ${one.title}, ${around.name}`,
    ({ n, one, around }, i) => measured(n, one, around, seed + i * count, count, elsewhere),
  )
}

const total = (counts: MessageCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** Do the counts say what the formula says, for every type? */
function agrees({ messages, formula }: Row): boolean {
  const types = new Set([...Object.keys(messages), ...Object.keys(formula)])
  return [...types].every((type) => messages[type] === formula[type])
}

function surprises(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const { n, silent, surroundings, success, violations, viewChanges, messages, formula } = row
    const where = `n = ${n}, ${silent}, ${surroundings}`
    return [
      ...(success < 1 ? [`${where}: somebody did not decide in ${Math.round((1 - success) * 100)} % of the runs`] : []),
      ...violations.map(({ claim }) => `${where}: ${claim} is violated`),
      ...(viewChanges === (silent === 'primary silent' ? 1 : 0) ? [] : [`${where}: ${viewChanges} view changes a run`]),
      ...(agrees(row) ? [] : [`${where}: ${JSON.stringify(messages)} instead of ${JSON.stringify(formula)}`]),
    ]
  })
}

/** Types that are sent equally often at every size: they are one curve. */
function sameCounts(rows: readonly Row[]): string[][] {
  const countsOf = (type: string): string => JSON.stringify(rows.map(({ messages }) => messages[type] ?? 0))
  return [...grouped(Object.keys(rows[0]!.formula), countsOf).values()]
}

function messagesPlot(rows: readonly Row[], { name, title, words }: CostCase, caption: string): Promise<Plot> {
  const own = rows.filter(({ silent, surroundings }) => silent === title && surroundings === UNIFORM.name)
  const alike = sameCounts(own)
  const counts = own.flatMap(({ n, messages }): MessagesRow[] => [
    { n, type: 'all', perDecision: total(messages) },
    ...alike.map((types) => ({ n, type: types.join(' = '), perDecision: messages[types[0]!] ?? 0 })),
  ])
  return messagesByType(counts, {
    name: `messages-${name}`,
    title: `PBFT: messages for one decision, ${title}`,
    subtitle: words,
    caption,
  })
}

/** What the curves of a picture of latencies are: a name for each row that is in it. */
interface LatencyPicture {
  readonly name: string
  readonly title: string
  readonly unit: 'message delays' | 'ms'
  readonly note: string
  readonly series: (row: Row) => string | false
  /** What is not shown of each latency, in its unit. */
  readonly less?: number
  readonly y?: string
}

const isIn = (around: Surroundings, row: Row): boolean => row.surroundings === around.name
const isPrimarySilent = ({ silent }: Row): boolean => silent === 'primary silent'

const LATENCIES: readonly LatencyPicture[] = [
  {
    name: 'latency-delays',
    title: 'PBFT: message delays to a decision',
    unit: 'message delays',
    note: 'Uniform 5–35 ms. A timeout is no message.',
    series: (row) => isIn(UNIFORM, row) && row.silent,
  },
  {
    name: 'latency-ms-uniform',
    title: 'PBFT: time to a decision, uniform 5–35 ms',
    unit: 'ms',
    note: '',
    series: (row) => isIn(UNIFORM, row) && !isPrimarySilent(row) && row.silent,
  },
  {
    name: 'latency-ms-log-normal',
    title: 'PBFT: time to a decision, log-normal delays',
    unit: 'ms',
    note: 'Median 20 ms, σ 0.5.',
    series: (row) => isIn(LOG_NORMAL, row) && !isPrimarySilent(row) && row.silent,
  },
  {
    name: 'latency-ms-view-change',
    title: 'PBFT: time from the timeout to a decision, primary silent',
    unit: 'ms',
    note: `Besides these there are the ${thousands(TIMEOUT)} ms until the timeout.`,
    less: TIMEOUT,
    y: 'virtual ms after the timeout',
    series: (row) => isPrimarySilent(row) && !isIn(BUSY, row) && row.surroundings,
  },
  {
    name: 'latency-ms-processing',
    title: 'PBFT: time to a decision when handling a message takes time',
    unit: 'ms',
    note: 'Uniform 5–35 ms; all replicas correct, each handling one message at a time.',
    series: (row) => {
      if (row.silent !== 'all correct' || isIn(LOG_NORMAL, row)) return false
      return isIn(BUSY, row) ? '1 ms to handle a message' : 'handling costs nothing'
    },
  },
]

/** Curves that are on one another become one, with both names. */
function merged(points: readonly LatencyRow[]): LatencyRow[] {
  const names = [...new Set(points.map(({ series }) => series))]
  const textOf = (name: string): string =>
    JSON.stringify(points.filter(({ series }) => series === name).map((point) => ({ ...point, series: '' })))
  return points.flatMap((point) => {
    const alike = names.filter((name) => textOf(name) === textOf(point.series))
    return alike[0] === point.series ? [{ ...point, series: alike.join(' = ') }] : []
  })
}

function latencyPlot(rows: readonly Row[], picture: LatencyPicture, caption: string): Promise<Plot> {
  const { name, title, unit, note, series, less = 0, y } = picture
  const points = rows.flatMap((row) => {
    const label = series(row)
    if (label === false) return []
    const known = unit === 'ms' ? row.latency.ms : row.latency.delays
    const at = (percentile: 'p50' | 'p95' | 'p99'): number | null =>
      known ? Math.round((known[percentile] - less) * 1_000) / 1_000 : null
    return [{ series: label, x: row.n, p50: at('p50'), p95: at('p95'), p99: at('p99') }]
  })
  return latencies(merged(points), {
    ...{ name, title, unit, caption: `${caption} ${note}`.trim() },
    ...(y === undefined ? {} : { y }),
  })
}

async function latencyPlots(rows: readonly Row[], caption: string): Promise<Plot[]> {
  const plots: Plot[] = []
  for (const picture of LATENCIES) plots.push(await latencyPlot(rows, picture, caption))
  return plots
}

function countsTable(rows: readonly Row[], caption: string): ReportTable {
  return {
    caption,
    columns: ['n', 'f', 'case', 'counted', 'formula', 'by type'],
    rows: rows
      .filter(({ surroundings }) => surroundings === UNIFORM.name)
      .map(({ n, f, silent, messages, formula }) => [
        ...[n, f, silent, total(messages), total(formula)],
        Object.entries(messages)
          .map(([type, count]) => `${type} ${thousands(count)}`)
          .join(', '),
      ]),
  }
}

const ms = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1))

function latencyTable(rows: readonly Row[], caption: string): ReportTable {
  return {
    caption,
    columns: ['n', 'case', 'network', 'delays p50', 'p99', 'ms p50', 'p95', 'p99', 'samples'],
    rows: rows.map(({ n, silent, surroundings, latency, samples }) => [
      ...[n, silent, surroundings, latency.delays?.p50 ?? null, latency.delays?.p99 ?? null],
      ...[ms(latency.ms?.p50), ms(latency.ms?.p95), ms(latency.ms?.p99), samples],
    ]),
  }
}

function summaryLines(rows: readonly Row[]): string[] {
  const sizes = [...new Set(rows.map(({ n }) => n))]
  const at = (n: number, silent: string, around: Surroundings): Row =>
    rows.find((row) => row.n === n && row.silent === silent && row.surroundings === around.name)!
  const head = ['n', ...CASES.flatMap(({ title }) => [`${title}: messages`, 'delays', 'ms (p50)'])]
  return table([
    head,
    ...sizes.map((n) => [
      String(n),
      ...CASES.flatMap(({ title }) => {
        const { messages, latency } = at(n, title, UNIFORM)
        return [thousands(total(messages)), String(latency.delays?.p50 ?? '–'), ms(latency.ms?.p50)]
      }),
    ]),
  ])
}

export const cost: Study = {
  name: 'cost',
  about: 'what a decision of PBFT costs in messages and in time, for 4 to 100 replicas',
  async run(context): Promise<Findings> {
    const rows = await measureAll(context)
    const count = rows[0]!.runs
    const caption =
      `One request, one slot; ${counted(count, 'simulated execution')} a point, seed ${context.seed}, none lost, ` +
      `timeout ${thousands(TIMEOUT)} ms.`
    const messages: Plot[] = []
    for (const one of CASES) {
      messages.push(await messagesPlot(rows, one, `${caption} Copies on the network; a broadcast is n − 1 of them.`))
    }
    const sections: ReportSection[] = [
      {
        heading: 'Messages',
        text: CASES.map(({ title, words }) => `${title}: ${words}.`).join('\n\n'),
        plots: messages,
        table: countsTable(rows, 'Counted in the runs, and computed'),
      },
      {
        heading: 'Latency',
        text: 'Each decision of each correct replica is a sample.',
        plots: await latencyPlots(rows, `${caption} Each decision of each correct replica is a sample.`),
        table: latencyTable(rows, 'From the request to the decision'),
      },
    ]
    const exact = rows.filter(agrees).length
    return {
      title: 'What a decision of PBFT costs',
      intro: `One request without a client, decided by n replicas: all of them correct, f backups silent, or the primary
        silent, which takes one view change. Counted in simulated executions, and computed by hand.`,
      ...{ sections, rows, traces: [] },
      summary: [
        ...summaryLines(rows),
        '',
        `the counts are those of the formulas, type by type, at ${exact} of ${counted(rows.length, 'point')}`,
      ],
      surprises: surprises(rows),
    }
  },
}
