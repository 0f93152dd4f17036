import { expect, test } from 'vitest'
import { pbftProperties } from '../../properties/pbft.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { conditions } from '../../src/simulate/index.ts'
import { metricsOf } from '../../src/sweep/metrics.ts'
import { configure } from '../../src/system/index.ts'

test.each([4, 7])('one decision of PBFT among %d replicas costs what the paper says, and nothing beside it', (n) => {
  const [setting] = configure(pbft, { n, byzantine: [] })
  const [all] = metricsOf({
    protocol: pbft,
    claims: pbftProperties.claims,
    coalitions: [{ stratum: 'nobody', setting: setting! }],
    conditions: conditions({ latency: { kind: 'uniform', min: 10, max: 50 } }),
    ...{ trials: 5, seed: 1 },
  })
  expect(all!.messages).toEqual([
    { type: 'COMMIT', perDecision: n * (n - 1) },
    { type: 'PREPARE', perDecision: (n - 1) ** 2 },
    { type: 'PRE_PREPARE', perDecision: n - 1 },
  ])
})
