import type { Claim } from '../../model/index.ts'
import { Stopped, type TooLarge } from '../../tables/closure/closed.ts'
import type { Reports } from './reports.ts'
import type { CheckResult, UniverseReport } from './result.ts'

/** The result where the local states could not be collected: nothing is known of any claim. */
export function gaveUp(
  claims: readonly Claim<any>[],
  reports: Reports,
  universe: UniverseReport,
  error: TooLarge,
): CheckResult {
  const stopped = error instanceof Stopped
  const why = stopped ? error.message : `the closure outgrew its bound: ${error.message}`
  const judged = claims.filter(({ kind }) => kind !== 'sometimes')
  return {
    claims: judged.map(({ name }) => ({ claim: name, verdict: 'inconclusive', why })),
    states: 0,
    transitions: 0,
    reductions: reports.allOff(stopped ? error.message : 'the closure outgrew its bound'),
    universe,
    cut: true,
    neverFired: [],
    engine: 'tables',
  }
}
