import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { type Configuration, program, UsageError } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { configure } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { LONG } from '../tiers.ts'

/** The search without reductions, for one cheap claim. */
function plain(name: string, configuration: Configuration, claim: string) {
  const found = registry.find(({ protocol }) => protocol.subject === name)
  if (!found) throw new UsageError(`there is no protocol ${name}`)
  const [setting] = configure(found.protocol, configuration)
  const claims = found.properties.claims.filter((one) => one.name === claim)
  return check({ program: program(found.protocol, setting!), claims, without: REDUCTIONS })
}

describe('without reductions the states are those of the model', () => {
  test.runIf(LONG)(
    'bracha-by-delivery, n = 4, r3 Byzantine: the counts that TLC and SPIN give',
    { timeout: 300_000 },
    () => {
      const { states, transitions, claims } = plain('bracha-by-delivery', { n: 4, byzantine: [3] }, 'agreement')
      expect({ states, transitions }).toEqual({ states: 1_150_362, transitions: 9_189_720 })
      expect(claims).toEqual([{ claim: 'agreement', verdict: 'holds' }])
    },
  )

  test('bracha, which asks its inbox: as many as a breadth-first search of its own has', () => {
    expect(plain('bracha', { n: 4, byzantine: [0] }, 'agreement').states).toBe(517)
    expect(plain('bracha', { n: 7, byzantine: [0, 1] }, 'agreement').states).toBe(53_997)
  })

  test.each([1, 2, 3, 4, 5, 6])('two-phase-commit with %i participants: 2^N + 4^N + 6^N', (N) => {
    const { states } = plain('two-phase-commit', { n: N + 1 }, 'atomicity')
    expect(states).toBe(2 ** N + 4 ** N + 6 ** N)
  })
})
