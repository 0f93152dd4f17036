/**
 * The checker, the fuzzer and the replay against an interpreter that shares no code with them, on random protocols with
 * what people write. Many of them, or one of them:
 *
 *     LAW_CASES=10000 npx vitest run test/laws/second/second.test.ts
 *     LAW_SEED=236 LAW_CASES=1 npx vitest run test/laws/second/second.test.ts
 *
 * A case that fails is made smaller, and printed as the file that somebody would have written.
 */
import { expect, test } from 'vitest'
import { inTier } from '../../tiers.ts'
import { isRefusal } from './compare.ts'
import { examine, explained, type Outcome } from './law.ts'

const SEED = Number(process.env['LAW_SEED'] ?? 1)
const CASES = Number(process.env['LAW_CASES'] ?? inTier(20, 900))
const file = 'test/laws/second/second.test.ts'

/** Cases that are printed. */
const MOST_TOLD = 3

test(`${CASES} protocols from seed ${SEED} on: verdicts, lengths, vacuity, universe and states`, {
  timeout: 60 * 60_000 * 24,
}, async () => {
  const wrong: Outcome[] = []
  const verdicts: Record<string, number> = {}
  let [claims, skipped, byzantineReplicas, refused] = [0, 0, 0, 0]
  for (let seed = SEED; seed < SEED + CASES; seed++) {
    const outcome = await examine(seed)
    if (outcome.found.some((one) => !isRefusal(one))) wrong.push(outcome)
    else if (outcome.found.length > 0) refused++
    if (!outcome.known) skipped++
    if (outcome.one.setting.byzantine.length > 0) byzantineReplicas++
    for (const { claim, verdict } of outcome.known?.verdicts ?? []) {
      if (claim === 'no-exception') continue
      claims++
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    }
  }
  const told = wrong.slice(0, MOST_TOLD).map((outcome) => {
    const { seed } = outcome.one
    return `${explained(outcome)}\n\nrepeat it with: LAW_SEED=${seed} LAW_CASES=1 npx vitest run ${file}\n`
  })
  expect(
    wrong.map(({ one, found }) => `${one.seed}: ${found[0]!.text}`),
    told.join('\n'),
  ).toEqual([])
  if (CASES < 200) return
  expect(skipped / CASES).toBeLessThan(0.25)
  expect(refused / CASES).toBeLessThan(0.03)
  expect(byzantineReplicas / CASES).toBeGreaterThan(0.3)
  expect(verdicts['violated']! / claims).toBeGreaterThan(0.2)
  expect(verdicts['holds']! / claims).toBeGreaterThan(0.3)
  expect(verdicts['vacuous']! / claims).toBeGreaterThan(0.02)
})
