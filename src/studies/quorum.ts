import { strategies } from '../adversary/index.ts'
import { DEFAULT_MAX_STEPS } from '../fuzz/campaign/defaults.ts'
import type { ReportSection, ReportTable } from '../report/pages/html-report.ts'
import { pageOfTrace } from '../report/pages/trace-page.ts'
import { type LineRow, lines, type PhaseCell, type Plot, phaseDiagram } from '../report/plots/index.ts'
import { phaseCell } from '../report/plots/sweep-plots.ts'
import { commandLine } from '../report/text/command-line.ts'
import { counted, percent, thousands } from '../report/text/numbers.ts'
import { matrix } from '../report/text/sweep-report.ts'
import { conditions } from '../simulate/index.ts'
import { finalRecords } from '../sweep/boundary.ts'
import type { Cell, PointRecord, Verdict } from '../sweep/cell.ts'
import type { Grid } from '../sweep/grid.ts'
import type { Findings, Study, StudyContext } from './study.ts'

interface Rule {
  readonly subject: string
  readonly words: string
  readonly file: string
}

const RULES: readonly Rule[] = [
  { subject: 'pbft/quorum-2f-plus-1', words: 'q = 2f + 1', file: 'quorum-2f-plus-1' },
  { subject: 'pbft', words: 'q = ⌈(n+f+1)/2⌉', file: 'quorum-majority-of-correct' },
]
const CLAIMS = ['agreement', 'liveness']
const FIRST = 'split-brain'

function gridOf({ quick, seed }: StudyContext): Grid {
  const rest = strategies.map(({ name }) => name).filter((name) => name !== FIRST)
  return {
    subjects: RULES.map(({ subject }) => ({
      ...{ subject, found: subject, claims: CLAIMS },
      configuration: { bounds: { views: 1 } },
    })),
    ...{ n: quick ? '5' : '4..13', f: null, b: quick ? '0..2' : '0..n' },
    // Where nobody is Byzantine, nothing can go wrong inside one view.
    unattacked: { views: quick ? '2' : 'n' },
    strategies: [FIRST, ...rest],
    silences: ['silent'],
    runs: quick ? 10 : 100,
    boundary: quick ? 0 : 10,
    maxSteps: DEFAULT_MAX_STEPS,
    maxStates: quick ? 2_000 : 20_000,
    trials: 0,
    conditions: conditions(),
    ...{ seed, rates: false },
  }
}

const cellOf = (record: PointRecord, claim: string): Cell | undefined =>
  record.cells.find((cell) => cell.claim === claim)

function excusedCell(record: PointRecord): PhaseCell {
  const cell = phaseCell(record)
  const liveness = cellOf(record, 'liveness')
  const excused = liveness && excuse(liveness)
  // With fewer than two correct there is nobody to disagree; a Byzantine replica that nobody is cannot tell two stories.
  return excused ? { ...cell, exempt: { ...(cell.exempt as object), liveness: excused } } : cell
}

/** q ≤ n − b says that the correct are enough to go on. What two quorums apart have broken they cannot mend. */
function excuse({ claim, verdict, theory }: Cell): 'nobody is Byzantine' | undefined {
  const isBroken = claim === 'liveness' && verdict === 'violated' && theory !== undefined && !theory.safe
  return isBroken && theory.exempt === 'nobody is Byzantine' ? theory.exempt : undefined
}

const broken = ({ verdict }: Cell): boolean => verdict === 'violated' || verdict === 'stuck'

/** The most Byzantine replicas such that nothing was broken with as many, or with fewer. */
function tolerated(records: readonly PointRecord[], n: number, claim: string): number {
  const first = records
    .filter((record) => record.n === n)
    .sort((one, other) => one.b - other.b)
    .find((record) => record.b > 0 && broken(cellOf(record, claim)!))
  return (first?.b ?? n + 1) - 1
}

function tolerance(records: readonly PointRecord[], caption: string): Promise<Plot> {
  const sizes = [...new Set(records.map(({ n }) => n))]
  const rows: LineRow[] = [
    ...RULES.flatMap(({ subject, words }) => {
      const own = records.filter((record) => record.subject === subject)
      return CLAIMS.flatMap((claim) =>
        sizes.map((n) => ({ series: `${words}: ${claim}`, x: n, y: tolerated(own, n, claim) })),
      )
    }),
    ...sizes.map((n) => ({ series: 'f = ⌊(n−1)/3⌋', x: n, y: Math.floor((n - 1) / 3) })),
  ]
  return lines(rows, {
    name: 'tolerance',
    title: 'How many Byzantine replicas each quorum tolerates',
    subtitle: 'the most Byzantine replicas b with which, and with fewer, nothing was broken',
    x: 'replicas n',
    y: 'Byzantine replicas tolerated',
    computed: ['f = ⌊(n−1)/3⌋'],
    caption,
  })
}

function tableOf(records: readonly PointRecord[]): ReportTable {
  const cells = records.flatMap((record) => record.cells).filter(({ claim }) => CLAIMS.includes(claim))
  return {
    caption: 'The journal of this sweep is cells.jsonl beside this page.',
    columns: ['rule', 'n', 'f', 'b', 'q', 'claim', 'verdict', 'theory', 'evidence', 'trace'],
    rows: cells.map((cell) => [
      RULES.find(({ subject }) => subject === cell.subject)!.words,
      ...[cell.n, cell.f, cell.b, cell.quorum ?? null, cell.claim, cell.verdict],
      theoryWords(cell),
      evidence(cell),
      cell.trace === undefined ? null : { text: 'trace', href: pageOfTrace(cell.trace) },
    ]),
  }
}

function theoryWords({ theory, claim }: Cell): string | null {
  if (!theory) return null
  if (claim === 'agreement' && theory.exempt) return `nothing: ${theory.exempt}`
  if (claim === 'agreement') return theory.safe ? 'safe' : 'unsafe'
  return theory.live ? 'live' : 'stuck'
}

function evidence({ verdict, searched, runs, upper95, strategy, witness }: Cell): string {
  if (verdict === 'proved') {
    const states = searched.reduce((sum, one) => sum + one.states, 0)
    const choices = searched.reduce((sum, { stands }) => sum + stands, 0)
    return `${counted(states, 'state')}, ${counted(choices, 'choice')} of Byzantine replicas`
  }
  if (witness !== undefined) return `${witness} (${strategy === 'any' ? 'exhaustive search' : strategy})`
  return `${counted(runs, 'run')}, at most ${percent(upper95)} violate it (95 %)`
}

const SIGNS: Readonly<Record<Verdict, string>> = {
  ...{ proved: 'P', 'not-found': '·', violated: 'V', stuck: 'S', vacuous: '–', inconclusive: '–' },
}

function matrixOf(records: readonly PointRecord[], claim: string): string[] {
  const cells = records.flatMap((record) => cellOf(record, claim) ?? [])
  return matrix(cells, ({ verdict }) => SIGNS[verdict])
}

function surprises(records: readonly PointRecord[]): string[] {
  return records
    .flatMap((record) => record.cells)
    .flatMap((cell) => {
      const { subject, n, b, claim, verdict, contradicts } = cell
      if (!contradicts || excuse(cell)) return []
      return [`${subject}, n = ${n}, b = ${b}: ${claim} is ${verdict}, theory says ${theoryWords(cell)}`]
    })
}

/** How many cells of each kind there are. */
function counts(cells: readonly Cell[]): string {
  const count = (verdict: string): string => thousands(cells.filter((cell) => cell.verdict === verdict).length)
  const runs = cells.reduce((sum, cell) => sum + cell.runs, 0)
  return (
    `${counted(cells.length, 'cell')}: ${count('proved')} proved, ${count('not-found')} without a violation, ` +
    `${count('violated')} violated and ${count('stuck')} stuck, each with a trace, ${count('vacuous')} vacuous; ` +
    `${counted(runs, 'run')}`
  )
}

const INTRO = `PBFT is made for n = 3f + 1, where a quorum is 2f + 1. What if n is something else? 2f + 1 is then too
small: two quorums may share Byzantine replicas only. ⌈(n+f+1)/2⌉ is not. Both rules for every n and every number of Byzantine replicas, against
what arithmetic says: safe where 2q − n > b, live where q ≤ n − b.`

async function diagrams(records: readonly PointRecord[], caption: string): Promise<Plot[]> {
  const plots: Plot[] = []
  for (const { subject, words, file } of RULES) {
    const own = records.filter((record) => record.subject === subject)
    plots.push(
      await phaseDiagram(own.map(excusedCell), {
        name: file,
        title: `PBFT with quorums of ${words}`,
        subtitle: 'n replicas, of which b are Byzantine; f = ⌊(n−1)/3⌋',
        caption: `${counts(own.flatMap((record) => record.cells))}. ${caption}`,
      }),
    )
  }
  return plots
}

/** The last word about each point. */
async function swept(context: StudyContext): Promise<readonly PointRecord[]> {
  return finalRecords(await context.sweep(gridOf(context)))
}

/** The line that makes the same sweep by itself. */
function sweepCommand(context: StudyContext): string {
  const { n, b, unattacked, runs, boundary, maxStates, seed } = gridOf(context)
  const viewsUnattacked = unattacked['views']
  const flags = { n, b, views: 1, viewsUnattacked, claim: CLAIMS, runs, boundary, maxStates, trials: 0, seed }
  return commandLine(
    'sweep',
    RULES.map(({ subject }) => subject),
    flags,
  )
}

export const quorum: Study = {
  name: 'quorum',
  about: 'quorums of 2f + 1 against ⌈(n+f+1)/2⌉, for every n and every number of Byzantine replicas',
  async run(context): Promise<Findings> {
    const records = await swept(context)
    const caption =
      `One slot, two values; one view, and ${context.quick ? 'two' : 'n'} where nobody is Byzantine. Proved: every coalition, ` +
      `exhaustively. Else runs with the first b and the last b as Byzantine replicas. Liveness: the Byzantine replicas are silent. Seed ` +
      `${context.seed}.`
    const sections: ReportSection[] = [
      { heading: 'The phase diagrams', plots: await diagrams(records, caption) },
      { heading: 'What each rule tolerates', plots: [await tolerance(records, caption)] },
      { heading: 'Every cell', table: tableOf(records) },
    ]
    return {
      title: 'Two quorum rules',
      intro: INTRO,
      sections,
      rows: records,
      traces: [],
      summary: [
        ...RULES.flatMap(({ subject, words }) => {
          const own = records.filter((record) => record.subject === subject)
          return CLAIMS.flatMap((claim) => [`${words}: ${claim}`, ...matrixOf(own, claim), ''])
        }),
        'P proved · no violation found V violated S stuck – vacuous or inconclusive',
        counts(records.flatMap((record) => record.cells)),
        `the same sweep by itself: ${sweepCommand(context)}`,
      ],
      surprises: surprises(records),
    }
  },
}
