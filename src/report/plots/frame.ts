import { drawKey } from './key.ts'
import type { Drawing } from './plot.ts'
import { wrapText } from './text-width.ts'
import { FONT, INK, SIZE } from './theme.ts'
import { element, escaped, text } from './xml.ts'

/** What vega drew: markup without a root, in a rectangle from the origin. */
export interface Body {
  readonly markup: string
  readonly width: number
  readonly height: number
}

const MARGIN = 18
const NARROWEST = 560
const SPACE = 10

interface Line {
  readonly content: string
  readonly size: number
  readonly bold?: boolean
  readonly colour: string
}

/** Lines of text below one another from `top`, and where the last one ends. */
function paragraph(lines: readonly Line[], top: number): { readonly markup: string; readonly bottom: number } {
  let bottom = top
  const parts = lines.map(({ content, size, bold, colour }) => {
    const baseline = bottom + size
    bottom += Math.round(size * 1.4)
    const place = { x: MARGIN, y: baseline, 'font-size': size, fill: colour }
    return text(content, bold ? { ...place, 'font-weight': 'bold' } : place)
  })
  return { markup: parts.join(''), bottom }
}

/** A grey field that says so, where there is nothing to draw. */
export const NOTHING: Body = {
  markup: [
    element('rect', { x: 0.5, y: 0.5, width: NARROWEST, height: 160, fill: '#f5f5f5', stroke: INK.grid }),
    text('no data', { x: NARROWEST / 2, y: 85, 'font-size': SIZE.subtitle, 'text-anchor': 'middle', fill: INK.soft }),
  ].join(''),
  width: NARROWEST + 1,
  height: 161,
}

/** Title, subtitle and key above the plot, the caption below it, all within the picture. */
export function frame({ title, subtitle = '', caption, key, alt }: Drawing, body: Body): string {
  const inner = Math.max(body.width, NARROWEST)
  const width = Math.ceil(inner + 2 * MARGIN)
  const heading = paragraph(
    [
      ...wrapText(title, SIZE.title, inner, true).map((content) => ({
        ...{ content, size: SIZE.title, bold: true, colour: INK.text },
      })),
      ...wrapText(subtitle, SIZE.subtitle, inner).map((content) => ({
        ...{ content, size: SIZE.subtitle, colour: INK.soft },
      })),
    ],
    MARGIN,
  )
  const entries = drawKey(key, inner)
  const plotTop = heading.bottom + SPACE + (entries.height > 0 ? entries.height + SPACE : 0)
  const lines = caption.split('\n').flatMap((part) => wrapText(part, SIZE.caption, inner))
  const foot = paragraph(
    lines.map((content) => ({ content, size: SIZE.caption, colour: INK.soft })),
    plotTop + body.height + SPACE,
  )
  const height = Math.ceil(foot.bottom + MARGIN - SPACE)
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(alt)}" font-family="${FONT}">`,
    element('rect', { width, height, fill: INK.paper }),
    heading.markup,
    `<g transform="translate(${MARGIN},${heading.bottom + SPACE})">${entries.svg}</g>`,
    `<g transform="translate(${MARGIN},${plotTop})">${body.markup}</g>`,
    foot.markup,
    '</svg>',
  ]
  // One element a line: a picture that changed can then be read as a difference between two texts.
  return `${parts.join('').replaceAll('><', '>\n<')}\n`
}
