import { expect, test } from 'vitest'
import { pbftProperties } from '../../properties/pbft.ts'
import { check } from '../../src/check/check.ts'
import { distinctSettings } from '../../src/check/settings/distinct-settings.ts'
import { program as inSetting } from '../../src/model/index.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { configure } from '../../src/system/index.ts'

const claims = pbftProperties.claims.filter(({ name }) => name === 'agreement')

test('a check can be stopped while local states are compared', () => {
  const [setting] = configure(pbft, { n: 4, byzantine: [0], bounds: { views: 2 } })
  let asked = 0
  const found = check({
    ...{ program: inSetting(pbft, setting!), claims },
    onProgress: ({ phase, states }) => phase === 'search' && states === 0 && ++asked > 0,
  })
  expect(asked).toBe(1)
  expect(found.states).toBe(0)
  expect(found.claims).toEqual([
    { claim: 'agreement', verdict: 'inconclusive', why: 'stopped while the local states were compared' },
  ])
})

test('the proof that settings are alike can be stopped: then each stands for itself', () => {
  const settings = configure(pbft, { n: 4, bounds: { views: 1 } })
  const kinds = (stops: () => boolean) => distinctSettings(pbft, settings, claims, stops).map(({ stands }) => stands)
  let asked = 0
  expect(kinds(() => ++asked === 0)).toEqual([1, 3])
  expect(asked).toBeGreaterThan(0)
  for (let last = 1; last <= asked; last++) {
    let left = last
    expect(kinds(() => --left === 0)).toEqual([1, 1, 1, 1])
  }
})
