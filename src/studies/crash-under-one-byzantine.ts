import type { Configuration } from '../model/index.ts'
import type { Scenario } from './scenario.ts'
import { scenarioStudy } from './scenarios.ts'

/** Who fails, and how. With three or four replicas r0 leads and r2 only votes, in every protocol of this study. */
const CASES: readonly { readonly column: string; readonly configuration: Configuration }[] = [
  { column: 'nobody\nfails', configuration: { byzantine: [] } },
  { column: 'r0 leads and\nmay crash', configuration: { byzantine: [], crash: [0] } },
  { column: 'r2 votes and\nmay crash', configuration: { byzantine: [], crash: [2] } },
  { column: 'r0 leads\nand is Byzantine', configuration: { byzantine: [0] } },
  { column: 'r2 votes\nand is Byzantine', configuration: { byzantine: [2] } },
]

interface Row {
  readonly row: string
  readonly subject: string
  readonly n: number
  /** What theory says, given what r0 and r2 do. */
  readonly expected: (leader: Fate, voter: Fate) => Scenario['expected']
}

type Fate = 'correct' | 'crashes' | 'byzantine'

const ROWS: readonly Row[] = [
  {
    row: 'Paxos, n = 3',
    subject: 'paxos',
    n: 3,
    // Any two majorities share a replica, and one that crashes has sent no Byzantine message.
    expected: (leader, voter): Scenario['expected'] =>
      leader === 'byzantine' || voter === 'byzantine'
        ? { agreement: false }
        : { agreement: true, validity: true, liveness: true },
  },
  {
    row: 'Two-phase commit, n = 4',
    subject: 'two-phase-commit',
    // With three participants two are left that could part, whoever is Byzantine.
    n: 4,
    // A participant that is Byzantine harms itself only; a manager that stops leaves whoever is prepared waiting.
    expected: (leader, voter) => ({
      atomicity: leader !== 'byzantine',
      ...(voter === 'byzantine' ? {} : { liveness: leader === 'correct' }),
    }),
  },
  { row: "Bracha's broadcast, n = 4", subject: 'bracha', n: 4, expected: () => ({ agreement: true, totality: true }) },
  { row: 'PBFT, n = 4, two views', subject: 'pbft', n: 4, expected: () => ({ agreement: true }) },
]

/** What is searched in no time. */
const SMALL = ['two-phase-commit', 'bracha']

function scenarios(quick: boolean): Scenario[] {
  return ROWS.filter(({ subject }) => !quick || SMALL.includes(subject)).flatMap(({ row, subject, n, expected }) =>
    CASES.map(({ column, configuration }) => {
      const fate = (id: number): Fate =>
        configuration.byzantine!.includes(id) ? 'byzantine' : configuration.crash?.includes(id) ? 'crashes' : 'correct'
      return { row, column, subject, configuration: { n, ...configuration }, expected: expected(fate(0), fate(2)) }
    }),
  )
}

const INTRO = `Paxos and two-phase commit are built for replicas that stop. Here each of them is searched exhaustively
with nobody failing, with one replica that may stop at any time, and with one replica that may send anything. Bracha's
broadcast and PBFT, with one replica more, stand beside them for comparison.`

export const crashUnderOneByzantine = scenarioStudy({
  name: 'crash-under-one-byzantine',
  about: 'what one Byzantine replica does to protocols that are made for crashes',
  title: 'Crash protocols under one Byzantine replica',
  intro: INTRO,
  picture: {
    heading: 'What holds, and what does not',
    title: 'Made for crashes, met by a Byzantine replica',
    caption:
      'Every schedule, crash and Byzantine message within the bounds that the table names: exhaustive search, and the ' +
      'shortest violation where there is one.',
  },
  effort: (quick) => ({ runs: quick ? 50 : 1_000, maxStates: 200_000 }),
  scenarios,
})
