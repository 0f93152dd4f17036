import type { TopLevelSpec } from 'vega-lite'
import { csv } from '../text/csv.ts'
import { counted } from '../text/numbers.ts'
import { visible } from '../text/visible.ts'
import type { CellVerdict } from './phase-cell.ts'
import { LOOKS, SHOWN_VERDICTS } from './phase-panel.ts'
import type { About, Drawing } from './plot.ts'
import { plotted } from './render.ts'
import { textWidth } from './text-width.ts'
import { INK, SIZE } from './theme.ts'

/** What is known of one claim in one case. */
export interface VerdictCell {
  readonly row: string
  /** A line break in it is one in the heading. */
  readonly column: string
  readonly verdict: CellVerdict
  /** What stands in the cell, beside the colour: `violated, 4 steps`. */
  readonly words: string
  /** Does it say otherwise than theory? */
  readonly surprising?: boolean
}

const ROW_HEIGHT = 32
const PADDING = 18
const NARROWEST = 90
/** What vega takes for a line of a label. */
const LINE_HEIGHT = SIZE.label + 2

const distinct = (names: readonly string[]): string[] => [...new Set(names)]

/** Above the columns: as many lines as the longest heading has. */
function headings(columns: readonly string[]): object {
  return {
    values: columns.map((_, i) => i),
    labelExpr: `${JSON.stringify(columns.map((name) => visible(name.replaceAll('\n', '\u0000')).split('\\u0000')))}[datum.value]`,
    ...{ orient: 'top', labelOverlap: false, labelLimit: 0, grid: false, domain: false, ticks: false },
    // Further lines grow downwards from the first, into the cells unless that stands higher.
    labelPadding: 8 + (Math.max(...columns.map((name) => name.split('\n').length)) - 1) * LINE_HEIGHT,
  }
}

function spec(cells: readonly VerdictCell[], rows: readonly string[], columns: readonly string[]): TopLevelSpec {
  const words = [...cells.map((cell) => cell.words), ...columns.flatMap((name) => name.split('\n'))]
  const slot = Math.max(NARROWEST, ...words.map((text) => textWidth(text, SIZE.label) + PADDING))
  const [width, height] = [Math.ceil(slot * columns.length), ROW_HEIGHT * rows.length]
  const values = cells.map(({ row, column, verdict, words, surprising = false }) => {
    const [x, y] = [columns.indexOf(column), rows.indexOf(row)]
    const edges = { x: x - 0.5, x2: x + 0.5, y: y - 0.5, y2: y + 0.5 }
    return { ...edges, column: x, row: y, fill: LOOKS[verdict].fill, words: visible(words), surprising }
  })
  const x = {
    type: 'quantitative',
    title: null,
    scale: { domain: [-0.5, columns.length - 0.5], nice: false, zero: false },
    axis: headings(columns),
  }
  const y = {
    type: 'quantitative',
    title: null,
    scale: { domain: [rows.length - 0.5, -0.5], nice: false, zero: false },
    axis: {
      values: rows.map((_, i) => i),
      labelExpr: `${JSON.stringify(rows.map(visible))}[datum.value]`,
      ...{ labelOverlap: false, labelLimit: 0, grid: false, domain: false, ticks: false, labelPadding: 8 },
    },
  }
  const box = { x: { field: 'x', ...x }, x2: { field: 'x2' }, y: { field: 'y', ...y }, y2: { field: 'y2' } }
  const fill = { field: 'fill', type: 'nominal', scale: null }
  const framed = values.filter(({ surprising }) => surprising)
  return {
    data: { values },
    ...{ width, height },
    layer: [
      { mark: { type: 'rect', stroke: INK.paper, strokeWidth: 2 }, encoding: { ...box, fill } },
      {
        mark: { type: 'text', fontSize: SIZE.label, baseline: 'middle' },
        encoding: {
          x: { field: 'column', ...x },
          y: { field: 'row', ...y },
          text: { field: 'words', type: 'nominal' },
        },
      },
      ...(framed.length > 0
        ? [
            {
              data: { values: framed },
              mark: { type: 'rect', fill: null, stroke: INK.text, strokeWidth: 2.5 },
              encoding: box,
            },
          ]
        : []),
    ],
  } as unknown as TopLevelSpec
}

export function verdictDrawing(cells: readonly VerdictCell[], about: About): Drawing {
  const rows = distinct(cells.map(({ row }) => row))
  const columns = distinct(cells.map(({ column }) => column))
  const seen = SHOWN_VERDICTS.filter((verdict) => cells.some((cell) => cell.verdict === verdict))
  const counts = seen.map((verdict) => {
    return `${LOOKS[verdict].label} in ${cells.filter((cell) => cell.verdict === verdict).length}`
  })
  const isAgainst = cells.some(({ surprising }) => surprising)
  return {
    ...about,
    name: about.name ?? 'verdicts',
    spec: cells.length === 0 ? undefined : spec(cells, rows, columns),
    key: [
      ...seen.map((verdict) => {
        const { fill, label } = LOOKS[verdict]
        return { label, symbol: { kind: 'swatch', fill } } as const
      }),
      ...(isAgainst
        ? [{ label: 'not as theory says', symbol: { kind: 'swatch', fill: INK.paper, framed: true } } as const]
        : []),
      ...(cells.length > 0 && cells.length < rows.length * columns.length
        ? [{ label: 'does not apply, or was not run', symbol: { kind: 'swatch', fill: INK.paper } } as const]
        : []),
    ],
    csv: csv(
      ['row', 'column', 'verdict', 'words'],
      cells.map(({ row, column, verdict, words }) => [row, column.replaceAll('\n', ' '), verdict, words]),
    ),
    alt: `${about.title}. ${counted(cells.length, 'cell')}: ${counts.join(', ') || 'no data'}.`,
  }
}

/** Claims downwards, cases across, and in each cell what is known of the claim there, in colour and in words. */
export const verdictGrid = plotted(verdictDrawing)
