import type { TopLevelSpec } from 'vega-lite'
import { HarnessError } from '../../model/index.ts'
import { csv } from '../csv.ts'
import { counted } from '../numbers.ts'
import type { KeyEntry } from './key.ts'
import { rangeText } from './lines.ts'
import { contradicts, exemption, type PhaseCell, type PhaseClaim, promised } from './phase-cell.ts'
import { gridOf, LOOKS, panel, VERDICTS } from './phase-panel.ts'
import type { About, Drawing, Plot } from './plot.ts'
import { render } from './render.ts'
import { INK } from './theme.ts'

export interface PhaseAbout extends About {
  /** What the two claims are called in this protocol. */
  readonly claims?: Readonly<Partial<Record<PhaseClaim, string>>>
}

function keyEntries(cells: readonly PhaseCell[]): KeyEntry[] {
  const claims: readonly PhaseClaim[] = ['agreement', 'liveness']
  const seen = new Set(cells.flatMap((cell) => claims.map((claim) => cell[claim])))
  const reasons = new Set(cells.flatMap((cell) => claims.flatMap((claim) => exemption(cell, claim) ?? [])))
  const isAgainst = cells.some((cell) => claims.some((claim) => contradicts(cell, claim)))
  return [
    ...VERDICTS.filter((verdict) => seen.has(verdict)).map((verdict) => {
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
  ]
}

function altText(cells: readonly PhaseCell[], title: string, names: Readonly<Record<PhaseClaim, string>>): string {
  if (cells.length === 0) return `${title}. No data.`
  const ofClaim = (claim: PhaseClaim): string => {
    const counts = VERDICTS.flatMap((verdict) => {
      const count = cells.filter((cell) => cell[claim] === verdict).length
      return count > 0 ? [`${LOOKS[verdict].label} in ${count}`] : []
    })
    const judged = cells.filter((cell) => promised(cell, claim) !== undefined)
    const against = judged.filter((cell) => contradicts(cell, claim)).length
    const theory = judged.length > 0 ? `; not as theory says in ${against} of ${judged.length}` : ''
    return `${names[claim]}: ${counts.join(', ')}${theory}`
  }
  const extent = `replicas n ${rangeText(cells.map(({ n }) => n))}, Byzantine replicas b ${rangeText(cells.map(({ b }) => b))}`
  return `${title}. ${counted(cells.length, 'cell')}, ${extent}. ${ofClaim('agreement')}. ${ofClaim('liveness')}.`
}

export function phaseDrawing(cells: readonly PhaseCell[], about: PhaseAbout): Drawing {
  const names = { agreement: 'agreement', liveness: 'liveness', ...about.claims }
  const grid = gridOf(cells)
  const sorted = [...cells].sort((one, two) => one.n - two.n || one.b - two.b)
  for (const [i, { n, b }] of sorted.entries()) {
    const next = sorted[i + 1]
    if (next?.n === n && next.b === b) throw new HarnessError(`a phase diagram with two cells for n = ${n}, b = ${b}`)
  }
  const panels = [
    panel(sorted, grid, 'agreement', names.agreement, true),
    panel(sorted, grid, 'liveness', names.liveness, false),
  ]
  return {
    ...about,
    name: about.name ?? 'phase-diagram',
    spec: cells.length === 0 ? undefined : ({ hconcat: panels, spacing: 36 } as TopLevelSpec),
    key: keyEntries(cells),
    csv: csv(
      ['n', 'b', 'agreement', 'liveness', 'agreement_exempt', 'liveness_exempt', 'safe_below', 'live_up_to'],
      sorted.map((cell) => [
        ...[cell.n, cell.b, cell.agreement, cell.liveness],
        ...[exemption(cell, 'agreement'), exemption(cell, 'liveness'), cell.safeBelow, cell.liveUpTo],
      ]),
    ),
    alt: altText(cells, about.title, names),
  }
}

/** Where agreement and liveness hold, over n and b, with theory's boundary between the cells. */
export function phaseDiagram(cells: readonly PhaseCell[], about: PhaseAbout): Promise<Plot> {
  return render(phaseDrawing(cells, about))
}
