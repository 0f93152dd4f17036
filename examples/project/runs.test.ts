import fc from 'fast-check'
import { runs } from 'turncoat/fast-check'
import { expect, test } from 'vitest'
import * as mine from './mine.ts'

test('no run breaks a claim', async () => {
  fc.assert(fc.property(await runs(mine, { n: 4, b: 1 }), (run) => run.broken.length === 0))
})

test('a run of the mutant that does shrinks to the shortest there is', async () => {
  const mutants = await runs(mine.mutant, { n: 4, b: 1, claims: mine.claims })
  const { failed, counterexample } = fc.check(fc.property(mutants, (run) => run.broken.length === 0))
  expect(failed).toBe(true)
  expect(counterexample![0].trace('agreement').steps).toHaveLength(4)
})
