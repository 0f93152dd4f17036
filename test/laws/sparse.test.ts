/**
 * Closing sparsely against the plain search, on random small protocols that keep their votes in their state.
 *
 *     TURNCOAT_LAWS=20000 npx vitest run test/laws/sparse.test.ts
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { distinctSettings } from '../../src/check/settings/distinct-settings.ts'
import { program as inSetting, type Setting } from '../../src/model/index.ts'
import { configure, deliversOnce } from '../../src/system/index.ts'
import { Counting } from '../../src/tables/counting/counting.ts'
import { Names } from '../../src/tables/counting/tallies.ts'
import { inTier, LONG } from '../tiers.ts'
import { COUNT, SEED, WHOLE_FILE } from './known-protocols.ts'
import { holds } from './lawful.ts'
import { counted, knownOf, lawful, SPARSE, withMeans } from './sparsely.ts'
import { type Tallying, tallyingClaims, tallyingProtocol, tallyings } from './tallying-protocols.ts'

const file = 'test/laws/sparse.test.ts'

test('verdicts and shortest lengths are those of the plain search', { timeout: WHOLE_FILE }, () => {
  holds({ file, test: 'verdicts', runs: COUNT }, tallyings, (one) => {
    const it = knownOf(one)
    if (it) lawful(it)
  })
})

// Shares of few protocols say little: this one, and the next one.
test.runIf(LONG)('both verdicts are well represented, and few answers are missing', { timeout: WHOLE_FILE }, () => {
  const cases = fc.sample(tallyings, { seed: SEED, numRuns: COUNT }).flatMap((one) => knownOf(one) ?? [])
  expect(cases.length / COUNT).toBeGreaterThan(0.5)
  const verdicts = cases.flatMap(({ reference }) => reference.claims.map(({ verdict }) => verdict))
  expect(verdicts.filter((verdict) => verdict === 'violated').length / verdicts.length).toBeGreaterThan(0.08)
  expect(verdicts.filter((verdict) => verdict === 'holds').length / verdicts.length).toBeGreaterThan(0.3)
  const answers = cases
    .filter(({ program }) => deliversOnce(program))
    .flatMap(({ program, claims }) => check({ program, claims }, SPARSE).claims.map(({ verdict }) => verdict))
  expect(answers.filter((verdict) => verdict === 'inconclusive').length / answers.length).toBeLessThan(0.05)
})

test.runIf(LONG)('senders are counted in many of them, and replicas know themselves', { timeout: WHOLE_FILE }, () => {
  let hasCounted = false
  let hasKnown = false
  let knewItself = 0
  class Knowing extends Names {
    override get knowsSelf(): boolean {
      if (super.knowsSelf) hasKnown = true
      return super.knowsSelf
    }
  }
  class Noticing extends Counting {
    override on(...given: Parameters<Counting['on']>): ReturnType<Counting['on']> {
      const counted = super.on(...given)
      hasCounted ||= 'key' in counted && counted.needed > 1
      return counted
    }
  }
  const cases = fc.sample(tallyings, { seed: SEED, numRuns: 60 }).flatMap((one) => knownOf(one) ?? [])
  const counting = cases.filter((one) => {
    hasCounted = hasKnown = false
    const reactions = counted({ counting: Noticing, names: Knowing })
    check({ program: one.program, claims: one.claims }, withMeans({ reactions }))
    if (hasCounted && hasKnown) knewItself++
    return hasCounted
  })
  expect(counting.length / cases.length).toBeGreaterThan(0.1)
  expect(knewItself / cases.length).toBeGreaterThan(0.02)
})

test('of choices of Byzantine replicas that stand for each other, each gives the same', { timeout: WHOLE_FILE }, () => {
  const claims = tallyingClaims.filter(({ kind }) => kind !== 'liveness')
  const alike = (one: Tallying): Tallying => ({
    ...one,
    auth: 'channels',
    duplicate: false,
    inputs: one.inputs.map(() => ['x']),
  })
  let merged = 0
  const ends = (one: Tallying): boolean => one.selfDelivery !== 'at-once'
  for (const one of fc
    .sample(tallyings, { seed: SEED, numRuns: inTier(12, 40) })
    .map(alike)
    .filter(ends)) {
    const protocol = tallyingProtocol(one)
    const answers = (setting: Setting): unknown =>
      check({ program: inSetting(protocol, setting), claims, maxStates: 5_000 }, SPARSE).claims.map((claim) => [
        ...[claim.claim, claim.verdict, claim.steps?.length],
      ])
    for (const { setting, others } of distinctSettings(protocol, configure(protocol, { n: one.n, b: 1 }), claims)) {
      for (const other of others) expect(answers(other), JSON.stringify(one)).toEqual(answers(setting))
      merged += others.length
    }
  }
  expect(merged).toBeGreaterThan(inTier(2, 10))
})
