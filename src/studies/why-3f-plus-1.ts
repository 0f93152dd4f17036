import type { Configuration } from '../model/index.ts'
import type { Scenario } from './scenario.ts'
import { scenarioStudy } from './scenarios.ts'

/** Two sizes that are one replica too small, and the next ones. */
const SIZES = [
  { n: 3, byzantineReplicas: 1 },
  { n: 4, byzantineReplicas: 1 },
  { n: 6, byzantineReplicas: 2 },
  { n: 7, byzantineReplicas: 2 },
] as const
type Size = (typeof SIZES)[number]

const isEnough = ({ n, byzantineReplicas }: Size): boolean => n > 3 * byzantineReplicas
const columnOf = (size: Size): string =>
  `n = ${size.n}, b = ${size.byzantineReplicas}\n${isEnough(size) ? '(3f + 1)' : '(3f)'}`

interface Row {
  readonly row: string
  readonly subject: string
  readonly configuration: (size: Size) => Configuration
  readonly expected: (size: Size) => Scenario['expected']
  /** What is too large to be gone through. */
  readonly byRuns?: (size: Size) => readonly string[]
  readonly silent?: readonly string[]
}

/** The f whose rule ⌈(n+f+1)/2⌉ gives this quorum. */
const faultsFor = (n: number, quorum: number): number => Math.max(0, 2 * quorum - n - 1)

const pbft = (row: string, f: (size: Size) => number, expected: Row['expected']): Row => ({
  row,
  subject: 'pbft',
  configuration: (size) => ({ f: f(size), b: size.byzantineReplicas, bounds: { views: 1 } }),
  expected,
  byRuns: () => ['liveness'],
  silent: ['liveness'],
})

const ROWS: readonly Row[] = [
  {
    row: 'Bracha, no signatures, q = n − f',
    subject: 'bracha/n-3f',
    configuration: ({ byzantineReplicas }) => ({ f: byzantineReplicas, b: byzantineReplicas }),
    expected: (size) => ({ agreement: isEnough(size), totality: isEnough(size) }),
  },
  {
    row: 'Bracha, no signatures, q = ⌈(n+f+1)/2⌉',
    subject: 'bracha',
    configuration: ({ byzantineReplicas }) => ({ f: byzantineReplicas, b: byzantineReplicas }),
    expected: (size) => ({ agreement: true, totality: isEnough(size) }),
  },
  {
    row: 'oral messages, no signatures, in rounds',
    subject: 'oral-messages',
    configuration: ({ byzantineReplicas }) => ({ f: byzantineReplicas, b: byzantineReplicas }),
    // IC2 breaks first; whether IC1 does depends on the tie.
    expected: (size) => ({ ic1: isEnough(size) || null, ic2: isEnough(size) }),
    byRuns: ({ byzantineReplicas }) => (byzantineReplicas > 1 ? ['ic1', 'ic2'] : []),
  },
  {
    row: 'Dolev–Strong, signatures, in rounds',
    subject: 'dolev-strong',
    configuration: ({ byzantineReplicas }) => ({ f: byzantineReplicas, b: byzantineReplicas }),
    expected: () => ({ agreement: true, validity: true }),
    byRuns: ({ byzantineReplicas }) => (byzantineReplicas > 1 ? ['agreement', 'validity'] : []),
  },
  // Silence is all that liveness is asked about here: can the correct replicas decide by themselves?
  pbft(
    'PBFT, signatures, q = n − f',
    ({ n, byzantineReplicas }) => faultsFor(n, n - byzantineReplicas),
    // A replica's own PREPARE is evidence and triggers nothing: in this model a quorum of two would not notice itself.
    (size) => ({ agreement: isEnough(size), ...(size.n - size.byzantineReplicas > 2 ? { liveness: true } : {}) }),
  ),
  pbft(
    'PBFT, signatures, q = ⌈(n+f+1)/2⌉',
    ({ byzantineReplicas }) => byzantineReplicas,
    (size) => ({ agreement: true, liveness: isEnough(size) }),
  ),
]

/** Rows that are searched in no time. */
const SMALL = [0, 3, 5]

function scenarios(quick: boolean): Scenario[] {
  const sizes = SIZES.slice(0, quick ? 2 : SIZES.length)
  const rows = ROWS.filter((_, i) => !quick || SMALL.includes(i))
  return rows.flatMap(({ row, subject, configuration, expected, byRuns, silent }) =>
    sizes.map((size) => ({
      ...{ row, subject, column: columnOf(size) },
      configuration: { n: size.n, ...configuration(size) },
      expected: expected(size),
      ...(byRuns ? { byRuns: byRuns(size) } : {}),
      ...(silent ? { silent } : {}),
    })),
  )
}

const INTRO = `To tolerate f Byzantine replicas, most protocols want n = 3f + 1 replicas. This study takes one replica away. Where
messages may be late and quorums decide, the quorum that the correct replicas can form (n − f) and the quorum of which
any two share a correct replica (more than (n + f)/2) are the same number at 3f + 1, and at 3f there is none that is
both. Without signatures, rounds do not help; with signatures and rounds, 3f is no limit.`

export const why3fPlus1 = scenarioStudy({
  name: 'why-3f-plus-1',
  about: 'what breaks with n = 3f replicas and holds with 3f + 1, with and without signatures',
  title: 'Why 3f + 1',
  intro: INTRO,
  picture: {
    heading: 'n = 3f against n = 3f + 1',
    title: 'One replica fewer than 3f + 1',
    caption:
      'b = f Byzantine replicas, every choice of them. Proved and violated by exhaustive search where it comes to an end; ' +
      'else by runs with all strategies. Liveness of PBFT: the Byzantine replicas are silent. PBFT in one view.',
  },
  effort: (quick) => ({ runs: quick ? 20 : 2_000, maxStates: 100_000 }),
  scenarios,
})
