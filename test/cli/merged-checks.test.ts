import { expect, test } from 'vitest'
import type { CheckResult } from '../../src/check/result/result.ts'
import { mergedChecks, type SearchedStanding } from '../../src/check/settings/merged-checks.ts'
import { HarnessError } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'
import { configure } from '../../src/system/index.ts'

const settings = configure(bracha, { n: 4, b: 1 })

const plain: CheckResult = {
  claims: [{ claim: 'agreement', verdict: 'holds' }],
  states: 10,
  transitions: 20,
  closure: { states: 3, calls: 4 },
  reductions: [{ pass: 'lazy', on: true }],
  universe: { messages: 6, closed: true, extent: { ECHO: 'full', READY: 'one change' } },
  cut: false,
  boundsRead: [],
  neverFired: ['ECHO', 'READY'],
  engine: 'tables',
}

/** The searches of the first settings, each with what is special about it. */
const merged = (...special: Partial<CheckResult>[]) =>
  mergedChecks(
    ['agreement'],
    special.map((one, i): SearchedStanding => ({ setting: settings[i]!, stands: 1, result: { ...plain, ...one } })),
  )

test('one search comes out as it went in', () => {
  expect(merged({})).toEqual(plain)
  const { closure: _, ...open } = plain
  const slow = { ...open, engine: 'reference', engineWhy: 'in order' } as const
  expect(mergedChecks(['agreement'], [{ setting: settings[0]!, stands: 1, result: slow }])).toEqual(slow)
})

test('numbers are summed', () => {
  const { states, transitions, closure } = merged({}, { states: 5, closure: { states: 1, calls: 1 } })
  expect({ states, transitions, closure }).toEqual({ states: 15, transitions: 40, closure: { states: 4, calls: 5 } })
})

test('what is said of all is true of each', () => {
  const wide = { messages: 9, closed: false, extent: { ECHO: 'one change', READY: 'full', SEND: 'full' } } as const
  for (const order of [0, 1]) {
    const pair = [{}, { universe: wide, cut: true, neverFired: ['READY', 'SEND'] }]
    expect(merged(pair[order]!, pair[1 - order]!)).toMatchObject({
      universe: { messages: 9, closed: false, extent: { ECHO: 'one change', READY: 'one change', SEND: 'full' } },
      cut: true,
      neverFired: ['READY'],
    })
  }
  expect(merged({}, { engine: 'reference', engineWhy: 'in order' })).toMatchObject({
    ...{ engine: 'reference', engineWhy: 'in order' },
  })
})

test('a pass is on where it is on everywhere, and what it did is summed over where that is known', () => {
  const pass = { pass: 'lazy', on: true, before: 9, after: 3, unit: 'moves' } as const
  const off = { pass: 'lazy', on: false, why: 'it waits' } as const
  expect(merged({ reductions: [pass] }, { reductions: [pass] }, { reductions: [off] }).reductions).toEqual([
    {
      pass: 'lazy',
      on: false,
      why: 'for 1 of 3 choices of Byzantine replicas, it waits',
      ...{ before: 18, after: 6 },
      unit: 'moves',
    },
  ])
  expect(merged({ reductions: [off] }, { reductions: [off] }).reductions).toEqual([off])
})

test('a search that says nothing of a claim, and no search at all, are bugs of ours', () => {
  expect(() => merged({ claims: [] })).toThrow(HarnessError)
  expect(() => mergedChecks(['agreement'], [{ setting: settings[0]!, stands: 1 }])).toThrow(HarnessError)
})
