import type { Cell, PointRecord, StrategyTally } from '../../sweep/cell.ts'
import { apart, type PointMetrics } from '../../sweep/metrics.ts'
import { wilson } from '../../sweep/wilson.ts'
import { conditionsText } from '../text/conditions-text.ts'
import { counted } from '../text/numbers.ts'
import type { SweepReport } from '../text/sweep-report.ts'
import {
  executionsToFirst,
  latencies,
  messagesByType,
  type PhaseCell,
  type PhaseClaim,
  type Plot,
  phaseDiagram,
  rates,
  viewChanges,
} from './index.ts'

/** The pictures of one subject. */
export interface Pictures {
  readonly subject: string
  readonly plots: readonly Plot[]
}

/** More curves than this in one picture tell nobody anything. */
const MOST_CURVES = 5

/** Everything that a sweep can be seen in, subject by subject. The same report gives the same bytes. */
export async function sweepPlots(report: SweepReport): Promise<readonly Pictures[]> {
  const pictures: Pictures[] = []
  for (const subject of new Set(report.records.map((record) => record.subject))) {
    const records = report.records.filter((record) => record.subject === subject)
    // A flag and its value stay on one line of a title.
    const shown = subject.replace(/ (--\w+) /g, ' $1\u00a0')
    pictures.push({ subject, plots: await plotsOf(shown, records, report) })
  }
  return pictures
}

async function plotsOf(
  subject: string,
  records: readonly PointRecord[],
  report: SweepReport,
): Promise<readonly Plot[]> {
  const plots: Plot[] = []
  // A sweep of other claims has its tables, and no diagram of what nobody asked.
  const judged = judgedIn(records)
  const parts = judged.length > 0 ? byF(records) : []
  for (const { title, part } of parts) plots.push(await phase(`${subject}${title}`, part, judged))
  const cells = records.flatMap((record) => record.cells)
  if (cells.some(({ runs }) => runs > 0)) plots.push(...(await searches(subject, cells, report)))
  if (records.some(({ metrics }) => metrics.length > 0)) plots.push(...(await simulations(subject, records, report)))
  return plots
}

/** File names of a subject's pictures begin alike. */
function named(what: string, subject: string): string {
  return `${what}-${subject.replace(/\W+/g, '-').replace(/^-+|-+$/g, '')}`
}

/** One diagram has one f for each n: where there are several, they are counted from the smallest. */
function byF(records: readonly PointRecord[]): { readonly title: string; readonly part: readonly PointRecord[] }[] {
  const sizes = (n: number): number[] => [...new Set(records.filter((one) => one.n === n).map(({ f }) => f))]
  const most = Math.max(...records.map(({ n }) => sizes(n).length))
  if (most === 1) return [{ title: '', part: records }]
  const all = [...new Set(records.map(({ f }) => f))].sort((a, b) => a - b)
  return all.map((f) => ({ title: `, f = ${f}`, part: records.filter((one) => one.f === f) }))
}

/** A point as a cell of a phase diagram. */
export function phaseCell({ n, f, b, cells }: PointRecord): PhaseCell {
  const [agreement, liveness] = ['agreement', 'liveness'].map((name) => cells.find(({ claim }) => claim === name))
  const q = (agreement ?? liveness)?.quorum
  const exempt = agreement?.theory?.exempt
  return {
    ...{ n, f, b, agreement: agreement?.verdict ?? 'inconclusive', liveness: liveness?.verdict ?? 'inconclusive' },
    ...(exempt ? { exempt: { agreement: exempt } } : {}),
    safeBelow: q === undefined ? null : 2 * q - n,
    liveUpTo: q === undefined ? null : n - q,
  }
}

/** The two claims of the diagram that were judged somewhere. */
function judgedIn(records: readonly PointRecord[]): readonly PhaseClaim[] {
  const there = new Set(records.flatMap(({ cells }) => cells.map(({ claim }) => claim)))
  return (['agreement', 'liveness'] as const).filter((claim) => there.has(claim))
}

function phase(subject: string, records: readonly PointRecord[], judged: readonly PhaseClaim[]): Promise<Plot> {
  const cells = records.flatMap((record) => record.cells.filter(({ claim }) => judged.includes(claim as PhaseClaim)))
  const runs = cells.reduce((sum, cell) => sum + cell.runs, 0)
  const proved = cells.filter(({ verdict }) => verdict === 'proved').length
  const broken = cells.filter(({ verdict }) => verdict === 'violated').length
  const silence = judged.includes('liveness') ? ' Liveness: the coalition is silent.' : ''
  return phaseDiagram(records.map(phaseCell), {
    name: named('phase', subject),
    title: `Where ${subject} stops holding`,
    subtitle: 'n replicas, of which b are Byzantine',
    caption:
      `${counted(cells.length, 'cell')}: ${proved} proved by exhaustive search of every coalition within the bounds, ` +
      `${broken} violated with a saved trace, the others searched in ${counted(runs, 'run')}.${silence}`,
    judged,
  })
}

/** The numbers of replicas that get a curve: those of the form 3f + 1 where there are many. */
function shownSizes(records: readonly { readonly n: number }[]): number[] {
  const all = [...new Set(records.map(({ n }) => n))].sort((a, b) => a - b)
  if (all.length <= MOST_CURVES) return all
  const round = all.filter((n) => n % 3 === 1)
  const some = round.length > 0 ? round : all
  const every = Math.ceil(some.length / MOST_CURVES)
  return some.filter((_, i) => i % every === 0)
}

/** Coalition and strategy that did worst against a claim. */
function worst({ tallies, strategy }: Cell): StrategyTally | undefined {
  const own = tallies.filter((tally) => tally.strategy === strategy)
  const [most] = [...own].sort((a, b) => b.violations / Math.max(1, b.runs) - a.violations / Math.max(1, a.runs))
  return most
}

/** How often runs break each claim, and how many of them it takes. What only silence breaks always breaks at once. */
async function searches(subject: string, cells: readonly Cell[], { grid }: SweepReport): Promise<readonly Plot[]> {
  const plots: Plot[] = []
  for (const claim of new Set(cells.map((cell) => cell.claim))) {
    const own = cells.filter((cell) => cell.claim === claim)
    if (!own.some(({ verdict }) => verdict === 'violated')) continue
    if (grid.rates) plots.push(await violating(subject, claim, own))
    plots.push(await firsts(subject, claim, own, grid.seed))
  }
  return plots
}

function violating(subject: string, claim: string, cells: readonly Cell[]): Promise<Plot> {
  const sizes = shownSizes(cells)
  const rows = cells
    .filter(({ n }) => sizes.includes(n))
    .flatMap((cell) => {
      const place = { series: `n = ${cell.n}`, x: cell.b }
      if (cell.verdict === 'proved') return [{ ...place, rate: 0, low: 0, high: 0, runs: 0 }]
      const tally = worst(cell)
      if (!tally) return []
      const { runs, violations } = tally
      return [{ ...place, rate: violations / runs, ...wilson(violations, runs), runs }]
    })
  const runs = rows.reduce((sum, row) => sum + row.runs, 0)
  return rates(rows, {
    name: named(`rates-${claim}`, subject),
    title: `How often ${claim} of ${subject} breaks`,
    y: 'share of violating runs',
    caption: `${counted(runs, 'run')}: in each cell those of the strategy and coalition that violated it most often. Where it is proved, 0 without any run.`,
  })
}

/** At the least b that breaks, for each n: what every strategy takes. */
function firsts(subject: string, claim: string, cells: readonly Cell[], seed: number): Promise<Plot> {
  const edge = [...new Set(cells.map(({ n }) => n))].flatMap((n) => {
    const [least] = cells.filter((cell) => cell.n === n && cell.verdict === 'violated').sort((a, b) => a.b - b.b)
    return least ?? []
  })
  const rows = edge.flatMap(({ n, b, tallies }) =>
    [...new Set(tallies.map(({ strategy }) => strategy))].map((strategy) => {
      const own = tallies.filter((tally) => tally.strategy === strategy)
      const hits = own.flatMap(({ firstRun }) => firstRun ?? [])
      const of = own.reduce((sum, { runs }) => sum + runs, 0)
      return { series: strategy, x: `${n} / ${b}`, runs: hits.length > 0 ? Math.min(...hits) + 1 : null, of }
    }),
  )
  return executionsToFirst(rows, {
    name: named(`first-${claim}`, subject),
    title: `Executions until ${claim} of ${subject} breaks`,
    x: 'n / the least b that breaks it',
    caption: `Seed ${seed}; for each strategy its better coalition, counted from its first run.`,
  })
}

/** Coalitions of 0 and of f replicas as curves. */
const SERIES: Readonly<Partial<Record<PointMetrics['stratum'], string>>> = {
  all: 'nobody is silent',
  'with r0': 'f silent, r0 among them',
  'without r0': 'f silent, r0 correct',
}

/** What simulated executions cost. */
async function simulations(
  subject: string,
  records: readonly PointRecord[],
  { grid }: SweepReport,
): Promise<readonly Plot[]> {
  const points = records.flatMap(({ n, f, b, metrics }) => metrics.slice(0, 1).map((metric) => ({ n, f, b, metric })))
  const network = conditionsText(grid.conditions)
  const method = [
    `${counted(grid.trials, 'simulated execution')} of each coalition, which is silent`,
    ...network,
    `seed ${grid.seed}`,
  ].join('; ')
  const sizes = shownSizes(points)
  const across = points.filter(({ n }) => sizes.includes(n))
  // Whether the first primary is silent decides how long everybody waits: the two never share a curve.
  const upTo = records
    .filter(({ b, f }) => b === 0 || b === f)
    .flatMap(({ n, metrics }) => apart(metrics).map((metric) => ({ n, metric })))
  const key = ({ metric }: { readonly metric: PointMetrics }): string => SERIES[metric.stratum] ?? metric.stratum
  const success = across.map(({ n, b, metric }) => {
    const { success: rate, trials } = metric
    return { series: `n = ${n}`, x: b, rate, ...wilson(Math.round(rate * trials), trials), runs: trials }
  })
  const rows = (what: 'latency' | 'delays') =>
    upTo.map((point) => {
      const { p50 = null, p95 = null, p99 = null } = point.metric[what] ?? {}
      return { series: key(point), x: point.n, p50, p95, p99 }
    })
  const latency = { caption: `${method}. What is never decided has no latency.` }
  return [
    await rates(success, {
      name: named('success', subject),
      title: `Executions of ${subject} in which every correct replica decides`,
      y: 'share of executions',
      caption: `${method}. Half of the coalitions have the first primary among them.`,
    }),
    await latencies(rows('delays'), {
      ...latency,
      name: named('delays', subject),
      title: `Latency of ${subject}, in messages one after the other`,
      unit: 'message delays',
    }),
    await latencies(rows('latency'), {
      ...latency,
      name: named('latency', subject),
      title: `Latency of ${subject}, in virtual time`,
      unit: 'ms',
    }),
    await messagesByType(
      points
        .filter(({ b }) => b === 0)
        .flatMap(({ n, metric }) => metric.messages.map(({ type, perDecision }) => ({ n, type, perDecision }))),
      {
        name: named('messages', subject),
        title: `Messages of ${subject} for one decision`,
        caption: `${method}; nobody is Byzantine (b = 0). A broadcast counts once for each receiver.`,
      },
    ),
    await viewChanges(
      across.map(({ n, b, metric }) => ({ series: `n = ${n}`, x: b, mean: metric.viewChanges })),
      { name: named('views', subject), title: `View changes of ${subject}`, caption: `${method}.` },
    ),
  ]
}
