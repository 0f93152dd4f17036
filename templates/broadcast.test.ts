import 'turncoat/vitest'
import { expect, test } from 'vitest'
import * as broadcast from './broadcast.ts'

/** Milliseconds for one search, on the slowest machine that runs this test. */
const PATIENCE = 60_000

/** Four replicas, and each choice of one of them that is Byzantine. */
const asked = { n: 4, b: 1, file: './broadcast.ts' }

test.each(['agreement', 'validity', 'liveness'])(
  '%s holds, whoever is Byzantine',
  async (claim) => {
    await expect(broadcast).toHold(claim, asked)
  },
  PATIENCE,
)

test(
  'the mutant breaks agreement',
  async () => {
    await expect(broadcast.mutant).toBreak('agreement', { ...asked, claims: broadcast.claims })
  },
  PATIENCE,
)
