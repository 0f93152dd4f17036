import { describe, expect, test } from 'vitest'
import { registered } from '../../src/cli/subjects/registered.ts'
import { conditions } from '../../src/simulate/index.ts'
import { examine } from '../../src/sweep/examine.ts'
import { configurationAt, type Grid, pointsOf } from '../../src/sweep/grid.ts'
import { USUAL_STATES } from '../../src/sweep/prove.ts'
import { LONG } from '../tiers.ts'

function gridOf(subject: string, more: Partial<Grid> = {}): Grid {
  const configuration = { bounds: { views: 1 } }
  return {
    subjects: [{ subject, found: subject, claims: ['agreement', 'liveness'], configuration }],
    ...{ n: '4..5', f: null, b: '0..n', unattacked: {}, strategies: ['split-brain', 'silent'], silences: ['silent'] },
    ...{ runs: 12, boundary: 2, maxSteps: 200, maxStates: USUAL_STATES, trials: 2, seed: 1, rates: false },
    conditions: conditions(),
    ...more,
  }
}

function lookAt(grid: Grid, n: number, b: number, pass: 0 | 1 = 0) {
  const [{ subject }] = grid.subjects as [Grid['subjects'][0]]
  const { protocol, subject: whole } = registered(subject)
  const point = pointsOf(grid, new Map([[subject, protocol]])).find((one) => one.n === n && one.b === b)!
  return (before?: ReturnType<typeof examine>['record']) =>
    examine({ grid, point, pass, ...(before ? { before } : {}) }, protocol, whole.properties.claims)
}

const quorum = 'pbft/quorum-2f-plus-1'

describe('the smallest cells of both quorum rules agree with theory', () => {
  test.each([
    ['pbft', 4, 1, 'proved', 'not-found'],
    ['pbft', 4, 2, 'violated', 'stuck'],
    ['pbft', 5, 2, 'proved', 'stuck'],
    [quorum, 5, 1, 'violated', 'not-found'],
    [quorum, 5, 4, 'proved', 'stuck'],
    [quorum, 4, 4, 'vacuous', 'vacuous'],
  ])('%s, n = %d, b = %d: agreement %s, liveness %s', (subject, n, b, agreement, liveness) => {
    const { cells } = lookAt(gridOf(subject), n, b)().record
    expect(cells.map(({ verdict }) => verdict)).toEqual([agreement, liveness])
    expect(cells.map(({ contradicts }) => contradicts)).toEqual([false, false])
  })
})

test('where proving is not allowed, runs find the same, and name who did it', () => {
  const { record, violations } = lookAt(gridOf(quorum, { maxStates: 0 }), 5, 1)()
  expect(record.cells[0]).toMatchObject({ verdict: 'violated', strategy: 'split-brain', quorum: 3, searched: [] })
  expect(violations[0]!.found!.strategies).toEqual(['split-brain'])
  const [first] = record.cells[0]!.tallies
  expect(first).toMatchObject({ stratum: 'with r0', byzantine: [0] })
  expect(first!.violations).toBeGreaterThan(0)
})

test.runIf(LONG)(
  'without rates a claim is left alone once it is broken; with them, every strategy makes all its runs',
  () => {
    const runs = (rates: boolean) =>
      lookAt(gridOf(quorum, { maxStates: 0, rates }), 5, 1)().record.cells[0]!.tallies.map((one) => one.runs)
    expect(runs(false)).toEqual([6])
    expect(runs(true)).toEqual([6, 6, 6, 6])
  },
)

test('the second pass goes on where the first one ended', () => {
  const grid = gridOf('pbft', { maxStates: 0 })
  const first = lookAt(grid, 4, 1)().record
  const second = lookAt(grid, 4, 1, 1)(first).record
  const whole = lookAt({ ...grid, runs: 36 }, 4, 1)().record
  // Liveness under silence is asked once.
  expect(second.cells).toEqual(whole.cells.filter(({ silent }) => !silent))
  expect(second.metrics).toEqual([])
})

test('equal tasks, equal results', () => {
  const grid = gridOf(quorum, { maxStates: 0 })
  expect(JSON.stringify(lookAt(grid, 5, 2)())).toBe(JSON.stringify(lookAt(grid, 5, 2)()))
})

test('bounds of their own where nobody is Byzantine', () => {
  const grid = gridOf('pbft', { unattacked: { views: 'n' } })
  const views = (n: number, b: number) => configurationAt(grid, { subject: 'pbft', n, f: 1, b }).bounds!['views']
  expect([views(4, 0), views(5, 0), views(4, 1)]).toEqual([4, 5, 1])
})

test('more replicas than a search can hold are simulated only', () => {
  const { record } = lookAt(gridOf('pbft', { n: '40', b: '1', trials: 1 }), 40, 1)()
  expect(record.cells.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive'])
  expect(record.metrics.map(({ stratum, success }) => `${stratum} ${success}`)).toEqual([
    'all 1',
    'with r0 1',
    'without r0 1',
  ])
})
