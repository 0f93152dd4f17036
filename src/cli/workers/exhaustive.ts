import { checking } from '../../check/checking.ts'
import type { OnDemand } from '../../check/on-demand.ts'
import { TABLE_PASSES } from '../../check/passes/table-passes.ts'
import type { CheckRequest, CheckResult } from '../../check/result/result.ts'

/** The exhaustive search with all its passes, and what was loaded for the request. */
export function exhaustive(request: CheckRequest, loaded: OnDemand): CheckResult {
  return checking(request, TABLE_PASSES, loaded)
}
