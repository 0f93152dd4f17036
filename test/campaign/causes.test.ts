import { describe, expect, test } from 'vitest'
import type { ShardBlock, ShortFound } from '../../src/campaign/shard.ts'
import { Causes, causeOf, WINDOW } from '../../src/campaign/violations.ts'
import type { Campaign } from '../../src/fuzz/campaign/result.ts'
import type { Setting } from '../../src/model/index.ts'
import type { Step } from '../../src/system/index.ts'

const campaign = { subject: 'pbft', firstRun: 0 } as Campaign
const setting = (byzantine: readonly number[]) => ({ n: 4, byzantine }) as unknown as Setting
const step = (at: number, rule: string, from = 0) =>
  ({ at, rule, on: { from, message: { type: rule, view: at } } }) as unknown as Step
const one = (run: number, rule: string, byzantine = 0): ShortFound => ({
  ...{ claim: 'agreement', witness: '', setting: setting([byzantine]), shortest: 'bound reached', eager: 'not-found' },
  steps: [step(1, 'PREPARE'), step(2, rule)],
  found: { run, strategies: [], scheduler: '', steps: 9 },
})
const block = (...short: ShortFound[]) => ({ short }) as unknown as ShardBlock
const told = (end: number, ...shards: ShardBlock[][]) => {
  const causes = new Causes()
  for (const shard of shards) causes.add(campaign, shard)
  return causes.of(campaign, end).map(({ first, windows }) => [first.found.run, windows])
}

test('a cause does not depend on names, views and order, and does on rules, claims and how many there are', () => {
  const base = { subject: 'pbft', ...one(1, 'COMMIT') }
  const same = { ...base, setting: setting([2]), steps: [step(3, 'COMMIT', 2), step(0, 'PREPARE'), step(2, 'PREPARE')] }
  expect(causeOf(same)).toBe(causeOf(base))
  const others = [
    { ...base, ...one(1, 'NEW_VIEW') },
    { ...base, claim: 'validity' },
    { ...base, subject: 'pbft/commit-2f' },
    { ...base, setting: setting([]) },
    { ...base, steps: [...base.steps, { at: 1, timeout: 'view' } as Step] },
  ]
  expect(new Set([base, ...others].map(causeOf)).size).toBe(6)
})

describe('of a campaign, one violation of each cause is kept', () => {
  const [early, later, other] = [one(10, 'COMMIT'), one(WINDOW + 5, 'COMMIT', 3), one(2 * WINDOW + 7, 'NEW_VIEW')]

  test('that of the lowest run', () => {
    const found = [
      [10, 2],
      [2 * WINDOW + 7, 1],
    ]
    expect(told(1e6, [block(early, later, other)])).toEqual(found)
    expect(told(1e6, [block(other)], [block(later)], [block(early)])).toEqual(found)
  })

  test('however it is cut: a shard that began later has shrunk its own first, which does not count', () => {
    const second = one(4_000, 'NEW_VIEW')
    expect(told(1e6, [block(early)], [block(second)])).toEqual([[10, 1]])
    expect(told(1e6, [block(second)], [block(early)])).toEqual([[10, 1]])
  })

  test('runs after the end of the campaign do not count', () =>
    expect(told(WINDOW, [block(early, later)])).toEqual([[10, 1]]))
})
