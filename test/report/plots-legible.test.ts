import { describe, expect, test } from 'vitest'
import { htmlReport } from '../../src/report/pages/html-report.ts'
import { yAxis } from '../../src/report/plots/axes.ts'
import { drawKey, type KeyEntry } from '../../src/report/plots/key.ts'
import { latenciesDrawing } from '../../src/report/plots/latencies.ts'
import { type LineRow, linesDrawing } from '../../src/report/plots/lines.ts'
import { phaseDrawing } from '../../src/report/plots/phase-diagram.ts'
import { verdictDrawing } from '../../src/report/plots/verdict-grid.ts'

const about = { title: '', caption: '' }
const curve = (series: string, ys: readonly (number | null)[]): LineRow[] => ys.map((y, x) => ({ series, x, y }))
const drawn = (rows: readonly LineRow[]) => {
  const { spec, key, csv } = linesDrawing(rows, about)
  const { layer } = spec as any
  return {
    csv,
    labels: key.map(({ label }) => label),
    lines: layer.filter(({ mark }: any) => mark.type === 'line'),
    layer,
  }
}

test('what is counted has no ticks between whole numbers', () => {
  expect((yAxis([0, 1, 2], 'y', 'linear') as any).axis).toMatchObject({ tickMinStep: 1 })
  expect((yAxis([0, 1.5], 'y', 'linear') as any).axis).not.toHaveProperty('tickMinStep')
})

describe('curves', () => {
  test('that are one another become one, with both names; the table keeps both', () => {
    const { labels, lines, csv } = drawn([...curve('a', [1, 2]), ...curve('b', [1, 2]), ...curve('c', [3, 1])])
    expect(labels).toEqual(['a = b', 'c'])
    expect(lines).toHaveLength(2)
    expect(csv.trimEnd().split('\r\n')).toHaveLength(7)
  })

  test('that lie on one another for the most part stand side by side', () => {
    const offsets = (rows: LineRow[]) => drawn(rows).lines.map(({ mark }: any) => mark.xOffset)
    expect(offsets([...curve('a', [0, 1, 1, 1]), ...curve('b', [1, 1, 1, 1])])).toEqual([-4, 4])
    expect(offsets([...curve('a', [0, 1, 2, 3]), ...curve('b', [0, 3, 4, 5])])).toEqual([0, 0])
  })

  test('end the axis where the last of them has a value; gaps stay gaps', () => {
    const { layer } = drawn([...curve('a', [1, null, 2, null, null]), ...curve('b', [1, 3, null, null, null])])
    expect(layer[0].encoding.x.scale.domain).toEqual([-0.08, 2.08])
  })

  test('of percentiles are left out where they are the median', () => {
    const row = { series: 'a', x: 4, p50: 5, p95: 5 }
    const labels = (p99: number) =>
      latenciesDrawing([{ ...row, p99 }], { ...about, unit: 'message delays' }).key.map(({ label }) => label)
    expect(labels(5)).toEqual(['a', 'p50 (median) = p95 = p99'])
    expect(labels(6)).toEqual(['a', 'p50 (median) = p95', 'p99'])
  })
})

test('no entry of a key stands alone in a last row, and there are no more rows than are needed', () => {
  const entry = (label: string): KeyEntry => ({ label, symbol: { kind: 'mark', colour: '#000', shape: 0 } })
  const rowsOf = (labels: readonly string[], width: number): number[] => {
    const places = [...drawKey(labels.map(entry), width).svg.matchAll(/<g transform="translate\([\d.]+,(\d+)\)">/g)]
    const rows = places.map(([, y]) => y)
    return [...new Set(rows)].map((row) => rows.filter((one) => one === row).length)
  }
  expect(rowsOf(['one series', 'another one', 'a third one', 'p99'], 320)).toEqual([2, 2])
  expect(rowsOf(['a', 'b', 'c'], 500)).toEqual([3])
  expect(rowsOf(['a very long name of a series', 'x'], 100)).toEqual([1, 1])
})

test('cells that are empty have their entry in the key', () => {
  const cell = (row: string, column: string) => ({ row, column, verdict: 'proved' as const, words: 'proved' })
  const labels = (cells: ReturnType<typeof cell>[]) => verdictDrawing(cells, about).key.map(({ label }) => label)
  expect(labels([cell('a', '1'), cell('b', '2')])).toContain('does not apply, or was not run')
  expect(labels([cell('a', '1'), cell('a', '2')])).toEqual(['proved'])
})

test('a phase diagram shows up to where its claims are promised, where that is known', () => {
  const cells = [0, 1, 2].map((b) => ({
    ...{ n: 4, b, agreement: 'proved' as const, liveness: 'proved' as const, safeBelow: null, liveUpTo: null },
  }))
  const dashes = (f?: number) => {
    const { spec, key } = phaseDrawing(f === undefined ? cells : cells.map((cell) => ({ ...cell, f })), about)
    const rules = (spec as any).hconcat[0].layer.filter(({ mark }: any) => mark.strokeDash)
    return { places: rules.flatMap(({ data }: any) => data.values), labels: key.map(({ label }) => label) }
  }
  expect(dashes(1)).toEqual({
    places: [{ x: -0.5, x2: 0.5, y: 1.5 }],
    labels: ['proved', 'promised below: b ≤ f'],
  })
  expect(dashes()).toEqual({ places: [], labels: ['proved'] })
})

test('numbers of a column have as many digits behind the point; a column with words keeps them as they are', () => {
  const table = {
    columns: ['a', 'b'],
    rows: [
      [1, 'x'],
      [1234.5, 2.25],
      [-0.25, null],
    ],
  }
  const page = htmlReport({ title: 't', intro: '', sections: [{ heading: 'h', table }], command: 'c' })
  const cells = [...page.matchAll(/<td[^>]*>([^<]*)</g)].map(([, text]) => text)
  expect(cells).toEqual(['1.00', 'x', '1,234.50', '2.25', '-0.25', '–'])
  expect(page).toContain('color-scheme: light dark')
})
