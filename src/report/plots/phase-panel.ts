import { type CellVerdict, contradictsTheory, exemption, type PhaseCell, type PhaseClaim } from './phase-cell.ts'
import { textWidth } from './text-width.ts'
import { INK, SIZE } from './theme.ts'

interface Look {
  readonly fill: string
  readonly mark: string
  readonly label: string
}

/**
 * Colour and letter say the same. The colours are those of Okabe and Ito, which stay apart for the colour-blind; two
 * are lightened so that they differ on grey paper as well. A black letter is readable on each.
 */
export const LOOKS: Readonly<Record<CellVerdict, Look>> = {
  proved: { fill: '#3dbb96', mark: 'P', label: 'proved' },
  'not-found': { fill: '#9fd8f5', mark: 'N', label: 'no violation found' },
  violated: { fill: '#d55e00', mark: 'V', label: 'violated' },
  stuck: { fill: '#e69f00', mark: 'S', label: 'stuck' },
  vacuous: { fill: '#dedede', mark: '–', label: 'vacuous' },
  inconclusive: { fill: '#ffffff', mark: '?', label: 'inconclusive' },
}
export const SHOWN_VERDICTS = Object.keys(LOOKS) as CellVerdict[]

const LINES: Readonly<Record<PhaseClaim, string>> = {
  agreement: 'theory: safe below the line, 2q − n > b',
  liveness: 'theory: live below the line, q ≤ n − b',
}

/** Columns and rows are the values that there are, one beside the other, so that 4, 10 and 100 make three columns. */
interface Grid {
  readonly columns: readonly number[]
  readonly rows: readonly number[]
  readonly side: number
}

/** The largest squares that leave two panels a page's width. Where letters still fit with a wider page, it is wider. */
const SQUARE = { least: 6, most: 30, width: 300, height: 640 }
const READABLE = 14
const MANY = 40

export function gridOf(cells: readonly PhaseCell[]): Grid {
  const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b)
  const columns = ascending(cells.map(({ n }) => n))
  const rows = ascending(cells.map(({ b }) => b))
  const fitting = Math.floor(Math.min(SQUARE.width / columns.length, SQUARE.height / rows.length))
  const least = Math.max(columns.length, rows.length) > MANY ? SQUARE.least : READABLE
  return { columns, rows, side: Math.max(least, Math.min(SQUARE.most, fitting)) }
}

/** Every value has its label, or every second, fifth, tenth: the first step whose labels leave each other room. */
function labelled(values: readonly number[], side: number, isUpright: boolean): number[] {
  const widest = isUpright ? SIZE.label : Math.max(...values.map((value) => textWidth(String(value), SIZE.label)))
  const every = [1, 2, 5, 10, 20, 50].find((step) => step * side >= widest + 3) ?? values.length
  const isGapless = values.every((value, i) => value === values[0]! + i)
  return values.flatMap((value, i) => ((isGapless ? value : i) % every === 0 ? [i] : []))
}

function axisOf(values: readonly number[], side: number, title: string, isUpright: boolean): object {
  return {
    type: 'quantitative',
    title,
    scale: { domain: [-0.5, values.length - 0.5], nice: false, zero: false },
    axis: {
      values: labelled(values, side, isUpright),
      labelExpr: `${JSON.stringify(values)}[datum.value]`,
      labelOverlap: false,
      grid: false,
      domain: false,
      ticks: false,
      labelPadding: 6,
    },
  }
}

/** Theory's line: along the upper edge of the last cell that it promises, up or down between two columns. */
function boundary(cells: readonly PhaseCell[], { columns, rows }: Grid, claim: PhaseClaim): { x: number; y: number }[] {
  return columns.flatMap((n, i) => {
    const cell = cells.find((one) => one.n === n)!
    const { safeBelow, liveUpTo } = cell
    const limit = claim === 'agreement' ? safeBelow : liveUpTo === null ? null : liveUpTo + 1
    if (limit === null) return []
    const y = rows.filter((b) => b < limit).length - 0.5
    return [
      { x: i - 0.5, y },
      { x: i + 0.5, y },
    ]
  })
}

/** Up to where the claims are promised, b ≤ f: along the upper edges of those cells. */
function tolerance(cells: readonly PhaseCell[], { columns, rows }: Grid): { x: number; y: number; x2: number }[] {
  return columns.flatMap((n, i) => {
    const { f } = cells.find((one) => one.n === n)!
    const last = f === undefined ? undefined : rows.filter((b) => b <= f).length - 0.5
    return last === undefined ? [] : [{ x: i - 0.5, x2: i + 0.5, y: last }]
  })
}

/** How the promise is drawn, in the panel and in the key. */
export const PROMISE = { colour: INK.text, dash: [3, 3], width: 2 } as const

/** Strokes across two corners of a cell, as in the key: the letter in the middle stays readable. */
export const STROKES = [
  [0, 0.3, 0.7, 1],
  [0, 0.65, 0.35, 1],
  [0.3, 0, 1, 0.7],
  [0.65, 0, 1, 0.35],
] as const

/** How far inside its cell the frame is that says "not as theory says": theory's line runs along the edges. */
const INSET = 0.09

/** What a panel draws: the cells by their places, and which strokes and frames are over them. */
function squaresOf(cells: readonly PhaseCell[], { columns, rows }: Grid, claim: PhaseClaim) {
  const squares = cells.map((cell) => {
    const [x, y] = [columns.indexOf(cell.n), rows.indexOf(cell.b)]
    const { fill, mark } = LOOKS[cell[claim]]
    return { cell, at: { middle: x, height: y, fill, mark }, edges: edgesOf(x, y, 0) }
  })
  const hatches = squares
    .filter(({ cell }) => exemption(cell, claim) !== undefined)
    .flatMap(({ edges: { x, y } }) =>
      STROKES.map(([x1, y1, x2, y2]) => ({ x: x + x1, y: y + y1, x2: x + x2, y2: y + y2 })),
    )
  const frames = squares
    .filter(({ cell }) => contradictsTheory(cell, claim))
    .map(({ at }) => edgesOf(at.middle, at.height, INSET))
  return { squares: squares.map(({ at, edges }) => ({ ...edges, ...at })), hatches, frames }
}

function edgesOf(x: number, y: number, inset: number) {
  const half = 0.5 - inset
  return { x: x - half, x2: x + half, y: y - half, y2: y + half }
}

/** One claim: a square for each cell, and theory's line. */
export function panel(
  cells: readonly PhaseCell[],
  grid: Grid,
  claim: PhaseClaim,
  name: string,
  isFirst: boolean,
): object {
  const { columns, rows, side } = grid
  const { squares, hatches, frames } = squaresOf(cells, grid, claim)
  const [width, height] = [columns.length * side, rows.length * side]
  const [left, below] = [height > 150 ? 'Byzantine replicas b' : 'b', width > 80 ? 'replicas n' : 'n']
  const x = (field: string) => ({ field, ...axisOf(columns, side, below, false) })
  const y = (field: string) => ({ field, ...axisOf(rows, side, isFirst ? left : '', true) })
  const box = { x: x('x'), x2: { field: 'x2' }, y: y('y'), y2: { field: 'y2' } }
  const place = { x: x('middle'), y: y('height') }
  const line = boundary(cells, grid, claim)
  const layer = (values: readonly object[], mark: object, encoding: object): object[] =>
    values.length === 0 ? [] : [{ data: { values }, mark, encoding }]
  const fill = { field: 'fill', type: 'nominal', scale: null }
  const letter = { type: 'text', fontSize: Math.round(side * 0.48), baseline: 'middle', dy: 0.5 }
  const over = { strokeWidth: 1, color: INK.text, opacity: 0.5 }
  const layers = [
    ...layer(squares, { type: 'rect', stroke: INK.paper, strokeWidth: side >= READABLE ? 1.5 : 0.5 }, { ...box, fill }),
    ...layer(hatches, { type: 'rule', ...over }, box),
    ...layer(frames, { type: 'rect', fill: null, stroke: INK.text, strokeWidth: 2.5 }, box),
    ...(side >= READABLE ? layer(squares, letter, { ...place, text: { field: 'mark', type: 'nominal' } }) : []),
    ...(line.length > 0 ? boundaryLayers(line, x('x'), y('y')) : []),
    ...promiseLayers(tolerance(cells, grid), { x: x('x'), x2: { field: 'x2' }, y: y('y') }),
  ]
  return { title: { text: name, subtitle: line.length > 0 ? LINES[claim] : '' }, width, height, layer: layers }
}

function promiseLayers(values: readonly object[], encoding: object): object[] {
  if (values.length === 0) return []
  const { colour: color, dash: strokeDash, width: strokeWidth } = PROMISE
  return [
    { data: { values }, mark: { type: 'rule', color: INK.paper, strokeWidth: 4 }, encoding },
    { data: { values }, mark: { type: 'rule', color, strokeWidth, strokeDash }, encoding },
  ]
}

/** White below black, so that the line stands out from every colour. */
function boundaryLayers(values: readonly object[], x: object, y: object): object[] {
  return [
    [INK.paper, 6],
    [INK.text, 3],
  ].map(([color, strokeWidth]) => ({
    data: { values },
    mark: { type: 'line', color, strokeWidth, strokeCap: 'square', strokeJoin: 'miter' },
    encoding: { x, y, order: { field: 'x', type: 'quantitative' } },
  }))
}
