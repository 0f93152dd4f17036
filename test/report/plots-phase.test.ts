import { describe, expect, test } from 'vitest'
import { HarnessError } from '../../src/model/index.ts'
import { type CellVerdict, contradictsTheory, type PhaseCell, promised } from '../../src/report/plots/phase-cell.ts'
import { phaseDiagram, phaseDrawing } from '../../src/report/plots/phase-diagram.ts'
import { cellsOf } from './plots-rows.ts'

const about = { title: 'Where it ends', caption: 'One run a cell.' }
const cell: PhaseCell = { n: 7, b: 2, agreement: 'proved', liveness: 'proved', safeBelow: 3, liveUpTo: 2 }

interface Panel {
  readonly width: number
  readonly height: number
  readonly layer: readonly {
    readonly data: { readonly values: readonly Record<string, number>[] }
    readonly mark: any
  }[]
}

/** The two panels as they are given to Vega-Lite. */
function panelsOf(cells: readonly PhaseCell[]): readonly Panel[] {
  return (phaseDrawing(cells, about).spec as unknown as { hconcat: Panel[] }).hconcat
}

function lineOf({ layer }: Panel): readonly Record<string, number>[] {
  return layer.find(({ mark }) => mark.type === 'line')?.data.values ?? []
}

describe("theory's line", () => {
  const cells = cellsOf([4, 5, 6, 7, 8, 9, 10, 11, 12, 13])

  test('is above every cell that theory promises and below every other, claim by claim', () => {
    for (const [index, panel] of panelsOf(cells).entries()) {
      const line = lineOf(panel)
      for (const one of cells) {
        const ends = line.filter(({ x }) => Math.abs(x! - (one.n - 4)) === 0.5)
        const height = line[2 * (one.n - 4)]!.y!
        expect(ends.map(({ y }) => y)).toContain(height)
        expect(Number.isInteger(height)).toBe(false)
        const isBelow = one.b < height
        const promise = index === 0 ? one.b < one.safeBelow! : one.b <= one.liveUpTo!
        expect(isBelow, `n = ${one.n}, b = ${one.b}`).toBe(promise)
      }
    }
  })

  test('keeps to its cells where columns and rows are left out', () => {
    const some = cellsOf([4, 31]).filter(({ b }) => b % 2 === 0)
    const [panel] = panelsOf(some)
    // Of n = 31, q = 21: safe below 11, so the last safe row is b = 10, the sixth one.
    expect(lineOf(panel!).map(({ x, y }) => [x, y])).toEqual([
      [-0.5, 0.5],
      [0.5, 0.5],
      [0.5, 5.5],
      [1.5, 5.5],
    ])
  })

  test('is not drawn where there is no theory', () => {
    const [panel] = panelsOf([{ ...cell, safeBelow: null, liveUpTo: null }])
    expect(lineOf(panel!)).toEqual([])
  })
})

describe('what is not as theory says', () => {
  const found: [CellVerdict, boolean][] = [
    ['proved', true],
    ['not-found', true],
    ['violated', false],
    ['stuck', false],
  ]

  test.each(found)('%s is what theory promises, or its opposite', (verdict, holds) => {
    const safe = { ...cell, agreement: verdict, liveness: verdict }
    const broken = { ...safe, safeBelow: 2, liveUpTo: 1 }
    for (const claim of ['agreement', 'liveness'] as const) {
      expect(contradictsTheory(safe, claim)).toBe(!holds)
      expect(contradictsTheory(broken, claim)).toBe(holds)
    }
  })

  test.each(['vacuous', 'inconclusive'] as const)('%s is the opposite of nothing', (verdict) => {
    expect(contradictsTheory({ ...cell, agreement: verdict }, 'agreement')).toBe(false)
    expect(contradictsTheory({ ...cell, agreement: verdict, safeBelow: 0 }, 'agreement')).toBe(false)
  })

  test('exempt cells are promised nothing, for one claim or for both', () => {
    const both = { ...cell, exempt: 'nobody is Byzantine' as const }
    const one = { ...cell, exempt: { agreement: 'nobody is Byzantine' as const } }
    expect([promised(both, 'agreement'), promised(both, 'liveness')]).toEqual([undefined, undefined])
    expect([promised(one, 'agreement'), promised(one, 'liveness')]).toEqual([undefined, true])
  })

  test('is framed, counted and in the key; else none of it is there', async () => {
    const right = await phaseDiagram([cell], about)
    expect(right.svg).not.toContain('>not as theory says<')
    expect(right.alt).toContain('agreement: proved in 1; not as theory says in 0 of 1.')
    const wrong = await phaseDiagram([{ ...cell, agreement: 'violated' }], about)
    expect(wrong.svg).toContain('>not as theory says</text>')
    expect(wrong.alt).toContain('agreement: violated in 1; not as theory says in 1 of 1.')
    const frames = panelsOf([{ ...cell, agreement: 'violated' }]).map(
      ({ layer }) => layer.filter(({ mark }) => mark.type === 'rect' && mark.fill === null).length,
    )
    expect(frames).toEqual([1, 0])
  })
})

test('every verdict has a letter of its own in its cell, and a name in the key', async () => {
  const verdicts: CellVerdict[] = ['proved', 'not-found', 'violated', 'stuck', 'vacuous', 'inconclusive']
  const cells = verdicts.map((verdict, b): PhaseCell => ({ ...cell, b, agreement: verdict, liveness: verdict }))
  const { svg } = await phaseDiagram(cells, about)
  const letters = ['P', 'N', 'V', 'S', '–', '?']
  for (const letter of letters) {
    // In the key, and once in either panel.
    expect(svg.split(`>${letter}</text>`)).toHaveLength(4)
  }
  expect(svg).toContain('>no violation found</text>')
})

test('cells are squares of one size, small enough for a page and without letters only where they are tiny', () => {
  for (const [sizes, side] of [
    [[4], 30],
    [[4, 5, 6, 7, 8, 9, 10, 11, 12, 13], 30],
    [Array.from({ length: 28 }, (_, i) => i + 4), 14],
    [Array.from({ length: 97 }, (_, i) => i + 4), 6],
  ] as const) {
    const cells = cellsOf(sizes)
    const [panel] = panelsOf(cells)
    expect([panel!.width / sizes.length, panel!.height / (sizes.at(-1)! + 1)]).toEqual([side, side])
    expect(panel!.layer.some(({ mark }) => mark.type === 'text')).toBe(side >= 14)
  }
})

test('two cells in one place are an error of ours', () => {
  expect(() => phaseDrawing([cell, cell], about)).toThrow(HarnessError)
})

test('the order of the cells does not matter', async () => {
  const cells = cellsOf([4, 5])
  expect(await phaseDiagram([...cells].reverse(), about)).toEqual(await phaseDiagram(cells, about))
})

test('a claim that nobody asked about has no panel, no entry in the key and no verdict', () => {
  const some = cellsOf([4, 5]).map((one) => ({ ...one, liveness: 'inconclusive' as const }))
  const { spec, key, csv, alt } = phaseDrawing(some, { ...about, judged: ['agreement'] })
  expect((spec as unknown as { hconcat: Panel[] }).hconcat).toHaveLength(1)
  expect(key.map(({ label }) => label)).not.toContain('inconclusive')
  expect(`${csv}${alt}`).not.toMatch(/inconclusive|liveness:/)
  expect(panelsOf(some)).toHaveLength(2)
})
