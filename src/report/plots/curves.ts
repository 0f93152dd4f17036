import type { TopLevelSpec } from 'vega-lite'
import { grouped } from '../../model/index.ts'
import { isShown, type Where, type XAxis, type YScale, yAxis } from './axes.ts'
import type { KeyEntry } from './key.ts'
import { shapePath } from './shapes.ts'
import { FIELD, INK, SERIES_COLOURS } from './theme.ts'

export interface CurvePoint {
  readonly x: Where
  readonly y: number | null
  readonly low?: number | null
  readonly high?: number | null
}

export interface Style {
  readonly colour: string
  readonly dash: readonly number[]
  readonly width: number
  readonly opacity: number
  /** The mark at each value, by its number; none for curves that were computed. */
  readonly shape: number | undefined
}

/** One line of a plot. */
export interface Curve {
  readonly label: string
  readonly points: readonly CurvePoint[]
  readonly style: Style
}

/** Something besides the curves: a layer of Vega-Lite in the places of the axes. */
type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number]

const DASHES = [[], [7, 3], [2, 3]] as const

/** Colours, marks and dashes have periods of 7, 6 and 21: the first 126 series all differ. */
export function styleOf(index: number): Style {
  const colours = SERIES_COLOURS.length
  return {
    colour: SERIES_COLOURS[index % colours]!,
    dash: DASHES[Math.floor(index / colours) % DASHES.length]!,
    width: 2,
    opacity: 1,
    shape: index,
  }
}

/** A curve that was computed and not measured: broad and pale, so that what agrees with it is seen to are on it. */
export const COMPUTED: Style = { colour: '#8c8c8c', dash: [], width: 7, opacity: 0.4, shape: undefined }

/** Rows by series, in the order in which the series come first. */
export function bySeries<Row extends { readonly series: string }>(rows: readonly Row[]): [string, Row[]][] {
  return [...grouped(rows, ({ series }) => series)]
}

export function keyEntryOf({ label, style }: Curve): KeyEntry {
  const { colour, dash, width, opacity, shape } = style
  return { label, symbol: { kind: 'line', colour, dash, width, opacity, ...(shape === undefined ? {} : { shape }) } }
}

interface Placed {
  readonly x: number
  readonly y: number | null
  readonly low?: number
  readonly high?: number
}

/** Series that would hide each other's intervals stand side by side, by a few pixels. */
function besides(axis: XAxis, index: number, count: number): number {
  const pixels = Math.min(axis.isContinuous ? 8 : 24, (axis.gap * 0.5) / count)
  return Math.round((index - (count - 1) / 2) * pixels * 10) / 10
}

function placed(points: readonly CurvePoint[], axis: XAxis, kind: YScale): Placed[] {
  const all = points.map(({ x, y, low, high }) => ({
    x: axis.place(x),
    y: isShown(y, kind) ? y : null,
    ...(isShown(low, kind) && isShown(high, kind) ? { low, high } : {}),
  }))
  return all.sort((a, b) => a.x - b.x)
}

interface Axes {
  readonly x: XAxis
  readonly y: ReturnType<typeof yAxis>
  readonly kind: YScale
}

function layersOf({ points, style }: Curve, axes: Axes, xOffset: number): Layer[] {
  const values = placed(points, axes.x, axes.kind)
  const { colour, dash, width, opacity, shape } = style
  const x = { field: 'x', ...axes.x.position }
  const y = (field: string) => ({ field, ...axes.y })
  const ranges = values.filter(({ low }) => low !== undefined)
  const caps = ranges.flatMap(({ x: at, low, high }) => [low, high].map((end) => ({ x: at, y: end })))
  const some = values.filter((value) => value.y !== null)
  // A value between two gaps has no line to either side, so it needs a mark even where the others have none.
  const isAlone = (_: Placed, i: number): boolean => values[i - 1]?.y == null && values[i + 1]?.y == null
  const alone = values.filter(isAlone).filter((value) => value.y !== null)
  const marked = shape !== undefined || !axes.x.isContinuous ? some : alone
  const layers: object[] = []
  if (ranges.length > 0) {
    const mark = { color: colour, opacity: 0.75, xOffset }
    layers.push({
      data: { values: ranges },
      mark: { type: 'rule', strokeWidth: 1.5, ...mark, x2Offset: xOffset },
      encoding: { x, y: y('low'), y2: { field: 'high' } },
    })
    layers.push({
      data: { values: caps },
      mark: { type: 'tick', orient: 'horizontal', size: 8, thickness: 1.5, ...mark },
      encoding: { x, y: y('y') },
    })
  }
  if (some.length > 1 && axes.x.isContinuous) {
    const mark = { type: 'line', color: colour, strokeWidth: width, opacity, strokeDash: dash, xOffset }
    layers.push({ data: { values }, mark, encoding: { x, y: y('y') } })
  }
  if (marked.length > 0) {
    const size = shape === undefined || values.length > 30 ? 34 : 70
    const face = { fill: colour, stroke: INK.paper, strokeWidth: 0.8, opacity: Math.max(opacity, 0.8) }
    const mark = { type: 'point', shape: shapePath(shape ?? 0), size, ...face, xOffset }
    layers.push({ data: { values: marked }, mark, encoding: { x, y: y('y') } })
  }
  return layers as Layer[]
}

/** A row of open marks for what has no place on the axis: more than, or less than, anything that it shows. */
export interface Beyond {
  readonly points: readonly { readonly x: Where; readonly y: number }[]
  readonly outline: string
  readonly colour: string
  readonly index: number
}

function beyondLayer({ points, outline, colour }: Beyond, axes: Axes, xOffset: number): Layer {
  const face = { fill: INK.paper, stroke: colour, strokeWidth: 1.8, opacity: 1 }
  return {
    data: { values: points.map(({ x, y }) => ({ x: axes.x.place(x), y })) },
    mark: { type: 'point', shape: outline, size: 80, ...face, xOffset },
    encoding: { x: { field: 'x', ...axes.x.position }, y: { field: 'y', ...axes.y } },
  } as Layer
}

export interface CurvesRequest {
  readonly curves: readonly Curve[]
  readonly x: XAxis
  /** Without a domain the axis shows zero and all values. */
  readonly y: { readonly title: string; readonly kind: YScale; readonly domain?: readonly [number, number] }
  /** Whether measured curves stand side by side where they have the same x. */
  readonly apart?: boolean
  readonly beyond?: readonly Beyond[]
  /** Further values that the left axis has room for. */
  readonly reach?: readonly number[]
  readonly label?: { readonly x: number; readonly y: number; readonly text: string; readonly colour: string }
}

/** The curves as Vega-Lite; nothing where there is no single value. */
export function curvesSpec(request: CurvesRequest): TopLevelSpec | undefined {
  const { curves, x, y, apart = false, beyond = [], reach = [], label } = request
  const values = curves.flatMap(({ points }) => points.flatMap((point) => [point.y, point.low, point.high]))
  const known = [...values, ...beyond.flatMap(({ points }) => points.map((point) => point.y))]
  if (!known.some((value) => isShown(value, y.kind))) return undefined
  const axes = { x, y: yAxis([...known, ...reach], y.title, y.kind, y.domain), kind: y.kind }
  // What was computed stays where it is; only what was measured makes room for its like.
  const measured = curves.filter(({ style }) => style.shape !== undefined)
  const offset = (index: number): number => (apart && index >= 0 ? besides(x, index, measured.length) : 0)
  const layers = [
    ...curves.flatMap((curve) => layersOf(curve, axes, offset(measured.indexOf(curve)))),
    ...beyond.filter(({ points }) => points.length > 0).map((one) => beyondLayer(one, axes, offset(one.index))),
    ...(label ? [labelLayer(label, axes)] : []),
  ]
  return { ...FIELD, layer: layers }
}

function labelLayer(label: NonNullable<CurvesRequest['label']>, axes: Axes): Layer {
  return {
    data: { values: [{ x: label.x, y: label.y }] },
    mark: { type: 'text', text: label.text, align: 'left', dx: 6, color: label.colour },
    encoding: { x: { field: 'x', ...axes.x.position }, y: { field: 'y', ...axes.y } },
  } as Layer
}
