import { describe, test } from 'vitest'
import { fastEngineAgrees, fastEngineJudgesAlike } from '../../properties/laws/engines.ts'
import { noException } from '../../src/system/index.ts'
import { byName, draws, holds, subjects } from './lawful.ts'

const file = 'test/laws/engines.test.ts'

describe.each(byName(subjects))('%s', (name, { protocol, claims }) => {
  const runs = protocol.variantName === undefined ? 80 : 8

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
