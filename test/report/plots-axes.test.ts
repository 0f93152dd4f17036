import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { xAxis, yAxis } from '../../src/report/plots/axes.ts'
import { firstDrawing } from '../../src/report/plots/executions-to-first.ts'
import { linesDrawing } from '../../src/report/plots/lines.ts'
import { textWidth } from '../../src/report/plots/text-width.ts'
import { FIELD, SIZE } from '../../src/report/plots/theme.ts'

type Known = { scale: { domain: [number, number]; type?: string }; axis: { values: number[] } }

function pixel({ scale: { domain, type } }: Known, x: number): number {
  const along = type === 'log' ? Math.log : Number
  return ((along(x) - along(domain[0])) / (along(domain[1]) - along(domain[0]))) * FIELD.width
}

describe('the axis below', () => {
  test('has no two labels that run into each other, and always the last', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        (values, isLog) => {
          const position = xAxis(values, 'n', isLog).position as unknown as Known
          const { values: ticks } = position.axis
          expect(ticks.at(-1)).toBe(Math.max(...values))
          for (const [i, tick] of ticks.slice(1).entries()) {
            const before = ticks[i]!
            const halves = (textWidth(String(tick), SIZE.label) + textWidth(String(before), SIZE.label)) / 2
            expect(pixel(position, tick) - pixel(position, before)).toBeGreaterThan(halves)
          }
        },
      ),
    )
  })

  test('names its cases in the order in which they come', () => {
    const axis = xAxis(['signatures', 'channels', 'signatures'], 'authentication')
    expect(['signatures', 'channels'].map(axis.place)).toEqual([0, 1])
    expect(axis.isContinuous).toBe(false)
  })
})

describe('the axis on the left', () => {
  const domain = (position: object): unknown => (position as Known).scale.domain

  test('shows zero where it is linear, all of a share, and whole decades where it is logarithmic', () => {
    expect(domain(yAxis([5, null, 12], 'y', 'linear'))).toEqual([0, 12])
    expect(domain(yAxis([-5, 12], 'y', 'linear'))).toEqual([-5, 12])
    expect(domain(yAxis([0], 'y', 'linear'))).toEqual([0, 1])
    expect(domain(yAxis([0.3], 'y', 'share'))).toEqual([0, 1])
    expect(domain(yAxis([3, 0, 155], 'y', 'log'))).toEqual([1, 1000])
    expect(domain(yAxis([1000], 'y', 'log'))).toEqual([1000, 10_000])
    expect(domain(yAxis([0.02, 0.5], 'y', 'log'))).toEqual([0.01, 1])
  })

  test('reaches as far as it is asked to, and farther where a value is beyond', () => {
    expect(domain(yAxis([0.5], 'y', 'share', [-0.05, 1.05]))).toEqual([-0.05, 1.05])
    expect(domain(yAxis([5, 40], 'y', 'linear', [0, 20]))).toEqual([0, 40])
    expect(domain(yAxis([5], 'y', 'linear', [2, 20]))).toEqual([2, 20])
  })

  test('has ticks at the decades, and between them where there are few', () => {
    expect((yAxis([1, 90], 'y', 'log') as Known).axis.values).toEqual([1, 2, 5, 10, 20, 50, 100])
    expect((yAxis([1, 9000], 'y', 'log') as Known).axis.values).toEqual([1, 10, 100, 1000, 10_000])
    expect((yAxis([1, 1e12], 'y', 'log') as Known).axis.values.length).toBeLessThan(10)
  })
})

test('series with intervals stand side by side, around the place that a computed curve keeps', () => {
  const rows = ['a', 'b', 'theory'].flatMap((series, i) => [0, 1].map((x) => ({ series, x, y: i, low: 0, high: 2 })))
  const spec = linesDrawing(rows, { title: '', caption: '', computed: ['theory'] }).spec as any
  const lines = spec.layer.filter((layer: any) => layer.mark.type === 'line')
  expect(lines.map((layer: any) => layer.mark.xOffset)).toEqual([0, -4, 4])
})

describe('what was not found', () => {
  const about = { title: 'First', caption: '' }
  const label = (rows: Parameters<typeof firstDrawing>[0]): string | undefined =>
    firstDrawing(rows, about).key.find(({ symbol }) => symbol.kind === 'mark')?.label

  test('is named by the runs that were spent on it', () => {
    const found = { series: 'a', x: 1, runs: 3 }
    expect(label([found])).toBeUndefined()
    expect(label([found, { series: 'a', x: 2, runs: null, of: 10_000 }])).toBe('none in 10,000 runs')
    expect(
      label([
        { series: 'a', x: 1, runs: null, of: 10 },
        { series: 'a', x: 2, runs: null, of: 20 },
      ]),
    ).toBe('none in that many runs')
    expect(label([{ series: 'a', x: 1, runs: null }])).toBe('none found')
  })

  test('stands at that height, or at the top', () => {
    const rows = [
      { series: 'a', x: 1, runs: 300 },
      { series: 'a', x: 2, runs: null, of: 500 },
      { series: 'a', x: 3, runs: null },
    ]
    const layers = (firstDrawing(rows, about).spec as any).layer
    const open = layers.at(-1)
    expect(open.data.values).toEqual([
      { x: 2, y: 500 },
      { x: 3, y: 1000 },
    ])
  })
})
