import { PASSES_BY_NAME, type Passes } from '../tables/passes/passes.ts'
import { checking } from './checking.ts'
import { playGame } from './game/game.ts'
import { canSort, checkLiveness } from './liveness/liveness.ts'
import type { CheckRequest, CheckResult } from './result/result.ts'

/**
 * Searches all that can happen in one setting, for every claim.
 *
 * @throws HarnessError where a schedule found in the tables does not replay on `apply`: never a verdict
 */
export function check(request: CheckRequest, passes: Passes = PASSES_BY_NAME): CheckResult {
  return checking(request, passes, { live: { canSort, checkLiveness }, sparse: passes.sparse, game: playGame })
}
