import { describe, test } from 'vitest'
import { fastEngineAgrees, fastEngineJudgesAlike } from '../../properties/laws/engines.ts'
import { isLockstep } from '../../src/model/index.ts'
import { noException } from '../../src/system/index.ts'
import { inTier } from '../tiers.ts'
import { byName, draws, holds, subjects } from './lawful.ts'

const file = 'test/laws/engines.test.ts'

// Lockstep protocols run on the reference alone: there is no faster engine to compare it with.
const tabled = subjects.filter(({ protocol }) => !isLockstep(protocol))

describe.each(byName(tabled))('%s', (name, { protocol, claims }) => {
  const runs = protocol.variantName === undefined ? inTier(12, 80) : inTier(2, 8)

  test('the fast engine ends where the reference ends', () => {
    holds({ file, test: `${name} the fast engine ends`, runs }, draws, (draw) => fastEngineAgrees(protocol, draw))
  })

  test('the fast engine judges as the reference judges', () => {
    const judged = [...claims, noException]
    holds({ file, test: `${name} the fast engine judges`, runs }, draws, (draw) =>
      fastEngineJudgesAlike(protocol, judged, draw),
    )
  })
})
