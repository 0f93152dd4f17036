import type { Authentication, Configuration } from '../model/index.ts'
import type { Scenario } from './scenario.ts'
import { scenarioStudy } from './scenarios.ts'

const COLUMNS: readonly { readonly column: string; readonly auth: Authentication; readonly b: number }[] = [
  { column: 'signatures\nb = 1', auth: 'signatures', b: 1 },
  { column: 'channels\nb = 1', auth: 'channels', b: 1 },
  { column: 'none\nb = 1', auth: 'none', b: 1 },
  { column: 'none\nb = 0', auth: 'none', b: 0 },
]

interface Row {
  readonly row: string
  readonly subject: string
  readonly bounds?: Configuration['bounds']
  readonly expected: (auth: Authentication, b: number) => Scenario['expected']
  readonly byRuns: readonly string[]
}

const ROWS: readonly Row[] = [
  {
    row: 'Bracha',
    subject: 'bracha',
    // Its quorums count senders, and nothing in it is shown to a third party.
    expected: (auth, b) => {
      const holds = b === 0 || auth !== 'none'
      return { agreement: holds, totality: holds, validity: holds }
    },
    byRuns: [],
  },
  {
    row: 'PBFT, one view',
    subject: 'pbft',
    bounds: { views: 1 },
    expected: (auth, b) => ({ agreement: b === 0 || auth !== 'none' }),
    byRuns: [],
  },
  {
    row: 'PBFT, two views',
    subject: 'pbft',
    bounds: { views: 2 },
    // A view change shows what others have said: it lives on signatures.
    expected: (auth, b) => ({ agreement: b === 0 || auth === 'signatures' }),
    byRuns: [],
  },
  {
    row: 'asyncio-pbft, as published',
    subject: 'asyncio-pbft',
    expected: (auth, b) => {
      const holds = b === 0 || auth !== 'none'
      return { agreement: holds, validity: b === 0, liveness: b === 0 }
    },
    byRuns: ['agreement', 'validity', 'liveness'],
  },
  {
    row: 'asyncio-pbft, repaired',
    subject: 'asyncio-pbft/repaired',
    // It has no view change, repaired or not: a primary that is Byzantine is never replaced.
    expected: (auth, b) => {
      const holds = b === 0 || auth !== 'none'
      return { agreement: holds, validity: holds, liveness: b === 0 }
    },
    byRuns: ['agreement', 'validity', 'liveness'],
  },
]

/** What is searched in no time. */
const SMALL = ['Bracha', 'PBFT, one view']

function scenarios(quick: boolean): Scenario[] {
  const rows = ROWS.filter(({ row }) => !quick || SMALL.includes(row))
  return rows.flatMap(({ row, subject, bounds, expected, byRuns }) =>
    COLUMNS.map(({ column, auth, b }) => ({
      ...{ row, column, subject, byRuns },
      configuration: { n: 4, f: 1, b, auth, ...(bounds ? { bounds } : {}) },
      expected: expected(auth, b),
    })),
  )
}

const INTRO = `Four replicas, one of them a Byzantine replica, whichever. With signatures nobody can speak for a correct replica, and
what it sent can be shown to others. With channels the receiver knows who is speaking, but can prove nothing to a third
party. With none, the Byzantine replica speaks in anybody's name. No protocol is changed: only what their messages are worth.`

export const authentication = scenarioStudy({
  name: 'authentication',
  about: 'which claims hold with signatures, with authenticated channels, and with nothing',
  title: 'What authentication buys',
  intro: INTRO,
  picture: {
    heading: 'Claims under three kinds of authentication',
    title: 'What authentication buys',
    caption:
      'n = 4, f = 1, every choice of the Byzantine replica. Proved and violated by exhaustive search for Bracha and PBFT ' +
      '(one slot, two values); runs with all strategies for asyncio-pbft.',
  },
  effort: (quick) => ({ runs: quick ? 50 : 2_000, maxStates: 100_000 }),
  scenarios,
})
