import { type CheckVerdict, check, configure, type Protocol, program } from 'turncoat'
import { expect, test } from 'vitest'
import { claims, mutant, protocol } from './broadcast.ts'

/** Searches everything that can happen, with each choice of one Byzantine replica in turn. */
function verdicts(subject: Protocol, claim: string): CheckVerdict[] {
  return configure(subject, { n: 4, b: 1 }).map((setting) => {
    const found = check({ program: program(subject, setting), claims }).claims.find((judged) => judged.claim === claim)
    if (!found) throw new Error(`nobody claims ${claim}`)
    return found.verdict
  })
}

const HOLDS = ['holds', 'holds', 'holds', 'holds']

test.each(['agreement', 'validity', 'liveness'])('%s holds, whoever is Byzantine', (claim) => {
  expect(verdicts(protocol, claim)).toEqual(HOLDS)
})

test('the mutant breaks agreement', () => {
  expect(verdicts(mutant, 'agreement')).toContain('violated')
})
