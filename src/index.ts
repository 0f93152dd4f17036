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
export {
  addStrategies,
  type Behaviour,
  identities,
  type Offer,
  type Scene,
  type Strategy,
  strategies,
  strategiesFor,
} from './adversary/index.ts'
export {
  type CheckVerdict,
  PASSES,
  type PassName,
  type PassReport,
  REDUCTIONS,
  type UniverseReport,
} from './check/result/result.ts'
export { conformance, type Mapping } from './conform/index.ts'
export { type External, endPrograms, external, type Limits, type Listening } from './external/index.ts'
export type { Actions, Chosen } from './fuzz/schedule/actions.ts'
export type { Choices } from './fuzz/schedule/choices.ts'
export { type Chooser, drawAmong, drawAny, drawKind, drawStep } from './fuzz/schedule/chooser.ts'
export { choosers } from './fuzz/schedule/choosers.ts'
export { addSchedulers, choosersFor } from './fuzz/schedule/own-choosers.ts'
export * from './library/index.ts'
export { digest } from './model/digest.ts'
export {
  type AnyMessage,
  type Authentication,
  all,
  any,
  byzantineCount as byzantineReplicas,
  type Claim,
  type ClientDefinition,
  type Configuration,
  type Context,
  correctIds,
  countedBy,
  type Defaults,
  type Definition,
  defineLockstep,
  defineProtocol,
  type Effects,
  type Event,
  type Expectation,
  type Extents,
  every,
  type Handler,
  type Handlers,
  HarnessError,
  type Heard,
  type Id,
  type Invariant,
  invariant,
  type Json,
  type Liveness,
  type LockstepDefinition,
  liveness,
  type Match,
  type MessageOf,
  match,
  type NamedSetting,
  type Network,
  nameOf,
  type Outcome,
  type Program,
  type Proof,
  type Properties,
  Protocol,
  program,
  properties,
  type Reaction,
  react,
  type Said,
  type SelfDelivery,
  type SentMessage,
  type Setting,
  type Sometimes,
  type Steps,
  type Subject,
  said,
  sometimes,
  type Tallies,
  type Tally,
  type TallyDeclaration,
  type Types,
  UsageError,
  type VariantOptions,
} from './model/index.ts'
export { registry } from './protocols/index.ts'
export type { Stage } from './shrink/result.ts'
export type { Metrics, Percentiles, Simulated } from './simulate/index.ts'
export {
  apply,
  configure,
  enabled,
  Impossible,
  type Offered,
  type ProvedMessage,
  type Step,
  type System,
  start,
} from './system/index.ts'
export {
  type Diverged,
  decode,
  encode,
  FORMAT,
  type Origin,
  type Replayed,
  type Reproduced,
  record,
  type Trace,
  type TracedStep,
} from './trace/index.ts'
