import type { TopLevelSpec } from 'vega-lite'
import { HarnessError } from '../../model/index.ts'
import { csv } from '../text/csv.ts'
import { counted } from '../text/numbers.ts'
import type { KeyEntry } from './key.ts'
import { rangeText } from './lines.ts'
import { contradictsTheory, exemption, type PhaseCell, type PhaseClaim, promised } from './phase-cell.ts'
import { gridOf, LOOKS, PROMISE, panel, SHOWN_VERDICTS } from './phase-panel.ts'
import type { About, Drawing } from './plot.ts'
import { plotted } from './render.ts'
import { INK } from './theme.ts'

export interface PhaseAbout extends About {
  /** What the two claims are called in this protocol. */
  readonly claims?: Readonly<Partial<Record<PhaseClaim, string>>>
  /** Which of the two were judged: what nobody asked for has no panel. Both, where it is not said. */
  readonly judged?: readonly PhaseClaim[]
}

const BOTH: readonly PhaseClaim[] = ['agreement', 'liveness']

function keyEntries(cells: readonly PhaseCell[], claims: readonly PhaseClaim[]): KeyEntry[] {
  const seen = new Set(cells.flatMap((cell) => claims.map((claim) => cell[claim])))
  const reasons = new Set(cells.flatMap((cell) => claims.flatMap((claim) => exemption(cell, claim) ?? [])))
  const isAgainst = cells.some((cell) => claims.some((claim) => contradictsTheory(cell, claim)))
  return [
    ...SHOWN_VERDICTS.filter((verdict) => seen.has(verdict)).map((verdict) => {
      const { fill, mark, label } = LOOKS[verdict]
      return { label, symbol: { kind: 'swatch', fill, mark } } as const
    }),
    ...(reasons.size > 0
      ? [
          {
            label: `exempt: ${[...reasons].sort().join(', or ')}`,
            symbol: { kind: 'swatch', fill: INK.paper, hatched: true },
          } as const,
        ]
      : []),
    ...(isAgainst
      ? [{ label: 'not as theory says', symbol: { kind: 'swatch', fill: INK.paper, framed: true } } as const]
      : []),
    ...(cells.some(({ f }) => f !== undefined)
      ? [{ label: 'promised below: b ≤ f', symbol: { kind: 'line', ...PROMISE } } as const]
      : []),
  ]
}

function altText(
  cells: readonly PhaseCell[],
  title: string,
  names: Readonly<Record<PhaseClaim, string>>,
  claims: readonly PhaseClaim[],
): string {
  if (cells.length === 0) return `${title}. No data.`
  const ofClaim = (claim: PhaseClaim): string => {
    const counts = SHOWN_VERDICTS.flatMap((verdict) => {
      const count = cells.filter((cell) => cell[claim] === verdict).length
      return count > 0 ? [`${LOOKS[verdict].label} in ${count}`] : []
    })
    const judged = cells.filter((cell) => promised(cell, claim) !== undefined)
    const against = judged.filter((cell) => contradictsTheory(cell, claim)).length
    const theory = judged.length > 0 ? `; not as theory says in ${against} of ${judged.length}` : ''
    return `${names[claim]}: ${counts.join(', ')}${theory}`
  }
  const extent = `replicas n ${rangeText(cells.map(({ n }) => n))}, Byzantine replicas b ${rangeText(cells.map(({ b }) => b))}`
  return `${title}. ${counted(cells.length, 'cell')}, ${extent}. ${claims.map(ofClaim).join('. ')}.`
}

export function phaseDrawing(cells: readonly PhaseCell[], about: PhaseAbout): Drawing {
  const { judged = BOTH } = about
  const names = { agreement: 'agreement', liveness: 'liveness', ...about.claims }
  const grid = gridOf(cells)
  const sorted = [...cells].sort((one, two) => one.n - two.n || one.b - two.b)
  for (const [i, { n, b }] of sorted.entries()) {
    const next = sorted[i + 1]
    if (next?.n === n && next.b === b) throw new HarnessError(`a phase diagram with two cells for n = ${n}, b = ${b}`)
  }
  const panels = judged.map((claim, i) => panel(sorted, grid, claim, names[claim], i === 0))
  const verdict = (cell: PhaseCell, claim: PhaseClaim): string | null => (judged.includes(claim) ? cell[claim] : null)
  return {
    ...about,
    name: about.name ?? 'phase-diagram',
    spec: cells.length === 0 ? undefined : ({ hconcat: panels, spacing: 36 } as TopLevelSpec),
    key: keyEntries(cells, judged),
    csv: csv(
      ['n', 'b', 'agreement', 'liveness', 'agreement_exempt', 'liveness_exempt', 'safe_below', 'live_up_to'],
      sorted.map((cell) => [
        ...[cell.n, cell.b, verdict(cell, 'agreement'), verdict(cell, 'liveness')],
        ...[exemption(cell, 'agreement'), exemption(cell, 'liveness'), cell.safeBelow, cell.liveUpTo],
      ]),
    ),
    alt: altText(cells, about.title, names, judged),
  }
}

/** Where agreement and liveness hold, over n and b, with theory's boundary between the cells. */
export const phaseDiagram = plotted(phaseDrawing)
