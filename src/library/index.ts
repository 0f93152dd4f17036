import type { Replayed } from '../trace/index.ts'
import type { CheckOutcome } from './check.ts'
import type { Explained } from './explain.ts'
import type { FuzzOutcome } from './fuzz.ts'
import type { GivenTrace } from './given-trace.ts'
import type {
  CheckOptions,
  FuzzOptions,
  PictureOptions,
  ShrinkTraceOptions,
  SimulateOptions,
  SweepOptions,
  TraceOptions,
} from './options.ts'
import type { ShrinkOutcome } from './shrink.ts'
import type { SimulateOutcome } from './simulate.ts'
import type { SubjectLike } from './subject-like.ts'
import type { SweepOutcome } from './sweep.ts'

export type { CheckOutcome, ClaimChecked } from './check.ts'
export type { Explained } from './explain.ts'
export type { ClaimFuzzed, FuzzOutcome } from './fuzz.ts'
export type { GivenTrace } from './given-trace.ts'
export type * from './options.ts'
export type { ShrinkOutcome } from './shrink.ts'
export type { SimulateOutcome } from './simulate.ts'
export {
  type ByzantineMessagesOptions,
  byzantineMessagesIn as byzantineMessages,
  judge,
  type RunState,
  stateAfter,
} from './state.ts'
export type { GivenSubject, ProtocolModule, SubjectLike } from './subject-like.ts'
export type { SweepOutcome, SweptCell } from './sweep.ts'

/**
 * Searches everything within the bounds: each claim is proved, or broken by a shortest trace. The same as
 * `turncoat check`.
 * @throws UsageError for whatever the command line refuses, and if handlers turn out not to be functions
 */
async function check(subject: SubjectLike, options: CheckOptions = {}): Promise<CheckOutcome> {
  return (await import('./check.ts')).checkSubject(subject, options)
}

/**
 * Searches for a schedule and Byzantine messages that break a claim, and shrinks what it finds. Nothing found is no
 * proof. The same as `turncoat fuzz`, in this thread.
 * @throws UsageError for whatever the command line refuses, and if handlers turn out not to be functions
 */
async function fuzz(subject: SubjectLike, options: FuzzOptions = {}): Promise<FuzzOutcome> {
  return (await import('./fuzz.ts')).fuzzSubject(subject, options)
}

/**
 * Checks or searches every n, f and b of a grid, with evidence for each cell. The same as `turncoat sweep`, without
 * journal and pictures.
 * @throws UsageError for whatever the command line refuses
 */
async function sweep(subject: SubjectLike, options: SweepOptions = {}): Promise<SweepOutcome> {
  return (await import('./sweep.ts')).sweepSubject(subject, options)
}

/**
 * Simulates a protocol several times under a virtual clock, and measures it. Nothing sleeps. Of several choices of
 * Byzantine replicas, the first one.
 * @throws UsageError for whatever the command line refuses, and for lockstep protocols
 */
async function simulate(subject: SubjectLike, options: SimulateOptions = {}): Promise<SimulateOutcome> {
  return (await import('./simulate.ts')).simulateSubject(subject, options)
}

/**
 * Makes a trace shorter; the claim that it breaks stays the same. The same as `turncoat shrink`.
 * @throws UsageError if it does not replay
 */
async function shrink(trace: GivenTrace, options: ShrinkTraceOptions = {}): Promise<ShrinkOutcome> {
  return (await import('./shrink.ts')).shrinkTrace(trace, options)
}

/**
 * Replays a trace and compares every state. The replay checks the evidence of each step, and never searches for other evidence. The same as `turncoat replay`.
 * @throws UsageError if the file is not a trace, its protocol, variant or claim does not exist, or its setting is impossible
 */
async function replay(trace: GivenTrace, options: TraceOptions = {}): Promise<Replayed> {
  return (await import('./replay.ts')).replayAgain(trace, options)
}

/**
 * Why a trace breaks its claim: quorums, Byzantine messages, what is necessary. The same as `turncoat explain`.
 * @throws UsageError if it does not replay
 */
async function explain(trace: GivenTrace, options: TraceOptions = {}): Promise<Explained> {
  return (await import('./explain.ts')).explainTrace(trace, options)
}

/**
 * A trace as a Mermaid sequence diagram. The same as `turncoat show TRACE --format mermaid`.
 * @throws UsageError if it does not replay, and for a participant or a message type that it does not have
 */
async function toMermaid(trace: GivenTrace, options: PictureOptions = {}): Promise<string> {
  return (await import('./explain.ts')).mermaidOf(trace, options)
}

export { check, explain, fuzz, replay, shrink, simulate, sweep, toMermaid }
