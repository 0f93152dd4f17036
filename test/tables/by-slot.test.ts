import { describe, expect, test } from 'vitest'
import { pbftProperties } from '../../properties/pbft.ts'
import { check } from '../../src/check/check.ts'
import type { CheckResult } from '../../src/check/result/result.ts'
import { type Configuration, program as inSetting, type Protocol } from '../../src/model/index.ts'
import { digestBlind, pbft } from '../../src/protocols/pbft.ts'
import { configure } from '../../src/system/index.ts'
import type { PassName } from '../../src/tables/passes/pass-names.ts'
import { LONG } from '../tiers.ts'

const wanted = pbftProperties.claims.filter(({ name }) => ['agreement', 'integrity', 'decided'].includes(name))

function checked(protocol: Protocol, configuration: Configuration, without: PassName[] = []): CheckResult {
  const [setting] = configure(protocol, configuration)
  return check({ program: inSetting(protocol, setting!), claims: wanted, without })
}

const twoSlots: Configuration = { n: 4, byzantine: [0], bounds: { views: 1, slots: 2 } }
const verdicts = ({ claims }: CheckResult) => claims.map(({ verdict, steps }) => `${verdict} ${steps?.length ?? ''}`)
const row = ({ reductions }: CheckResult) => reductions.find(({ pass }) => pass === 'by-slot')

describe('two slots of PBFT', () => {
  test('are proved one after the other, in fewer states', () => {
    const [apart, together] = [checked(pbft, twoSlots), checked(pbft, twoSlots, ['by-slot'])]
    expect(verdicts(apart)).toEqual(['holds ', 'holds '])
    expect(verdicts(together)).toEqual(verdicts(apart))
    expect(row(apart)).toMatchObject({ on: true, before: 16, after: 8 })
    expect(row(together)).toBeUndefined()
    expect(apart.states * 10).toBeLessThan(together.states)
  })

  test.runIf(LONG)('are proved in two views where one of four is Byzantine', { timeout: 600_000 }, () => {
    const result = checked(pbft, { n: 4, byzantine: [3], bounds: { views: 2, slots: 2 } })
    expect(verdicts(result)).toEqual(['holds ', 'holds '])
    expect(row(result)).toMatchObject({ on: true, before: 88, after: 39 })
    expect(result.universe).toMatchObject({ messages: 168, closed: true })
  })

  test('are searched together where one of them breaks a claim', () => {
    const [apart, together] = [checked(digestBlind, twoSlots), checked(digestBlind, twoSlots, ['by-slot'])]
    expect(verdicts(apart)).toEqual(verdicts(together))
    expect(verdicts(apart)[0]).toMatch(/^violated/)
    expect(row(apart)).toMatchObject({ on: false, why: 'slot 1 is not proved by itself' })
  })

  test('prove nothing where nobody decides', () => {
    const [setting] = configure(pbft, { ...twoSlots, byzantine: [], inputs: {} })
    const { claims } = check({
      program: inSetting(pbft, setting!),
      claims: wanted.map((one) => (one.kind === 'sometimes' ? { ...one, reached: () => false } : one)),
    })
    expect(claims.map(({ verdict }) => verdict)).toEqual(['vacuous', 'vacuous'])
  })
})

test('one slot is no matter for it', () => {
  expect(row(checked(pbft, { ...twoSlots, bounds: { views: 1, slots: 1 } }))).toBeUndefined()
})
