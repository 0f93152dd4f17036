import { describe, expect, test } from 'vitest'
import { invariant, liveness } from '../../src/model/index.ts'
import type { StrategyTally } from '../../src/sweep/cell.ts'
import { type CellEvidence, cellOf } from '../../src/sweep/judge.ts'
import type { PointProof } from '../../src/sweep/prove.ts'

const agreement = invariant({ name: 'agreement', about: '' }, () => undefined)
const live = liveness({ name: 'liveness', about: '' }, () => undefined)
const totality = liveness({ name: 'totality', about: '', healing: 'deliveries' }, () => undefined)

const tally = (
  strategy: string,
  violations: number,
  decided: number,
  more: Partial<StrategyTally> = {},
): StrategyTally => ({
  ...{ strategy, stratum: 'with r0', byzantine: [0], runs: 10, violations, decided },
  ...more,
})
const proof = (verdict: PointProof['verdict']): PointProof => ({ searched: [], verdict })

function cell(evidence: Partial<CellEvidence>) {
  const point = { subject: 'pbft', n: 4, f: 1, b: 1 }
  return cellOf({
    point,
    claim: agreement,
    q: 3,
    tallies: [],
    silent: false,
    hasTheory: true,
    earlier: undefined,
    ...evidence,
  })
}

describe('verdicts', () => {
  test.each<[what: string, evidence: Partial<CellEvidence>, verdict: string]>([
    ['nothing was looked at', {}, 'inconclusive'],
    ['everything was searched', { proof: proof('holds') }, 'proved'],
    ['everything was searched, and nobody can decide', { proof: proof('vacuous') }, 'vacuous'],
    ['no run broke it', { tallies: [tally('silent', 0, 5), tally('echo', 0, 0)] }, 'not-found'],
    ['nobody decided', { tallies: [tally('silent', 0, 0)] }, 'vacuous'],
    ['a run broke it', { tallies: [tally('silent', 0, 5), tally('echo', 1, 5)] }, 'violated'],
    [
      'only the search of everything broke it',
      { proof: proof('violated'), tallies: [tally('echo', 0, 5)] },
      'violated',
    ],
    ['silence stops everybody', { claim: live, tallies: [tally('silent', 9, 0)] }, 'stuck'],
    ['silence stops somebody', { claim: live, tallies: [tally('silent', 9, 1)] }, 'violated'],
    ['Byzantine messages stop everybody', { claim: live, tallies: [tally('echo', 9, 0)] }, 'violated'],
    ['nobody decides before healing', { claim: live, tallies: [tally('silent', 0, 0)] }, 'not-found'],
    ['nobody is left', { claim: live, tallies: [tally('silent', 0, 0, { stratum: 'everybody' })] }, 'vacuous'],
    ['a broadcast is delivered to some', { claim: totality, tallies: [tally('silent', 3, 0)] }, 'violated'],
  ])('%s', (_, evidence, verdict) => {
    expect(cell(evidence).verdict).toBe(verdict)
  })
})

describe('a promise that is not made for b', () => {
  const odd = (byzantine: readonly number[]): boolean => byzantine.includes(1)
  const with1 = tally('echo', 1, 5, { stratum: 'without r0', byzantine: [1] })

  test('what breaks only where nothing is promised is beyond it', () => {
    expect(cell({ tallies: [tally('echo', 0, 5), with1], isBeyond: odd }).beyond).toBe(true)
  })

  test.each<[what: string, evidence: Partial<CellEvidence>]>([
    ['where something is promised it breaks, too', { tallies: [tally('echo', 1, 5), with1], isBeyond: odd }],
    ['nothing is broken', { tallies: [tally('echo', 0, 5)], isBeyond: odd }],
    ['the promise is made for b', { tallies: [with1] }],
    [
      'a search breaks it where something is promised',
      {
        tallies: [with1],
        isBeyond: odd,
        proof: { searched: [{ byzantine: [0], stands: 1, states: 1, verdict: 'violated' }], verdict: 'violated' },
      },
    ],
  ])('but not where %s', (_, evidence) => {
    expect(cell(evidence).beyond).toBeUndefined()
  })
})

describe('the worst strategy', () => {
  test('is the one that broke it most often', () => {
    expect(cell({ tallies: [tally('silent', 1, 0), tally('echo', 4, 9), tally('crash', 0, 0)] }).strategy).toBe('echo')
  })

  test('is the one that let the fewest decide, where none broke it', () => {
    expect(cell({ tallies: [tally('silent', 0, 7), tally('echo', 0, 3)] }).strategy).toBe('echo')
  })

  test('is none of them where only the search of everything broke it', () => {
    expect(cell({ proof: proof('violated'), tallies: [tally('echo', 0, 3)] }).strategy).toBe('any')
  })
})

test('runs of both passes are taken together, strategy by strategy', () => {
  const earlier = cell({ tallies: [tally('silent', 0, 4), tally('echo', 0, 5)] })
  const later = cell({ earlier, tallies: [tally('echo', 2, 6, { runs: 100, firstRun: 57 })] })
  expect(later.tallies).toEqual([tally('silent', 0, 4), tally('echo', 2, 11, { runs: 110, firstRun: 57 })])
  expect(later).toMatchObject({ verdict: 'violated', runs: 120, violations: 2, decided: 15, strategy: 'echo' })
})

test('what was not found has an upper bound above zero, and what is proved has none', () => {
  expect(cell({ tallies: [tally('silent', 0, 4)] }).upper95).toBeCloseTo(0.2775, 4)
  expect(cell({ proof: proof('holds') }).upper95).toBe(0)
})
