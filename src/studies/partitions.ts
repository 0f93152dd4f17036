import { grouped } from '../model/index.ts'
import type { ReportSection, ReportTable } from '../report/pages/html-report.ts'
import { latencies, type Plot, rates, viewChanges } from '../report/plots/index.ts'
import { counted, thousands } from '../report/text/numbers.ts'
import { table } from '../report/text/table.ts'
import { conditions, type Metrics, type Percentiles, percentiles, type Simulated, summary } from '../simulate/index.ts'
import { wilson } from '../sweep/wilson.ts'
import { type Findings, measureEach, type Study, type StudyContext } from './study.ts'
import { type CasesElsewhere, runSomewhere } from './trials.ts'
import { BASE_TIMEOUT, ORDINARY, type PartitionedSubject, SUBJECTS, TROUBLES, type Trouble } from './troubles.ts'

/** In timeouts: when the partition heals, or the network stabilises. */
const HEALS = [0, 0.5, 1, 2, 4, 8]
const TRIALS = 100
/** In timeouts: a run that has not decided so long after healing never will, as far as this study goes. */
const PATIENCE = 30

interface Row extends Pick<Metrics, 'runs' | 'viewChanges' | 'timeouts' | 'violations'> {
  readonly trouble: string
  readonly subject: string
  /** In timeouts. */
  readonly heals: number
  /** Runs in which every correct replica decided. */
  readonly decided: number
  /** From the end of the trouble to the last decision, in milliseconds; 0 where all had decided before. */
  readonly after: Percentiles | null
}

/** When the last of them decided; nothing where somebody did not. */
function lastDecision({ decided, of, decisions }: Simulated): number | undefined {
  return decided === of ? decisions.reduce((last, { time }) => Math.max(last, time), 0) : undefined
}

/** Times are whole microseconds; a difference of two is one, too. */
const microseconds = (ms: number): number => Math.round(ms * 1_000) / 1_000

const JUDGED = ['agreement', 'integrity', 'validity', 'prefix', 'monotone-view', 'exactly-once']

async function measured(
  { subject, configuration }: PartitionedSubject,
  trouble: Trouble,
  heals: number,
  seed: number,
  count: number,
  elsewhere: CasesElsewhere | undefined,
): Promise<Row> {
  const healed = heals * BASE_TIMEOUT
  const trials = {
    ...{ subject, configuration, seed, count },
    conditions: conditions({ latency: ORDINARY, timeout: BASE_TIMEOUT, ...trouble.conditions(healed) }),
    claims: JUDGED,
    until: { ms: healed + PATIENCE * BASE_TIMEOUT, events: 1_000_000 },
  }
  const runs = await runSomewhere(trials, elsewhere)
  const waits = runs.flatMap((run) => {
    const last = lastDecision(run)
    return last === undefined ? [] : [microseconds(Math.max(0, last - healed))]
  })
  const { viewChanges: changes, timeouts, violations } = summary(runs)
  return {
    ...{ trouble: trouble.name, subject, heals, runs: runs.length, decided: waits.length },
    after: percentiles(waits) ?? null,
    ...{ viewChanges: changes, timeouts, violations },
  }
}

function measureAll(context: StudyContext): Promise<Row[]> {
  const { quick, seed, elsewhere } = context
  const count = quick ? 3 : TRIALS
  const heals = quick ? [0, 2] : HEALS
  const points = TROUBLES.flatMap((trouble) =>
    SUBJECTS.flatMap((subject) => heals.map((heal) => ({ trouble, subject, heal }))),
  )
  return measureEach(
    points,
    context,
    ({ trouble, subject, heal }) => `${subject.subject}, ${trouble.title}, ${heal} timeouts`,
    ({ trouble, subject, heal }, i) => measured(subject, trouble, heal, seed + i * count, count, elsewhere),
  )
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

async function plotsOf(rows: readonly Row[], { name, title, what }: Trouble, seed: number): Promise<Plot[]> {
  const count = rows[0]!.runs
  const x = name === 'stabilisation' ? 'stabilisation, in timeouts' : 'length of the partition, in timeouts'
  const caption =
    `n = 4, nobody faulty, one request; ${what.replace(/\s+/g, ' ')} Timeout ${thousands(BASE_TIMEOUT)} ms, delays ` +
    `uniform 5–35 ms; ${counted(count, 'simulated execution')} a point, seed ${seed}.`
  const of = rows.filter(({ trouble }) => trouble === name)
  const nothing = { p50: null, p95: null, p99: null }
  return [
    await rates(
      of.map(({ subject, heals, decided, runs }) => {
        const { low, high } = wilson(decided, runs)
        return { series: subject, x: heals, rate: decided / runs, low, high, runs }
      }),
      {
        name: `decided-${name}`,
        title: `${capital(title)}: does everybody decide?`,
        ...{ caption: `${caption} A run is watched for ${PATIENCE} timeouts more.`, x, y: 'runs in which all decide' },
      },
    ),
    await latencies(
      of.map(({ subject, heals, after }) => ({ series: subject, x: heals, ...(after ?? nothing) })),
      {
        name: `after-${name}`,
        title: `${capital(title)}: time to the last decision`,
        ...{ caption: `${caption} Of the runs in which all decide.`, x },
        y: 'ms from healing to the last decision',
        unit: 'ms',
      },
    ),
  ]
}

/** Of PBFT alone: the other two change views with every timeout, and never. */
async function changesPlots(rows: readonly Row[], seed: number): Promise<Plot[]> {
  const own = rows.filter(({ subject }) => subject === 'pbft')
  const series = (one: Row): string => TROUBLES.find(({ name }) => name === one.trouble)!.short
  const about = {
    x: 'length of the trouble, in timeouts',
    caption:
      `n = 4, nobody faulty, one request. Timeout ${thousands(BASE_TIMEOUT)} ms, doubled from view to view. ` +
      `Means of ${counted(rows[0]!.runs, 'simulated execution')} a point, seed ${seed}.`,
  }
  return [
    await viewChanges(
      own.map((one) => ({ series: series(one), x: one.heals, mean: one.viewChanges })),
      {
        ...about,
        name: 'view-changes',
        title: 'PBFT: view changes until all have decided',
        y: 'view changes, most of any replica',
      },
    ),
    await viewChanges(
      own.map((one) => ({ series: series(one), x: one.heals, mean: one.timeouts })),
      { ...about, name: 'timeouts', title: 'PBFT: timeouts until all have decided', y: 'timeouts of all replicas' },
    ),
  ]
}

const ms = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(0))

/** A claim that is broken where nobody is faulty, and whose promise does not depend on the network. */
function broken(rows: readonly Row[]): { readonly subject: string; readonly claim: string; readonly runs: number }[] {
  const all = rows.flatMap(({ subject, violations }) => violations.map((one) => ({ subject, ...one })))
  return [...grouped(all, ({ subject, claim }) => `${subject} ${claim}`).values()].map((alike) => ({
    ...alike[0]!,
    runs: alike.reduce((sum, { runs }) => sum + runs, 0),
  }))
}

function tableOf(rows: readonly Row[], name: string): ReportTable {
  return {
    columns: [
      'subject',
      'heals after',
      'all decided',
      'ms after healing p50',
      'p95',
      'p99',
      'view changes',
      'timeouts',
      'broken',
    ],
    rows: rows
      .filter(({ trouble }) => trouble === name)
      .map(({ subject, heals, runs, decided, after, viewChanges: changes, timeouts, violations }) => [
        ...[subject, `${heals} timeouts`, `${decided} of ${runs}`, ms(after?.p50), ms(after?.p95), ms(after?.p99)],
        ...[Number(changes.toFixed(2)), Number(timeouts.toFixed(2))],
        violations.map(({ claim, runs: count }) => `${claim} in ${count}`).join(', ') || null,
      ]),
  }
}

function summaryLines(rows: readonly Row[]): string[] {
  const heals = [...new Set(rows.map((row) => row.heals))]
  const cell = (row: Row | undefined): string => {
    if (!row) return ''
    const share = row.decided === row.runs ? '' : ` (${row.decided} of ${row.runs})`
    return row.after ? `${ms(row.after.p50)} ms${share}` : 'never'
  }
  return TROUBLES.flatMap(({ name, title }) => [
    title,
    ...table(
      [
        ['', ...heals.map((heal) => `heals after ${heal} T`)],
        ...SUBJECTS.map(({ subject }) => [
          subject,
          ...heals.map((heal) =>
            cell(rows.find((row) => row.trouble === name && row.subject === subject && row.heals === heal)),
          ),
        ]),
      ],
      '  ',
    ),
    '',
  ])
}

/** The paper promises safety always, and progress once messages arrive. */
function surprises(rows: readonly Row[]): string[] {
  return rows.flatMap(({ trouble, subject, heals, runs, decided, violations }) => {
    const where = `${subject}, ${trouble}, ${heals} timeouts`
    const unsafe = violations.filter(({ claim }) => claim === 'agreement' || subject === 'pbft')
    const promised = subject === 'pbft' && !trouble.endsWith('lost')
    return [
      ...unsafe.map(({ claim, runs: count }) => `${where}: ${claim} is broken in ${count} of ${runs} runs`),
      ...(promised && decided < runs ? [`${where}: in ${runs - decided} of ${runs} runs somebody never decides`] : []),
    ]
  })
}

function safety(rows: readonly Row[]): string[] {
  return SUBJECTS.map(({ subject }) => {
    const own = rows.filter((row) => row.subject === subject)
    const runs = own.reduce((sum, row) => sum + row.runs, 0)
    const differing = broken(own).find(({ claim }) => claim === 'agreement')?.runs ?? 0
    const others = broken(own)
      .filter(({ claim }) => claim !== 'agreement')
      .map(({ claim, runs: count }) => `${claim} in ${thousands(count)}`)
    const upper = (wilson(differing, runs).high * 100).toFixed(2)
    const also = others.length > 0 ? `; broken besides: ${others.join(', ')}` : ''
    return `${subject}: two replicas decide differently in ${differing} of ${counted(runs, 'run')} (at most ${upper} %, 95 %)${also}`
  })
}

export const partitions: Study = {
  name: 'partitions',
  about: 'what PBFT and two published programs do when a partition heals, or the network stabilises',
  async run(context): Promise<Findings> {
    const rows = await measureAll(context)
    const sections: ReportSection[] = []
    for (const trouble of TROUBLES) {
      sections.push({
        heading: capital(trouble.title),
        text: trouble.what,
        plots: await plotsOf(rows, trouble, context.seed),
        table: tableOf(rows, trouble.name),
      })
    }
    sections.push({ heading: 'View changes and timeouts', plots: await changesPlots(rows, context.seed) })
    sections.push({ heading: 'Safety', text: safety(rows).join('\n\n') })
    return {
      title: 'Partitions, and what comes after',
      intro: `Four correct replicas, one request, and a network that is partitioned from the beginning, for a while, or whose
        delays are wild until it stabilises. How long after that do they decide? PBFT, and two published programs with
        their worst defects repaired: go-pbft/layer-2 and asyncio-pbft/repaired, which has no view change at all.`,
      ...{ sections, rows, traces: [] },
      summary: ['from healing to the last decision, median', '', ...summaryLines(rows), ...safety(rows)],
      surprises: surprises(rows),
    }
  },
}
