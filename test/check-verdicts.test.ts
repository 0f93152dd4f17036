import { describe, expect, test } from 'vitest'
import { brachaProperties } from '../properties/bracha.ts'
import { check } from '../src/check/check.ts'
import { program as inSetting, type Protocol } from '../src/model/index.ts'
import * as bracha from '../src/protocols/bracha.ts'
import * as byDelivery from '../src/protocols/bracha-by-delivery.ts'
import { configure } from '../src/system/index.ts'
import { verdictsOf } from './check-verdicts.ts'
import { rows } from './expected.ts'
import { LONG } from './tiers.ts'
import { lineOf, undecided } from './undecided.ts'

verdictsOf(/^(?!bracha-by-delivery|pbft|asyncio-pbft|go-pbft)/)

test('what is out of reach exists, and has a reason', () => {
  const lines = rows.map(({ row }) => lineOf(row))
  for (const [wanted, reason] of undecided) {
    expect(lines.filter((line) => wanted.test(line)).length, String(wanted)).toBeGreaterThan(0)
    expect(reason.length).toBeGreaterThan(20)
  }
})

describe.skipIf(LONG)('bracha and bracha-by-delivery agree on every verdict', () => {
  const pairs = Object.entries(bracha).flatMap(([name, one]) => {
    const other = (byDelivery as Record<string, unknown>)[name === 'bracha' ? 'brachaByDelivery' : name]
    return typeof one === 'object' && 'variant' in one ? [{ name, one, other: other as Protocol | undefined }] : []
  })

  test.each(pairs)('$name', ({ name, one, other }) => {
    const verdicts = (protocol: Protocol) =>
      configure(protocol, { n: 3, f: 1, b: 1 }).map((setting) =>
        check({ program: inSetting(protocol, setting), claims: brachaProperties.claims }).claims.map(
          ({ claim, verdict }) => `r${setting.byzantine}: ${claim} ${verdict}`,
        ),
      )
    expect(other).toBeDefined()
    const [own, others] = [verdicts(one), verdicts(other!)]
    // Where the first READY of each sender counts alone, three replicas cannot use the second ones that the mutant says.
    const differs = name === 'readyRepeat' ? ['r0: agreement violated'] : []
    expect(own.flat().filter((line) => !others.flat().includes(line))).toEqual(differs)
    expect(others.flat()).toHaveLength(own.flat().length)
  })
})
