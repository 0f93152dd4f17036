import type { Expectation } from '../src/model/index.ts'
import { inTier } from './tiers.ts'
import { lineOf } from './undecided.ts'

/** Rows of `expected` that take the exhaustive search more than about a second of processor time. */
const slowToDecide: readonly RegExp[] = [
  /^abd linearizability .*"b","read"/,
  /^asyncio-pbft agreement .*("b":[1-4],"n":4|"n":(7|9|10))/,
  /^asyncio-pbft\/(adapted-quorum|commit-once|prepared-first|primary-only)/,
  /^asyncio-pbft\/repaired/,
  /^ben-or\S* .*"n":[456]/,
  /^bracha-by-delivery(?!\/n-3f| totality .*"b":2)/,
  /^chained-hotstuff\S* .*"views":[4-7]/,
  /^chained-hotstuff\/two-chain liveness /,
  /^dolev-strong (agreement|validity) .*"b":2/,
  /^dbft\S* agreement /,
  /^fab /,
  /^go-pbft\/layer-1 (agreement|commit-once|exactly-once|monotone-view)/,
  /^go-pbft\/layer-(2|3|3-in-turn) agreement/,
  /^go-pbft\/layer-3(-early-discarded|-numbers-restart)? liveness/,
  /^honeybadger/,
  /^hotstuff/,
  /^ibft liveness/,
  /^mmr14\S* (agreement|lasso)/,
  /^parallel-dolev-strong/,
  /^pfab/,
  /^phase-king(\/weak-grade)? /,
  /^phase-queen /,
  /^mmr14\/\S+ validity/,
  /^pbft\S* .*"b":1.*"slots":2/,
  /^pbft accountability/,
  /^pbft\/(no-join|vc-unproved-checkpoint) liveness/,
  /^pbft(\/lowest-view-certificate|\/prepare-across-views| view-certificate)/,
  /^qbft\S* .*"rounds":3/,
  /^qbft liveness .*"rounds":2/,
  /^raft\S* .*("slots":2|"terms":4)/,
  /^simplex\S* .*("iterations":3|"n":5)/,
  /^simplex liveness/,
  /^streamlet/,
  /^sync-hotstuff/,
  /^tendermint\S* .*"rounds":[234]/,
  /^tendermint\/dedup-\S+ liveness/,
  /^two-step\S* .*"n":[5-9]/,
  /^two-step liveness/,
  /^zyzzyva\S* .*"views":3/,
]

/** Rows of `expected` for which the fuzzer makes many runs, or long ones. */
const slowToFind: readonly RegExp[] = [
  /^abd/,
  /^asyncio-pbft /,
  /^ben-or(\/adopt-f|\/decide-f-plus-1|\/simple-majority|\/no-validation|\/n-5f|\/over-bound| )/,
  /^bracha(-by-delivery)?\/echo-2f-plus-1 agreement .*"n":6/,
  /^bracha-by-delivery\/echo-/,
  /^go-pbft\/layer-[13] /,
  /^hotstuff\/no-safe-node/,
  /^go-pbft\/layer-2(-no-conflict-check)? agreement/,
  /^pbft\/(execute-again|new-view-unchecked|no-join|no-null-fill|no-view-gate|prepare-across-views|vc-unproved-checkpoint)/,
  /^pbft\/(no-new-view|prepare-2f-minus-1|vc-omits-prepared) /,
  /^pbft\/quorum-2f-plus-1 .*"n":6/,
  /^raft\/(commits-earlier-terms|gaps-in-log|stale-leader)/,
  /^streamlet\/two-consecutive/,
  /^simplex\/(finalise-late|any-parent|quorum-2f-plus-1)/,
  /^tendermint\S* (accountability|equivocation-alone|all-equivocate-or-none)/,
  /^tendermint\/unlock-on-weak-nil/,
  /^two-step/,
  /^vr\/longest-log/,
  /^zyzzyva/,
]

/** Each row belongs to one tier: is it this one? */
const isOneOf = (slow: readonly RegExp[]) => (row: Expectation) =>
  slow.some((rows) => rows.test(lineOf(row))) === inTier(false, true)

export const isDecidedHere = isOneOf(slowToDecide)
export const isFoundHere = isOneOf(slowToFind)

/** No pattern that means nothing. */
export const longRows = [...slowToDecide, ...slowToFind]
