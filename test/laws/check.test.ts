/**
 * The exhaustive checker against the plain search, on random small protocols. More of them, and larger ones:
 *
 *     TURNCOAT_LAWS=20000 npx vitest run test/laws/check.test.ts
 *
 * A failing case prints the command that repeats it.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Checker,
  everyPassAlone,
  type Known,
  shortestIsShortest,
  statesAgree,
  transitionsAgree,
  verdictsAgree,
  witnessesReplay,
} from '../../properties/laws/checker.ts'
import { check } from '../../src/check/check.ts'
import { LONG } from '../tiers.ts'
import { describeds } from './checked-protocols.ts'
import type { Described } from './described.ts'
import { COUNT, knownOf, SEED, WHOLE_FILE } from './known-protocols.ts'
import { holds } from './lawful.ts'

const file = 'test/laws/check.test.ts'

type Law = (check: Checker, known: Known) => void

/** Holds a law on every protocol that the plain search came to an end with. */
function lawful(name: string, law: Law, about: 'safety' | 'liveness'): void {
  test(name, { timeout: WHOLE_FILE }, () => {
    holds({ file, test: `${about} ${name}`, runs: COUNT }, describeds, (one) => {
      const known = knownOf(one, about)
      if (known) law(check, known)
    })
  })
}

describe('safety', () => {
  lawful('verdicts are those of the plain search', verdictsAgree, 'safety')
  lawful('the shortest violation is as short as the plain search finds it', shortestIsShortest, 'safety')
  lawful('witnesses replay and end where the claim breaks', witnessesReplay, 'safety')
  lawful('states are those of the model', statesAgree, 'safety')
  lawful('a transition leads to every state of the model', transitionsAgree, 'safety')
  lawful('each pass alone and each pass left out change nothing', everyPassAlone, 'safety')
})

describe('liveness', () => {
  lawful('verdicts are those of the plain search', verdictsAgree, 'liveness')
  lawful('the shortest violation is as short as the plain search finds it', shortestIsShortest, 'liveness')
  lawful('witnesses replay and end where the claim breaks', witnessesReplay, 'liveness')
})

// Shares of few protocols say little.
test.runIf(LONG)(
  'both verdicts are well represented, and the plain search mostly finishes',
  { timeout: WHOLE_FILE },
  () => {
    const cases = fc.sample(describeds, { seed: SEED, numRuns: COUNT })
    const share = (is: (one: Described) => boolean): number => cases.filter(is).length / COUNT
    const verdict = (one: Described, about: 'safety' | 'liveness', claim: string) =>
      knownOf(one, about)?.reference.claims.find((other) => other.claim === claim)?.verdict
    const some = (one: Described, wanted: string): boolean =>
      knownOf(one, 'safety')?.reference.claims.some((claim) => claim.verdict === wanted) === true
    const expectBetween = (of: number, least: number, most: number): void => {
      expect(of).toBeGreaterThan(least)
      expect(of).toBeLessThan(most)
    }
    expectBetween(
      share((one) => some(one, 'violated')),
      0.3,
      0.7,
    )
    expect(share((one) => some(one, 'unreached'))).toBeLessThan(0.4)
    for (const claim of ['agreement', 'integrity', 'validity']) {
      expect(share((one) => verdict(one, 'safety', claim) === 'violated')).toBeGreaterThan(0.1)
      expect(share((one) => verdict(one, 'safety', claim) === 'holds')).toBeGreaterThan(0.3)
    }
    expect(share((one) => verdict(one, 'safety', 'no-exception') === 'violated')).toBeGreaterThan(0)
    for (const claim of ['totality', 'liveness']) {
      expect(share((one) => verdict(one, 'liveness', claim) === 'violated')).toBeGreaterThan(0.2)
      expect(share((one) => verdict(one, 'liveness', claim) === 'holds')).toBeGreaterThan(0.08)
    }
    expect(share((one) => knownOf(one, 'safety') === undefined)).toBeLessThan(0.15)
  },
)
