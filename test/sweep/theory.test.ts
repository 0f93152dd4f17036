import { describe, expect, test } from 'vitest'
import { pbft, prepare2fMinus1, quorum2fPlus1 } from '../../src/protocols/pbft.ts'
import { twoPhaseCommit } from '../../src/protocols/two-phase-commit.ts'
import type { Verdict } from '../../src/sweep/cell.ts'
import { contradicts, hasTheory, quorumOf, theoryOf } from '../../src/sweep/theory.ts'
import { configure } from '../../src/system/index.ts'

const at = (n: number, b: number) => ({ subject: 'pbft', n, f: 1, b })

describe('what a quorum promises', () => {
  test.each([
    { q: 3, n: 4, b: 1, theory: { safe: true, live: true } },
    { q: 3, n: 4, b: 2, theory: { safe: false, live: false } },
    { q: 3, n: 5, b: 1, theory: { safe: false, live: true } },
    { q: 4, n: 5, b: 2, theory: { safe: true, live: false } },
    { q: 3, n: 6, b: 0, theory: { safe: false, live: true, exempt: 'nobody is Byzantine' } },
    { q: 3, n: 4, b: 3, theory: { safe: false, live: false, exempt: 'fewer than two correct' } },
  ])('q = $q of n = $n with b = $b', ({ q, n, b, theory }) => {
    expect(theoryOf(q, at(n, b))).toEqual(theory)
  })
})

describe('a verdict against theory', () => {
  const safe = { safe: true, live: true }
  const broken = { safe: false, live: false }
  test.each<[claim: string, verdict: Verdict, theory: typeof safe & { exempt?: 'nobody is Byzantine' }, is: boolean]>([
    ['agreement', 'violated', safe, true],
    ['agreement', 'proved', safe, false],
    ['agreement', 'not-found', broken, true],
    ['agreement', 'not-found', { ...broken, exempt: 'nobody is Byzantine' }, false],
    ['agreement', 'violated', { ...broken, exempt: 'nobody is Byzantine' }, false],
    ['agreement', 'vacuous', broken, false],
    ['liveness', 'stuck', safe, true],
    ['liveness', 'violated', safe, true],
    ['liveness', 'not-found', broken, true],
    ['liveness', 'stuck', broken, false],
    ['liveness', 'vacuous', broken, false],
    ['validity', 'violated', safe, false],
  ])('%s %s, theory %j: %s', (claim, verdict, theory, is) => {
    expect(contradicts({ claim, verdict }, theory)).toBe(is)
  })
})

test.each<[auth: 'signatures' | 'channels' | 'none', network: { lose?: boolean }, is: boolean]>([
  ['signatures', {}, true],
  ['channels', {}, true],
  ['none', {}, false],
  ['signatures', { lose: true }, false],
])('theory speaks of %s, %j: %s', (auth, network, is) => {
  expect(hasTheory(configure(pbft as never, { n: 4, byzantine: [], auth, network })[0]!)).toBe(is)
})

test('a quorum is known where the rules that make decisions agree on one', () => {
  const of = (protocol: Parameters<typeof quorumOf>[0], n: number) =>
    quorumOf(protocol, configure(protocol, { n, byzantine: [] })[0]!)
  expect([4, 5, 6, 7].map((n) => of(pbft as never, n))).toEqual([3, 4, 4, 5])
  expect([4, 5, 6, 7].map((n) => of(quorum2fPlus1 as never, n))).toEqual([3, 3, 3, 5])
  expect(of(prepare2fMinus1 as never, 4)).toBe(3)
  expect(of(twoPhaseCommit as never, 4)).toBeUndefined()
})
