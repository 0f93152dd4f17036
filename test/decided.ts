import { check } from '../src/check/check.ts'
import { whyNoTables } from '../src/check/reference/reference.ts'
import type { CheckVerdict } from '../src/check/result/result.ts'
import { distinctSettings } from '../src/check/settings/distinct-settings.ts'
import { relaxed } from '../src/check/settings/relaxed.ts'
import { program as inSetting } from '../src/model/index.ts'
import { configure } from '../src/system/index.ts'
import type { Row } from './expected.ts'
import { lineOf } from './undecided.ts'

/** What one row may cost, over all choices of Byzantine replicas; counted in work, so that it is the same everywhere. */
const MOST_STATES = 60_000
/** More than that, for rows that take some seconds all the same. */
const MORE_STATES: readonly (readonly [rows: RegExp, states: number])[] = [
  // Two clients that write and read: 91,900 states, 3 seconds of processor time.
  [/^abd linearizability .*"b","read"/, 100_000],
  // Three rounds in which all coins fall alike: 96,550 states.
  [/^ben-or agreement .*"b":1.*"n":5/, 100_000],
  // Five views that a Byzantine replica leads: 70,171 states, and fewer with a chain of two.
  [/^chained-hotstuff\S* .*"views":5/, 100_000],
  // Healed runs, with what was used in the state: 63,949 states for all four choices of the Byzantine replica.
  [/^simplex liveness/, 80_000],
  // Seven views that a Byzantine replica leads: from 164,803 states without a lock to 2,320,688, four minutes on a busy machine.
  [/^chained-hotstuff\S* .*"views":7/, 3_000_000],
  // Five epochs: 83,375 and 178,724 states, 1,680,081 where replicas vote again; six without a vote rule: 1,528,939.
  [/^streamlet\S* .*"epochs":[56]/, 2_500_000],
  // Healed runs from the states of one round: 110,036 states.
  [/^tendermint\/dedup-precommits liveness/, 120_000],
  // Four rounds of a mutant: 191,119 states.
  [/^tendermint\S* agreement .*"rounds":4/, 250_000],
  // Six rounds, state by state: 107,282 states for all four choices of the Byzantine replica, 14 seconds of processor time.
  [/^phase-king(\/weak-grade)? /, 150_000],
  // Healed runs, with notes of views and proposals in the state: 197,410 states.
  [/^hotstuff honest-leader-decides/, 250_000],
  // Four rounds among five: 80,279 states for all choices of the Byzantine replica, 12 seconds of processor time.
  [/^phase-queen /, 100_000],
  // Two views: 11,215 states with r0 Byzantine. Three: 78,255.
  [/^sync-hotstuff/, 150_000],
  // Three rounds: 24,374 to 71,809 states for each Byzantine replica.
  [/^qbft agreement .*"rounds":3/, 250_000],
  // Healed runs from the states of two rounds: 68,285 states for all four choices of the Byzantine replica.
  [/^qbft liveness .*"rounds":2/, 80_000],
  // Two rounds, in which a strategy has to do whichever way the coins fall: 998,162 states.
  [/^mmr14(\/late-coin)? lasso/, 1_200_000],
  // Every use of a Byzantine replica's message is told apart: 67,188 and 192,173 states with r0 Byzantine.
  [/^bracha-by-delivery\/(echo-two|no-amplification) totality/, 200_000],
]
/** Where the search goes over `apply`. */
const MOST_REFERENCE_STATES = 2_000
/** Calls of `onProgress` while words and local states are collected. */
const MOST_CALLS = 3_000
const MOST_MESSAGES = 250

/** What the exhaustive search says of a row of `expected`, within bounds that are the same everywhere. */
export function decided({ row, protocol, claims }: Row): CheckVerdict {
  const settings = configure(protocol, row.configuration)
  const judged = claims.filter(({ name, kind }) => name === row.claim || kind === 'sometimes')
  const mostStates = MORE_STATES.find(([rows]) => rows.test(lineOf(row)))?.[1]
  let calls = 0
  let states = 0
  let result: CheckVerdict = 'holds'
  for (const { setting } of distinctSettings(protocol, settings, judged)) {
    const program = inSetting(protocol, setting)
    // A safety claim in a network that delivers once is searched in the tables of a wider one.
    const searched = row.claim === 'liveness' ? program : (relaxed(program) ?? program)
    const most = mostStates ?? (whyNoTables(searched, judged) ? MOST_REFERENCE_STATES : MOST_STATES)
    if (states >= most) return 'inconclusive'
    const found = check({
      ...{ program, claims: judged, maxStates: most - states, maxUniverse: MOST_MESSAGES },
      onProgress: ({ phase }) => (phase === 'universe' || phase === 'closure') && calls++ >= MOST_CALLS,
    })
    states += found.states
    const { verdict } = found.claims.find(({ claim }) => claim === row.claim)!
    if (verdict === 'violated') return verdict
    if (verdict !== 'holds') {
      if (row.verdict === 'holds') return verdict
      result = verdict
    }
  }
  return result
}
