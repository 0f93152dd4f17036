import { assertClaims, assertCounted, isLockstep, UsageError } from '../../model/index.ts'
import { assertCheckRequest, MOST_PARTICIPANTS } from '../../system/index.ts'
import type { CheckRequest } from './result.ts'

/** @throws UsageError where the claims, or the number of participants, are none that can be searched */
export function assertRequest(request: CheckRequest, passes: readonly string[]): void {
  assertCheckRequest(request, passes)
  const { claims, program } = request
  const { protocol, setting } = program
  assertClaims(claims, protocol.subject, [protocol])
  assertCounted(claims, setting)
  const count = setting.n + setting.clients
  if (count <= MOST_PARTICIPANTS || isLockstep(protocol)) return
  throw new UsageError(`check handles at most ${MOST_PARTICIPANTS} participants, not ${count}`, 'choose a smaller n')
}
