import { STROKES } from './phase-panel.ts'
import { shapePath } from './shapes.ts'
import { clipText, textWidth } from './text-width.ts'
import { INK, SIZE } from './theme.ts'
import { element, text } from './xml.ts'

/** What an entry of the key shows beside its words. */
export type KeySymbol =
  | {
      readonly kind: 'swatch'
      readonly fill: string
      readonly mark?: string
      readonly hatched?: boolean
      readonly framed?: boolean
    }
  | {
      readonly kind: 'line'
      readonly colour: string
      readonly dash?: readonly number[]
      readonly width?: number
      readonly opacity?: number
      readonly shape?: number
      readonly open?: boolean
    }
  | { readonly kind: 'mark'; readonly colour: string; readonly shape: number | string; readonly open?: boolean }
  | { readonly kind: 'interval'; readonly colour: string }

export interface KeyEntry {
  readonly label: string
  readonly symbol: KeySymbol
}

const ROW = 24
const GAP = 22
const SYMBOL = { swatch: 20, line: 34, mark: 16, interval: 16 } as const

/** A mark of a series: the path is that of the plot, so that the two cannot differ. */
function markAt(x: number, shape: number | string, colour: string, open = false): string {
  const scale = 4.5
  return element('path', {
    d: typeof shape === 'string' ? shape : shapePath(shape),
    transform: `translate(${x},0) scale(${scale})`,
    fill: open ? INK.paper : colour,
    stroke: colour,
    'stroke-width': open ? 1.6 / scale : 0,
  })
}

/** Strokes across two corners: what exempt cells have. */
function hatching(side: number): string {
  const at = (x: number, y: number): string => `${x * side},${side / 2 - y * side}`
  const d = STROKES.map(([x, y, x2, y2]) => `M${at(x, y)}L${at(x2, y2)}`).join('')
  return element('path', { d, stroke: INK.text, 'stroke-opacity': 0.5, fill: 'none' })
}

function drawn(symbol: KeySymbol): string {
  const side = SYMBOL.swatch
  switch (symbol.kind) {
    case 'swatch':
      return [
        element('rect', {
          ...{ x: 0.5, y: -side / 2 + 0.5, width: side - 1, height: side - 1, fill: symbol.fill },
          ...(symbol.framed ? { stroke: INK.text, 'stroke-width': 2.5 } : { stroke: INK.axis, 'stroke-width': 1 }),
        }),
        symbol.hatched ? hatching(side) : '',
        symbol.mark ? text(symbol.mark, { x: side / 2, y: 4.5, 'font-size': SIZE.label, 'text-anchor': 'middle' }) : '',
      ].join('')
    case 'line':
      return [
        element('path', {
          d: `M0,0H${SYMBOL.line}`,
          stroke: symbol.colour,
          'stroke-width': symbol.width ?? 2,
          ...(symbol.dash && symbol.dash.length > 0 ? { 'stroke-dasharray': symbol.dash.join(',') } : {}),
          ...(symbol.opacity === undefined ? {} : { 'stroke-opacity': symbol.opacity }),
        }),
        symbol.shape === undefined ? '' : markAt(SYMBOL.line / 2, symbol.shape, symbol.colour, symbol.open),
      ].join('')
    case 'mark':
      return markAt(SYMBOL.mark / 2, symbol.shape, symbol.colour, symbol.open)
    case 'interval':
      return element('path', {
        d: 'M8,-8V8M4,-8H12M4,8H12',
        stroke: symbol.colour,
        'stroke-width': 1.5,
        fill: 'none',
      })
  }
}

/** How many rows the key takes in a width, and where its entries begin. */
function inRows(widths: readonly number[], width: number): { readonly rows: number; readonly at: [number, number][] } {
  let [x, row] = [0, 0]
  const at = widths.map((taken): [number, number] => {
    if (x > 0 && x + taken > width) {
      x = 0
      row++
    }
    const place: [number, number] = [x, row]
    x += taken + GAP
    return place
  })
  return { rows: row + 1, at }
}

/** No more rows than are needed, and all about equally long: no entry stands alone in the last one. */
function balanced(widths: readonly number[], width: number): readonly [number, number][] {
  const { rows } = inRows(widths, width)
  let narrowest = Math.ceil(Math.max(0, ...widths))
  while (narrowest < width && inRows(widths, narrowest).rows > rows) narrowest += 4
  return inRows(widths, Math.min(narrowest, width)).at
}

/** The key in rows as wide as the picture: beside the plot it would take the room of the plot. */
export function drawKey(
  entries: readonly KeyEntry[],
  width: number,
): { readonly svg: string; readonly height: number } {
  const before = ({ symbol }: KeyEntry): number => SYMBOL[symbol.kind] + 7
  const shown = entries.map((entry) => clipText(entry.label, SIZE.label, width - before(entry)))
  const places = balanced(
    entries.map((entry, i) => before(entry) + textWidth(shown[i]!, SIZE.label)),
    width,
  )
  const parts = entries.map((entry, i) => {
    const [x, row] = places[i]!
    const label = text(shown[i]!, { x: before(entry), y: 4.5, 'font-size': SIZE.label })
    return `<g transform="translate(${round(x)},${row * ROW + ROW / 2})">${drawn(entry.symbol)}${label}</g>`
  })
  return { svg: parts.join(''), height: entries.length === 0 ? 0 : ((places.at(-1)?.[1] ?? 0) + 1) * ROW }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
