import { expect, test } from 'vitest'
import { bracha } from '../../src/protocols/bracha.ts'
import { type FuzzReport, fuzzJson, fuzzText } from '../../src/report/text/fuzz-report.ts'
import { configure } from '../../src/system/index.ts'
import { expectGolden } from './golden.ts'

const settings = configure(bracha, { n: 4, b: 1 })

const report: FuzzReport = {
  subject: 'bracha',
  protocol: 'bracha',
  variant: null,
  settings,
  seed: 7,
  runs: 1_000,
  asked: 1_000,
  steps: 43_210,
  seconds: 2.5,
  decided: 625,
  cut: 0,
  unfinished: 3,
  neverFired: ['READY/amplify'],
  claims: [
    {
      claim: 'agreement',
      verdict: 'violated',
      witness: 'r1 decided a, r2 decided b',
      firstRun: 12,
      strategies: ['echo', 'forge'],
      scheduler: 'pos',
      rawSteps: 43,
      steps: 9,
      deliveries: 11,
      shortest: 'bound reached',
      eager: 'reproduced',
      setting: settings[1]!,
      trace: 'traces/bracha-agreement.json',
      kept: false,
    },
    { claim: 'integrity', verdict: 'not-found' },
    { claim: 'validity', verdict: 'vacuous' },
  ],
  notJudged: ['liveness'],
  command: 'turncoat fuzz bracha --runs 1000 --seed 7',
}

test('the report says what was found, what was not, and what was never looked at', () => {
  expectGolden('fuzz-report', fuzzText(report))
})

test('not found is never called safe', () => {
  const text = fuzzText(report).join('\n')
  expect(text).toContain('Wilson upper 95 % bound on the share of violating runs: 0.38 %); this is no proof')
  expect(text).not.toMatch(/\bsafe\b|\bholds\b/)
})

test('the object has the keys that scripts rely on', () => {
  const object = fuzzJson(report) as Record<string, any>
  expect(object).toMatchObject({
    command: 'fuzz',
    protocol: 'bracha',
    variant: null,
    seed: 7,
    runs: 1_000,
    notJudged: ['liveness'],
  })
  expect(object['settings']).toHaveLength(4)
  expect(object['claims'][0]).toMatchObject({
    verdict: 'violated',
    strategy: 'echo+forge',
    firstRun: 12,
    rawSteps: 43,
    steps: 9,
  })
  expect(object['claims'][1]).toEqual({ claim: 'integrity', verdict: 'not-found' })
})
