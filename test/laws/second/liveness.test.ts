/**
 * Liveness of the second generator's protocols: with all passes and with none `check` says what a search on `apply` and
 * `heal` says. Many of them: `LAW_CASES=1000 npx vitest run test/laws/second/liveness.test.ts`.
 */
import { expect, test } from 'vitest'
import { inTier } from '../../tiers.ts'
import { looked } from './looked-at-liveness.ts'

const SEED = Number(process.env['LAW_SEED'] ?? 1)
const CASES = Number(process.env['LAW_CASES'] ?? inTier(20, 120))

test(`${CASES} protocols from seed ${SEED} on: verdicts and lengths`, { timeout: 24 * 60 * 60_000 }, () => {
  const found = Array.from({ length: CASES }, (_, i) => looked(SEED + i))
  expect(found.flatMap(({ wrong }) => wrong)).toEqual([])
  const verdicts = found.flatMap((one) => one.verdicts)
  const share = (is: RegExp): number => verdicts.filter((verdict) => is.test(verdict)).length / verdicts.length
  expect(share(/violated/)).toBeGreaterThan(0.1)
  expect(share(/holds/)).toBeGreaterThan(0.3)
})
