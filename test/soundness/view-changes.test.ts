import { expect, test } from 'vitest'
import { fuzz } from '../../src/index.ts'

test('a round of Tendermint takes several expirations: the healed run has n + 1 rounds, whatever these are', async () => {
  const found = await fuzz('tendermint', { n: 4, b: 1, bounds: { rounds: 2 }, claim: 'liveness', runs: 800, seed: 3 })
  expect(found.claims.map(({ claim, verdict }) => [claim, verdict])).toContainEqual(['liveness', 'not-found'])
})
