import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import { describe, expect, test } from 'vitest'
import { HarnessError } from '../../src/model/index.ts'
import { latencies } from '../../src/report/plots/latencies.ts'
import { lines } from '../../src/report/plots/lines.ts'
import { messagesByType } from '../../src/report/plots/messages-by-type.ts'
import { phaseDiagram } from '../../src/report/plots/phase-diagram.ts'
import type { Drawing, Plot } from '../../src/report/plots/plot.ts'
import { png } from '../../src/report/plots/png.ts'
import { render } from '../../src/report/plots/render.ts'
import { expectGoldenFile } from './golden.ts'
import { cellsOf, samples } from './plots-rows.ts'

/** JSON with one row of data on one line. */
function pretty(value: unknown, indent = ''): string {
  const isBranch = (part: unknown): boolean => typeof part === 'object' && part !== null
  if (!isBranch(value) || !Object.values(value as object).some(isBranch)) return JSON.stringify(value)
  const deeper = `${indent}  `
  const rows = Object.entries(value as object).map(
    ([key, part]) => deeper + (Array.isArray(value) ? '' : `${JSON.stringify(key)}: `) + pretty(part, deeper),
  )
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${rows.join(',\n')}\n${indent}${close}`
}

const { resolve } = createRequire(import.meta.url)
const about = { title: 'A title', caption: 'One run.' }
const LONG =
  'a name so long that no picture has the room for all of it, and with-a-word-that-has-no-space-to-break-it-at-'

/** The first curve as vega writes it; the key has no dashes where there are none. */
const CURVE = /<path d="(M[^"]*)" stroke="#0072b2" stroke-width="2" stroke-dasharray=""/

/** The box around everything that is drawn but the paper, in the font that the widths were taken from. */
function extent({ svg }: Plot) {
  const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/)!
  const faces = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']
  const fontFiles = faces.map((face) => resolve(`dejavu-fonts-ttf/ttf/${face}`))
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' }
  const drawn = new Resvg(svg.replace(/<rect [^>]*fill="#ffffff"\/>/, ''), { font }).getBBox()!
  return { width: Number(width), height: Number(height), drawn }
}

function expectInside(plot: Plot): void {
  const { width, height, drawn } = extent(plot)
  expect(drawn.x).toBeGreaterThanOrEqual(4)
  expect(drawn.y).toBeGreaterThanOrEqual(4)
  expect(drawn.x + drawn.width).toBeLessThanOrEqual(width - 4)
  expect(drawn.y + drawn.height).toBeLessThanOrEqual(height - 4)
}

describe('what was accepted before', () => {
  test.each(samples)('$name', async ({ name, drawing, draw }) => {
    const { spec } = drawing()
    const plot = await draw()
    expectGoldenFile(`plots/${name}.spec.txt`, `${pretty(spec)}\n`)
    expectGoldenFile(`plots/${name}.csv`, plot.csv)
    expectGoldenFile(`plots/${name}.svg`, plot.svg)
    expectGoldenFile(`plots/${name}.alt.txt`, `${plot.alt}\n`)
  })
})

describe('the same bytes', () => {
  test('whatever was drawn before, and in whatever order', async () => {
    const first = await Promise.all(samples.map(({ draw }) => draw()))
    const second: Plot[] = []
    for (const { draw } of [...samples].reverse()) second.unshift(await draw())
    expect(second).toEqual(first)
  })

  test('though vega numbers its clip paths through the whole process', async () => {
    const spec = {
      data: { values: [{ x: 1 }, { x: 2 }] },
      mark: { type: 'line', clip: true },
      encoding: { x: { field: 'x', type: 'quantitative' } },
    } as Drawing['spec']
    const drawing = { ...about, name: 'clipped', spec, key: [], csv: '', alt: '' }
    const one = await render(drawing)
    expect(one.svg).toContain('url(#clip1)')
    expect(one.svg).toContain('<clipPath id="clip1">')
    expect(await render(drawing)).toEqual(one)
  })

  test('for PNGs as well, with letters from the package and not from the machine', async () => {
    const { svg } = await lines([{ series: 'a', x: 1, y: 2 }], about)
    const one = Buffer.from(await png(svg))
    const [, width] = svg.match(/width="(\d+)"/)!
    expect(one.subarray(1, 4).toString()).toBe('PNG')
    expect(one.readUInt32BE(16)).toBe(2 * Number(width))
    expect(Buffer.from(await png(svg))).toEqual(one)
    expect(Buffer.from(await png(svg.replace('>A title<', '>A tltle<')))).not.toEqual(one)
  })
})

describe('rows that are hard to draw', () => {
  test('nothing at all says so, in every plot', async () => {
    const empty = [await phaseDiagram([], about), await lines([], about), await messagesByType([], about)]
    for (const plot of empty) {
      expect(plot.svg).toContain('>no data</text>')
      expect(plot.csv.split('\r\n')).toHaveLength(2)
      expectInside(plot)
    }
  })

  test('missing values only are no data, and one missing value leaves a gap', async () => {
    const none = await lines([{ series: 'a', x: 1, y: null }], about)
    expect(none.svg).toContain('>no data</text>')
    const some = [1, 2, null, 4, 5].map((y, x) => ({ series: 'a', x, y }))
    const { svg } = await lines(some, about)
    const [, curve] = svg.match(CURVE)!
    expect(curve!.split('M')).toHaveLength(3)
  })

  test('a value between two gaps has a mark, though its curve has none elsewhere', async () => {
    const rows = [5, null, 6, 7, 8].map((p99, x) => ({ series: 'a', x, p50: 1, p95: 2, p99 }))
    const { svg } = await latencies(rows, { ...about, unit: 'ms' })
    // Five medians, and the p99 that stands alone.
    expect(svg.match(/<path transform="translate[^>]* fill="#0072b2"/g)).toHaveLength(6)
  })

  test('numbers that are none are left out', async () => {
    const wild = [1, Number.NaN, Number.POSITIVE_INFINITY, 4].map((y, x) => ({ series: 'a', x, y }))
    const { svg } = await lines(wild, about)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  test('a single value is a mark without a line', async () => {
    const plot = await lines([{ series: 'a', x: 4, y: 12 }], about)
    expect(plot.alt).toBe('A title. Along x: x, at 4. a: 12 at 4.')
    expectInside(plot)
  })

  test('between cases that are no numbers there is no line', async () => {
    const rows = ['signatures', 'channels', 'none'].map((x, y) => ({ series: 'a', x, y }))
    expect((await lines(rows, about)).svg).not.toMatch(CURVE)
  })

  test('zero has a mark of its own on a logarithmic axis', async () => {
    const { svg } = await messagesByType(
      [4, 7].map((n) => ({ n, type: 'VIEW_CHANGE', perDecision: n === 4 ? 0 : 1 })),
      about,
    )
    expect(svg).toContain('>none sent</text>')
  })

  test.each(samples)('nothing of $name is cut off', async ({ draw }) => expectInside(await draw()))

  test('long names stay within the picture', async () => {
    const names = [`${LONG}${LONG}1`, `${LONG}${LONG}2`, `${LONG}3`, 'x'.repeat(300)]
    const rows = names.flatMap((series) =>
      [4, 100].map((x) => ({ series, x, y: x * 1e9 + series.length + Number(/1$/.test(series)) })),
    )
    const plot = await lines(rows, { title: LONG.repeat(3), subtitle: LONG.repeat(3), caption: LONG.repeat(9) })
    expectInside(plot)
    // What tells two names apart is at their ends.
    expect(plot.svg).toMatch(/…[^<]*-at-1</)
    expect(plot.svg).toMatch(/…[^<]*-at-2</)
    const cases = names.map((x) => ({ series: 'a', x, y: 1 }))
    expectInside(await lines(cases, about))
  })

  test('a hundred replicas, and sizes far apart', async () => {
    const all = await phaseDiagram(cellsOf(Array.from({ length: 97 }, (_, i) => i + 4)), about)
    expect(all.csv.trimEnd().split('\r\n')).toHaveLength(5142)
    expectInside(all)
    expectInside(await phaseDiagram(cellsOf([4, 31, 100]), about))
  })

  test('names of strangers are text, and never markup', async () => {
    const evil = '<script>alert(1)</script>&"\'\u0000\u001b[31m\ud800'
    const rows = [{ series: evil, x: evil, y: 1 }]
    const plot = await lines(rows, { title: evil, subtitle: evil, caption: evil, x: evil, y: evil })
    expect(plot.svg).not.toContain('<script')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids these characters even as references.
    expect(plot.svg).not.toMatch(/[\u0000-\u0008\u001b]|\p{Surrogate}/u)
    expect(() => extent(plot)).not.toThrow()
  })

  test('a picture that vega warns about is an error of ours', async () => {
    const spec = { data: { values: [] }, mark: 'bar', encoding: { shape: { field: 'x', type: 'nominal' } } } as never
    const drawing = { ...about, name: 'wrong', spec, key: [], csv: '', alt: '' }
    await expect(render(drawing)).rejects.toThrow(HarnessError)
  })
})
