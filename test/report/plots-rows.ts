import { executionsToFirst, firstDrawing } from '../../src/report/plots/executions-to-first.ts'
import { type LatencyRow, latencies, latenciesDrawing } from '../../src/report/plots/latencies.ts'
import { type LineRow, lines, linesDrawing } from '../../src/report/plots/lines.ts'
import { messagesByType, messagesDrawing } from '../../src/report/plots/messages-by-type.ts'
import type { CellVerdict, PhaseCell } from '../../src/report/plots/phase-cell.ts'
import { phaseDiagram, phaseDrawing } from '../../src/report/plots/phase-diagram.ts'
import type { Drawing, Plot } from '../../src/report/plots/plot.ts'
import { rates, ratesDrawing } from '../../src/report/plots/rates.ts'
import { viewChanges, viewChangesDrawing } from '../../src/report/plots/view-changes.ts'

const caption = '200 runs a point, seed 1; intervals are Wilson intervals of 95 %.'

/** Every cell of n replicas as theory has it, for the quorum 2f + 1; cells that the sweep proves are those of small n. */
export function cellsOf(sizes: readonly number[]): PhaseCell[] {
  return sizes.flatMap((n) => {
    const q = 2 * Math.floor((n - 1) / 3) + 1
    return Array.from({ length: n + 1 }, (_, b): PhaseCell => {
      const found: CellVerdict = n < 6 ? 'proved' : 'not-found'
      const correct = n - b
      return {
        ...{ n, b, safeBelow: 2 * q - n, liveUpTo: n - q },
        agreement: correct === 0 ? 'vacuous' : b < 2 * q - n || b === 0 || correct === 1 ? found : 'violated',
        liveness: correct === 0 ? 'vacuous' : q <= correct ? found : 'stuck',
        ...(correct < 2 ? { exempt: 'fewer than two correct' as const } : {}),
        ...(b === 0 && 2 * q <= n ? { exempt: { agreement: 'nobody is Byzantine' as const } } : {}),
      }
    })
  })
}

/** One cell is not as theory says, and one was not decided. */
export const cells = cellsOf([4, 5, 6]).map((cell): PhaseCell => {
  if (cell.n === 4 && cell.b === 2) return { ...cell, agreement: 'not-found' }
  return cell.n === 6 && cell.b === 3 ? { ...cell, liveness: 'inconclusive' } : cell
})

const latencyRows: LatencyRow[] = [4, 7, 10].flatMap((n) => [
  { series: 'pbft', x: n, p50: 3, p95: 3 + n / 10, p99: 4 + n / 5 },
  { series: 'tendermint', x: n, p50: 4, p95: n === 7 ? null : 5, p99: 6 },
])

const lineRows: LineRow[] = [0, 1, 2, 3, 4].flatMap((b) => [
  { series: 'measured', x: b, y: b === 2 ? null : b < 4 ? 1 - b / 10 : 0 },
  { series: '1 − b/n', x: b, y: b < 4 ? 1 - b / 10 : 0 },
])

interface Sample {
  readonly name: string
  readonly drawing: () => Drawing
  readonly draw: () => Promise<Plot>
}

function sample<Rows, About>(
  drawing: (rows: Rows, about: About) => Drawing,
  draw: (rows: Rows, about: About) => Promise<Plot>,
  rows: Rows,
  about: About,
): Sample {
  return { name: drawing(rows, about).name, drawing: () => drawing(rows, about), draw: () => draw(rows, about) }
}

/** One picture of each kind, small enough to be read. */
export const samples: readonly Sample[] = [
  sample(phaseDrawing, phaseDiagram, cells, {
    title: 'Where agreement and liveness end',
    subtitle: 'q = 2f + 1',
    caption,
  }),
  sample(
    ratesDrawing,
    rates,
    [
      { series: 'success', x: 0, rate: 1, low: 0.98, high: 1, runs: 200 },
      { series: 'success', x: 1, rate: 0.5, low: 0.43, high: 0.57, runs: 200 },
      { series: 'agreement violated', x: 0, rate: 0, low: 0, high: 0.02, runs: 200 },
      { series: 'agreement violated', x: 1, rate: null, low: null, high: null, runs: 0 },
    ],
    { title: 'Success and violations', caption },
  ),
  sample(latenciesDrawing, latencies, latencyRows, { title: 'Latency', caption, unit: 'message delays' as const }),
  sample(
    messagesDrawing,
    messagesByType,
    [4, 10, 31].flatMap((n) => [
      { n, type: 'PREPARE', perDecision: (n - 1) * (n - 1) },
      { n, type: 'VIEW_CHANGE', perDecision: n > 10 ? 2 : 0 },
    ]),
    { title: 'Messages', caption },
  ),
  sample(
    viewChangesDrawing,
    viewChanges,
    [
      { series: 'no partition', x: 0, mean: 0 },
      { series: 'no partition', x: 1, mean: 0.8, low: 0.6, high: 1.1 },
    ],
    { title: 'View changes', caption },
  ),
  sample(
    firstDrawing,
    executionsToFirst,
    [
      { series: 'split-brain', x: 'commit-2f', runs: 3 },
      { series: 'echo', x: 'commit-2f', runs: 155 },
      { series: 'echo', x: 'new-view-unchecked', runs: null, of: 10_000 },
    ],
    { title: 'Executions to the first violation', caption, x: 'mutant' },
  ),
  sample(linesDrawing, lines, lineRows, {
    ...{ title: 'The published experiment', caption, x: 'malicious replicas', y: 'success' },
    ...{ scale: 'share' as const, computed: ['1 − b/n'] },
  }),
]
