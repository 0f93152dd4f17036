import { anewOf, assertClaimsAnew, assertUnchanged } from '../model/index.ts'
import type { Audit } from '../system/index.ts'
import type { CheckRequest } from './result/result.ts'

/**
 * Did all that was called during a search do the same when it was called again?
 * @throws UsageError where a handler or a claim was found to be no function
 */
export function assertFunctions(audit: Audit, { program, claims }: CheckRequest): void {
  const anew = anewOf(program.protocol)
  audit.end(anew)
  for (const claim of claims) assertUnchanged(claim)
  if (anew) assertClaimsAnew(claims, anew)
}
