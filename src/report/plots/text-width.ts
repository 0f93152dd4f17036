import { filled } from '../text/table.ts'

/**
 * Widths of DejaVu Sans in thousandths of the font size, read from the font. Vega alone would guess four fifths of the
 * font size for every letter, or ask a canvas that some machines have and others do not.
 */
const GROUPS: readonly (readonly [width: number, letters: string])[] = [
  [275, "'"],
  [278, 'ijl'],
  [295, 'IJ'],
  [318, ' \u00a0,.·'],
  [337, '/:;\\|'],
  [352, 'f'],
  [361, '-'],
  [390, '()[]⌈⌉⌊⌋'],
  [392, 't'],
  [401, '!²'],
  [411, 'r'],
  [460, '"'],
  [500, '*_`–'],
  [521, 's'],
  [525, 'z'],
  [531, '?'],
  [550, 'c'],
  [557, 'L'],
  [575, 'F'],
  [579, 'k'],
  [592, 'vxy'],
  [603, 'P'],
  [611, 'TY'],
  [613, 'ao'],
  [615, 'e'],
  [636, 'EhnubdgpqS$0123456789{}'],
  [656, 'K'],
  [685, 'VXZB'],
  [698, 'RC'],
  [732, 'AU'],
  [748, 'N'],
  [752, 'H'],
  [775, 'DG'],
  [787, '&OQ'],
  [818, 'w'],
  [838, '#+<=>^~−≤≥×→≠'],
  [863, 'M'],
  [950, '%'],
  [974, 'm'],
]

const WIDTHS = new Map(GROUPS.flatMap(([width, letters]) => [...letters].map((letter) => [letter, width] as const)))

/** The widest letters of Latin, and what every letter without an entry is taken for. */
const WIDEST = 1000

/** How much wider words are in the bold face: narrow letters gain most, and seldom come alone. */
const BOLD = 1.17

/** How wide a line of text is, in the unit of the font size: never less than the font makes it. */
export function textWidth(text: string, size: number, bold = false): number {
  let thousandths = 0
  for (const letter of text) thousandths += WIDTHS.get(letter) ?? WIDEST
  return (thousandths * size * (bold ? BOLD : 1)) / 1000
}

/** A word in pieces that fit: a digest or a path has no spaces. */
function pieces(word: string, size: number, width: number, bold: boolean): string[] {
  const found: string[] = []
  let piece = ''
  for (const letter of word) {
    if (piece && textWidth(piece + letter, size, bold) > width) {
      found.push(piece)
      piece = ''
    }
    piece += letter
  }
  return piece ? [...found, piece] : found
}

/** A paragraph broken into lines that are at most so wide. */
export function wrapText(text: string, size: number, width: number, bold = false): string[] {
  const words = text
    // A number and its sign of percent stay together.
    .replace(/(\d) %/g, '$1\u00a0%')
    .split(/[ \t\r\n]+/)
    .filter(Boolean)
    .flatMap((word) => pieces(word, size, width, bold))
  return filled(words, (line) => textWidth(line, size, bold) <= width)
}

/** A label cut to a width, in the middle: long names differ at their ends. */
export function clipText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text
  const letters = [...text]
  const half = (width - textWidth('…', size)) / 2
  const fitting = (from: readonly string[]): number => {
    let taken = 0
    let count = 0
    while (count < from.length && taken + textWidth(from[count]!, size) <= half)
      taken += textWidth(from[count++]!, size)
    return count
  }
  const [head, tail] = [fitting(letters), fitting([...letters].reverse())]
  return `${letters.slice(0, head).join('').trimEnd()}…${letters
    .slice(letters.length - tail)
    .join('')
    .trimStart()}`
}
