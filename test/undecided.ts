import { canonical, type Expectation } from '../src/model/index.ts'

/** One line for a row: `pbft/no-join liveness {…}`. */
export const lineOf = ({ subject, claim, configuration }: Expectation): string =>
  `${subject} ${claim} ${canonical(configuration as never)}`

/**
 * Rows of `expected` that the exhaustive search does not decide within the bounds of a test, with the reason. Remove
 * what becomes decidable: `TURNCOAT_ALL_ROWS=1 npx vitest run test/check-verdicts` fails on each row that could go.
 */
export const undecided: readonly (readonly [rows: RegExp, reason: string])[] = [
  [
    /^asyncio-pbft(?! ((agreement|validity|committed-implies-prepared) .*"b":0,"n":4|(agreement|validity) .*"byzantine":\[3\]))/,
    'It keeps its votes in the state. Four replicas with one liar take seconds for each choice of liar, too much for a ' +
      'test; with five, no two are found interchangeable, and there are too many global states.',
  ],
  [
    /^go-pbft(?!\/layer-0 liveness)/,
    'It keeps its votes in the state. In one slot and one view it takes seconds (docs/decisions/closing-sparsely.md); ' +
      'these rows have two slots and two views, and those that were tried outgrow the bounds.',
  ],
  [/^ben-or \S+ .*("b":[01].*"n":6|"n":1[01])/, 'Three rounds of six replicas have more than 60,000 states.'],
  [/^ben-or agreement .*"n":5/, 'Three rounds in which all coins fall alike have more than 60,000 states.'],
  [/^ben-or\/simple-majority/, 'Three rounds of six or seven replicas have more than 60,000 states.'],
  [/^bracha-by-delivery totality .*"b":1.*"n":4/, 'The healed runs of tallies in the state are not reduced.'],
  [
    /^bracha-by-delivery\/(echo-two|no-amplification) totality/,
    'The healed runs of tallies in the state are not reduced.',
  ],
  [/^bracha-by-delivery.*"n":[567]/, 'A replica that tallies the votes of five has more than 10,000 local states.'],
  [/^oral-messages.*"f":2/, 'Two liars choose among 2 values for each of their words in each of 3 rounds.'],
  [/^pbft.*"views":[34]/, 'Three views have more than 60,000 states.'],
  [/^pbft\/no-join/, 'Liveness where proofs matter is searched state by state over `apply`.'],
  [/^pbft\/no-view-gate agreement .*"b":1/, 'Without the gate, votes of all views count: the closure is too large.'],
  [/^pbft.*"slots":2.*"views":2/, 'Two slots times two views have more than 60,000 states.'],
]

export const reasonOf = (row: Expectation): string | undefined =>
  undecided.find(([rows]) => rows.test(lineOf(row)))?.[1]
