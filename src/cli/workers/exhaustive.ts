import { checking } from '../../check/checking.ts'
import type { OnDemand } from '../../check/on-demand.ts'
import type { CheckRequest, CheckResult } from '../../check/result/result.ts'
import { TABLE_PASSES } from '../../tables/passes/table-passes.ts'

/** The exhaustive search with all its passes, and what was loaded for the request. */
export function exhaustive(request: CheckRequest, loaded: OnDemand): CheckResult {
  return checking(request, TABLE_PASSES, loaded)
}
