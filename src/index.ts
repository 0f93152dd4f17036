/** The public surface: what a protocol's author and a program that drives searches need. Re-exports, nothing else. */
export {
  agreement,
  commitOnce,
  committedImpliesPrepared,
  type Decides,
  type Decision,
  decided,
  decidesAfterHealing,
  decisions,
  integrity,
  totality,
} from '../properties/claims.ts'
export { strategies } from './adversary/index.ts'
export { check } from './check/check.ts'
export {
  type CheckedClaim,
  type CheckRequest,
  type CheckResult,
  type CheckVerdict,
  PASSES,
  type PassName,
  type PassReport,
  type Progress,
  REDUCTIONS,
  type UniverseReport,
} from './check/result.ts'
export { conformance, type Mapping } from './conform/index.ts'
export { type External, endPrograms, external, type Limits, type Listening } from './external/index.ts'
export { runHere } from './fuzz/campaign.ts'
export { choosers } from './fuzz/choosers.ts'
export type { Campaign, CampaignResult, ClaimResult, Found } from './fuzz/result.ts'
export { digest } from './model/digest.ts'
export * from './model/index.ts'
export { registry } from './protocols/index.ts'
export type { Shrunk, Stage } from './shrink/result.ts'
export { type ShrinkOptions, shrink } from './shrink/shrink.ts'
export {
  behaviourOf,
  CALM,
  type Conditions,
  conditions,
  FAR,
  type Faults,
  type Latency,
  type Load,
  type Metrics,
  type Partition,
  type Percentiles,
  SILENT,
  type Simulated,
  type SimulationRequest,
  simulate,
  summary,
  type TimedBehaviour,
} from './simulate/index.ts'
export {
  apply,
  configure,
  enabled,
  Impossible,
  type Offered,
  type Spoken,
  type Step,
  type System,
  start,
} from './system/index.ts'
export {
  decode,
  encode,
  type FindSubject,
  FORMAT,
  type Origin,
  type Replayed,
  record,
  replay,
  type Trace,
  type TracedStep,
} from './trace/index.ts'
