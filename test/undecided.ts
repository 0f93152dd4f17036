import { canonical, type Expectation } from '../src/model/index.ts'

/** One line for a row: `pbft/no-join liveness {…}`. */
export const lineOf = ({ subject, claim, configuration }: Expectation): string =>
  `${subject} ${claim} ${canonical(configuration as never)}`

/**
 * Rows of `expected` that the exhaustive search does not decide within the bounds of a test, with the reason. Remove
 * what becomes decidable: `TURNCOAT_ALL_ROWS=1 npx vitest run test/check-verdicts --project long` fails on each row that could go.
 * Those that are slow, and no more, are decided there too, which takes a quarter of an hour.
 */
export const undecided: readonly (readonly [rows: RegExp, reason: string, slow?: 'slow'])[] = [
  [
    /^asyncio-pbft\S* (?!.*"b":4).*"b":[23].*"n":(9|10)/,
    'All of these are proved, in 8 to 40 seconds of processor time each: too long for a test. See docs/benchmarks.md.',
    'slow',
  ],
  [
    /^go-pbft\/(layer-1-fixed-view (agreement|validity)|layer-2 agreement) (?!.*"bounds")/,
    'Two slots, or two views, outgrow the bounds. In one slot and one view four replicas are decided in tests, and ' +
      'five by hand: layer-2 in 4 seconds where nobody is Byzantine, and in 7 where the primary is (docs/benchmarks.md).',
  ],
  [
    /^go-pbft\/layer-1 agreement .*"b":1.*"n":5/,
    'Found within six minutes of processor time, in two slots and two views.',
    'slow',
  ],
  [
    /^go-pbft\/layer-1 agreement (?!.*"bounds")/,
    'It keeps its votes in the state. Five replicas have more than 400,000 states in one slot and one view, without a ' +
      'violation; it takes two views.',
  ],
  [
    /^go-pbft\/layer-2-no-conflict-check/,
    'With a Byzantine primary, one slot and one view, it is certified by 48,402 states (docs/defects.md): too ' +
      'long here. With nobody Byzantine it takes two views.',
  ],
  [
    /^ben-or \S+ .*("b":[01].*"n":6|"n":1[01])/,
    'Three rounds of six replicas without a Byzantine replica hold in 21,177 states and 3 seconds. Four rounds, ' +
      'and ten or eleven replicas, were not measured.',
  ],
  [
    /^ben-or\/simple-majority/,
    'With seven replicas, the inputs of its trace and r6 Byzantine, the checker finds it in 22 steps, within four ' +
      'minutes of processor time. Six replicas were not measured.',
  ],
  [
    /^mmr14\/conf\S* lasso/,
    'All that can be played in two rounds has 2,971,320 states, and takes 29 seconds of processor time.',
    'slow',
  ],
  [
    /^chained-hotstuff\S* .*"views":7/,
    'Mutants are found in 41,478 to 746,747 states, and 6 to 48 seconds of processor time.',
    'slow',
  ],
  [/^chained-hotstuff liveness .*"tenure":2/, 'It holds in 28,132 states, and 64 seconds of processor time.', 'slow'],
  [
    /^sync-hotstuff\/n-2f/,
    'Two Byzantine replicas have 5,904,900 ways to send their 27 messages to one replica in one round, which is refused. ' +
      'With one command, where nothing is violated, schedules of 3 steps already took two minutes.',
  ],
  [/^pfab\/view-ordered never-stuck/, 'It holds in 4,275,089 states, and about two minutes of processor time.', 'slow'],
  [
    /^streamlet\/(vote-repeat|no-vote-rule|finalise-tip) /,
    'Found in 106,045, 138,964 and 51,630 states, in 9 to 11 seconds of processor time.',
    'slow',
  ],
  [
    /^simplex(\/any-parent)? agreement .*"iterations":3/,
    'Three iterations hold in 476,162 states for all four choices of the Byzantine replica, in 11 seconds of processor time.',
    'slow',
  ],
  [
    /^bracha-by-delivery\S* agreement .*"n":[56]/,
    'Five replicas take 12 to 17 seconds of processor time, six with the mutant 105: too long here.',
    'slow',
  ],
  [
    /^bracha-by-delivery.*"n":[57]/,
    'Totality needs all local states, more than 64,000 where five are tallied. Seven replicas were not measured.',
  ],
  [
    /^tendermint\S* agreement .*"rounds":[34]/,
    'Mutants are found in as many states, with four rounds in 96,230. Three rounds hold in 102,427 to 300,578 states and 3 to 7 seconds of processor time for each Byzantine replica.',
    'slow',
  ],
  [
    /^tendermint (equivocation-alone|all-equivocate-or-none) .*"rounds":2/,
    'Every use of a Byzantine message is told apart: two rounds have more than 20,000,000 states in schedules of 6 steps.',
  ],
  [
    /^tendermint\S* (accountability|equivocation-alone|all-equivocate-or-none)/,
    'Every use of a Byzantine message is told apart. One round has more than 3,000,000 states for r0 and r1, none of them ' +
      'a violation as far as the search got in 144 seconds of processor time. What is violated is found in 1,322,115 states and more.',
  ],
  [
    /^tendermint\/no-pol-rule liveness/,
    'Every use of a Byzantine message is told apart: 5,000,000 states with r2 Byzantine are those of schedules of 10 steps, and it takes 12.',
  ],
  [/^hotstuff honest-leader-decides/, 'It holds in 197,410 states, and 18 seconds of processor time.', 'slow'],
  [
    /^oral-messages.*"f":2/,
    'Two Byzantine replicas choose among 2 values for each of their words in each of 3 rounds.',
  ],
  [
    /^pbft(?!\/(prepare-across-views unique-prepared|lowest-view-certificate)).*"views":[34]/,
    'With r1 Byzantine, three views have 14,184 states for agreement and 269,443 for all safety claims (docs/benchmarks.md). ' +
      'With four views, commit-across-views has 101,556.',
  ],
]

/** Is a row left out for its time only? */
export const isSlow = (row: Expectation): boolean => undecided.find(([rows]) => rows.test(lineOf(row)))?.[2] === 'slow'

export const reasonOf = (row: Expectation): string | undefined =>
  undecided.find(([rows]) => rows.test(lineOf(row)))?.[1]
