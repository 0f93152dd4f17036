import type { Claim } from '../../model/index.ts'
import { isForced, notPlayed } from '../game/forced-claims.ts'
import type { CheckedClaim } from '../result/result.ts'
import type { Explored } from './explore.ts'
import { fromReference } from './reference.ts'

/** What a search state by state says of all claims; one that holds is vacuous where a guard was never reached. */
export function guardedByReference(
  claims: readonly Claim<any>[],
  result: Explored,
  open: string | undefined,
): CheckedClaim[] {
  const missing = claims.find(({ kind, name }) => kind === 'sometimes' && !result.reached.has(name))
  return claims
    .filter(({ kind }) => kind !== 'sometimes')
    .map((one): CheckedClaim => {
      if (isForced(one)) return notPlayed(one)
      const claim = fromReference(one.name, result, open)
      if (claim.verdict !== 'holds' || !missing) return claim
      return { claim: one.name, verdict: 'vacuous', why: `it never happens that: ${missing.about}` }
    })
}
