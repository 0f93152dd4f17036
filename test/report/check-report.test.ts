import { expect, test } from 'vitest'
import type { Setting } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { boundsText } from '../../src/report/text/bounds-text.ts'
import { type CheckReport, checkJson, checkText } from '../../src/report/text/check-report.ts'
import { configure } from '../../src/system/index.ts'
import { expectGolden } from './golden.ts'

const settings = configure(bracha, { n: 4, b: 1 })

const report: CheckReport = {
  subject: 'bracha',
  protocol: 'bracha',
  variant: null,
  settings,
  searched: 2,
  claims: [
    {
      claim: 'agreement',
      kind: 'invariant',
      verdict: 'violated',
      witness: 'r1 decided a, r2 decided b',
      steps: 9,
      deliveries: 11,
      shortest: 'certified',
      eager: 'excluded',
      setting: settings[1]!,
      trace: 'traces/bracha-agreement.json',
      kept: false,
    },
    { claim: 'integrity', kind: 'invariant', verdict: 'holds' },
    { claim: 'totality', kind: 'liveness', verdict: 'holds' },
    { claim: 'validity', kind: 'invariant', verdict: 'vacuous', why: 'nobody ever delivers' },
    { claim: 'liveness', kind: 'liveness', verdict: 'inconclusive', why: 'more than 5,000,000 states' },
  ],
  notJudged: ['no-exception'],
  states: 12_345,
  transitions: 1_234_567,
  reductions: [
    { pass: 'memoise', on: true },
    { pass: 'quotient', on: true, before: 6_939, after: 301, unit: 'local states' },
    { pass: 'lazy', on: false, why: 'totality is judged in the states that it would skip' },
    { pass: 'symmetry', on: false },
    { pass: 'big-step', on: false, why: 'for 1 of 4 choices, it asks', before: 1_131, after: 1_131 },
  ],
  universe: { messages: 83, closed: true, extent: { READY: 'full', NEW_VIEW: 'one change' } },
  closure: { states: 60, calls: 2_000 },
  cut: true,
  neverFired: ['READY/amplify'],
  engine: 'reference',
  engineWhy: 'messages arrive in order',
  seconds: 2.5,
  stoppedBy: 'time',
  command: 'turncoat check bracha --b 1 --time 2s',
}

test('the report says what holds within which bounds, what does not, and how that was found out', () => {
  expectGolden('check-report', checkText(report))
})

test('a whole search needs no excuses', () => {
  const whole: CheckReport = {
    ...report,
    ...{ claims: [report.claims[1]!], settings: [settings[0]!], searched: 1, notJudged: [], neverFired: [] },
    ...{ closure: undefined, cut: false, engine: 'tables', engineWhy: undefined, stoppedBy: null, reductions: [] },
  }
  const text = checkText(whole).join('\n')
  expect(text).toContain('no bound was hit\nevery rule fired\nagain: ')
  expect(text).not.toMatch(/renaming|closure|reference|--time ended|not judged/)
  expect(checkText(whole, undefined, true)).toHaveLength(1)
  expect(checkJson(whole)).toMatchObject({ closure: null, searched: 1, setting: settings[0] })
  expect(checkJson(whole)).not.toHaveProperty('engineWhy')
})

test('a universe that was not exhausted is said to be none', () => {
  const open = { ...report, universe: { messages: 5_000, closed: false, extent: {} } }
  expect(checkText(open)).toContain('universe: 5,000 messages; there may be more, for the search for them was stopped')
  const nobody = { ...report, universe: { messages: 0, closed: true, extent: {} } }
  expect(checkText(nobody).join('\n')).not.toContain('universe: ')
})

test('what a file may say is printed visibly', () => {
  const why = 'stopped\u001b[2J'
  const hostile = { ...report, engineWhy: why, claims: [{ ...report.claims[4]!, why }] }
  expect(checkText(hostile).join('\n')).not.toContain('\u001b')
})

test('the object has the claims, with nothing that is for people only', () => {
  const object = checkJson(report) as { claims: object[]; reproduce: string }
  expect(object.claims[1]).toEqual({ claim: 'integrity', verdict: 'holds' })
  expect(object.claims[3]).toEqual({ claim: 'validity', verdict: 'vacuous', why: 'nobody ever delivers' })
  expect(object.claims[0]).not.toHaveProperty('kept')
  expect(object).toMatchObject({
    command: 'check',
    setting: null,
    stopped: true,
    stoppedBy: 'time',
    engine: 'reference',
  })
  expect(object.reproduce).toBe(report.command)
})

/** The bounds of PBFT's own default setting, or one like it. */
const bounds = (change: Partial<Setting>, cut = true): string =>
  boundsText(
    [{ ...configure(pbft, { n: 4, byzantine: [0], bounds: { views: 2 } })[0]!, ...change }],
    { messages: 1_083 },
    cut,
  )

test('the bounds in words', () => {
  const said = 'may send any of 1,083 messages to anyone at any time'
  const limits = '2 views, 1 slot, 2 values (checkpoint 100, window 200, batch 1)'
  expect(bounds({})).toBe(`${limits}; r0 ${said}; all schedules`)
  expect(bounds({ byzantine: [] })).toBe(`${limits}; all schedules`)
  expect(bounds({ byzantine: [0, 2, 4], clients: 1 })).toContain(`; r0, r2 and c4 ${said}; `)
  expect(bounds({ auth: 'none' })).toContain(`; r0 ${said} in anybody's name; `)
  expect(bounds({ steps: 'eager', crash: [2, 3] })).toMatch(
    /; r2 and r3 may crash at any time; all schedules of eager steps$/,
  )
  expect(bounds({ bounds: { viewChanges: 1, timeouts: 2 } })).toMatch(
    /^1 view change, 2 timeouts of each participant, 2 values; /,
  )
  expect(bounds({ bounds: { entries: 1, retries: 2 } })).toMatch(/^1 entry, 2 retries, 2 values; /)
})

test('a bound that is a number of something else than of steps is no count', () => {
  const settings = [{ ...configure(pbft, { n: 4, byzantine: [] })[0]!, bounds: { views: 2, leaders: 3333 } }]
  const text = boundsText(settings, { messages: 0 }, false, ['leaders'])
  expect(text).toMatch(/^2 views, 2 values \(leaders 3333\); .* depend on the number of views$/)
})

test('a bound that was never hit is none; a constant of the protocol stays one', () => {
  const never = '; no bound was hit, so the result does not depend on'
  expect(bounds({ bounds: { views: 2, slots: 1 } }, false)).toContain(`all schedules${never} them`)
  expect(bounds({}, false)).toContain(`all schedules${never} the number of views and slots`)
  expect(bounds({ bounds: {} }, false)).not.toContain('no bound')
  expect(bounds({}, true)).not.toContain('no bound')
})

test('several choices of who is Byzantine are spoken of at once', () => {
  expect(boundsText(settings, { messages: 6 }, true)).toContain(
    '; any one replica may send any of up to 6 messages to anyone',
  )
  expect(boundsText(configure(bracha, { n: 4, b: 2 }), { messages: 6 }, true)).toContain('; any 2 replicas may send ')
  expect(boundsText(configure(bracha, { n: 4, b: 0 }), { messages: 6 }, true)).toBe('2 values; all schedules')
})
