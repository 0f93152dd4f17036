import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import { describe, expect, test } from 'vitest'
import { clipText, textWidth, wrapText } from '../../src/report/plots/text-width.ts'
import { escaped } from '../../src/report/plots/xml.ts'

const { resolve } = createRequire(import.meta.url)
const faces = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']
const font = {
  fontFiles: faces.map((face) => resolve(`dejavu-fonts-ttf/ttf/${face}`)),
  loadSystemFonts: false,
  defaultFontFamily: 'DejaVu Sans',
}

/** How wide the font draws a text. */
function drawn(text: string, weight: string): number {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="200"><text y="100" font-size="50" font-weight="${weight}">${escaped(text)}</text></svg>`
  return new Resvg(svg, { font }).getBBox()!.width
}

const letters = [...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)), ...'·²–−≤≥×→≠⌈⌉⌊⌋…']

describe('widths are those of the font', () => {
  test('letter by letter', () => {
    const wrong = letters.filter((letter) => {
      // A row of letters, so that what a letter leaves free on its sides counts but twice.
      const [real, said] = [drawn(letter.repeat(40), 'normal') / 50, textWidth(letter.repeat(40), 1)]
      return real > said + 0.2 || said > 1.08 * real + 0.3
    })
    expect(wrong).toEqual([])
  })

  test.each([
    'Where agreement and liveness end',
    'PBFT with quorum ⌈(n + f + 1)/2⌉, n = 4…13',
    'first filter, left; iiiii',
  ])('bold: %s', (text) => {
    expect(textWidth(text, 50, true)).toBeGreaterThanOrEqual(drawn(text, 'bold'))
    expect(textWidth(text, 50, true)).toBeLessThan(1.1 * drawn(text, 'bold'))
  })
})

test('a paragraph is broken at spaces, words too long for a line within them, and never before a sign of percent', () => {
  const lines = wrapText(`Wilson intervals of 95 % around ${'x'.repeat(40)}`, 10, 110)
  expect(lines.every((line) => textWidth(line, 10) <= 110)).toBe(true)
  expect(lines.map((line) => line.replace('\u00a0', ' '))).toEqual([
    'Wilson intervals of',
    '95 % around',
    'x'.repeat(18),
    'x'.repeat(18),
    'xxxx',
  ])
})

test('a label that is too long loses its middle', () => {
  expect(clipText('short', 10, 100)).toBe('short')
  const clipped = clipText('pbft/a-variant-with-a-long-name-1', 10, 100)
  expect(clipped).toMatch(/^pbft.*….*-1$/)
  expect(textWidth(clipped, 10)).toBeLessThanOrEqual(100)
})
