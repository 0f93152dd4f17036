import type { Extent } from '../../adversary/index.ts'
import type { Claim, Program } from '../../model/index.ts'
import type { AuditReport, Step } from '../../system/index.ts'
import type { PassName } from '../../tables/passes/pass-names.ts'

/** How far a search has got. */
export interface SearchProgress {
  readonly phase: 'universe' | 'closure' | 'search' | 'liveness'
  readonly states: number
  readonly frontier: number
  /** Steps of the schedules that are being looked at. */
  readonly depth: number
}

/** One exhaustive search: all claims, in one setting. */
export interface CheckRequest {
  readonly program: Program
  readonly claims: readonly Claim<any>[]
  /** Passes that are switched off. */
  readonly without?: readonly PassName[]
  /** States after which a search stops and is inconclusive. */
  readonly maxStates?: number
  /** Messages of the universe, and local states of one replica, beyond which the closure gives up. */
  readonly maxUniverse?: number
  /** Choices of messages that may answer one question of a rule, beyond which the closure gives up. */
  readonly maxChoices?: number
  /** Called now and then; `true` stops the search, which is then inconclusive. */
  readonly onProgress?: (progress: SearchProgress) => boolean | undefined
}

/** The verdict of an exhaustive search on a claim; `vacuous`: no run reached what the guards ask for. */
export type CheckVerdict = 'holds' | 'violated' | 'inconclusive' | 'vacuous'

/** The result for one claim. */
export interface CheckedClaim {
  readonly claim: string
  readonly verdict: CheckVerdict
  /** Why there is no verdict, or why it is vacuous. */
  readonly why?: string
  /** How the claim was broken, as a sentence; from the replay on `apply`. */
  readonly witness?: string
  /** A schedule that breaks it, with the coalition's messages and their proofs; replayed on `apply`. */
  readonly steps?: readonly Step[]
  /** Where it is inconclusive: no schedule within the bounds breaks it in fewer steps than this. */
  readonly atLeast?: number
  /** `certified`: no schedule within the bounds breaks it in fewer steps. Else how far the search got. */
  readonly shortest?: string
}

/** What one pass did: how many there were of something without it, and with it. */
export interface PassReport {
  readonly pass: PassName
  readonly on: boolean
  /** Why it is off, where nobody asked for that. */
  readonly why?: string
  readonly before?: number
  readonly after?: number
  /** What `before` and `after` count: local states, global states, moves. */
  readonly unit?: string
}

/** The messages that the coalition could send. */
export interface UniverseReport {
  readonly messages: number
  /** Were all messages that anybody could ever send found? If not, nothing can be proved. */
  readonly closed: boolean
  /** Types of messages that nobody sends within the bounds, and hence no Byzantine replica either. */
  readonly unsaid?: readonly string[]
  /** Could correct replicas take any input while the universe was collected, or those of the setting only? */
  readonly inputs?: 'all' | 'given'
  /**
   * Per type: every combination of what was seen, one change away from what a correct replica can send, or all there
   * is.
   */
  readonly extent: Readonly<Record<string, Extent>>
}

/** Local states, and reducer calls, of the closure. */
export interface ClosureReport {
  readonly states: number
  readonly calls: number
}

export interface CheckResult {
  /** Transitions, and how many of them were taken a second time and came out the same. */
  readonly audit?: AuditReport
  readonly claims: readonly CheckedClaim[]
  /** Distinct states looked at, over all searches; without reductions, distinct global states. */
  readonly states: number
  readonly transitions: number
  /** Nothing where the search needed none. */
  readonly closure?: ClosureReport
  readonly reductions: readonly PassReport[]
  readonly universe: UniverseReport
  /** Did a bound forbid any step that would otherwise have been possible? If not, the result is stronger than them. */
  readonly cut: boolean
  /** Bounds that something besides `within` looks at: whatever is never hit, the result depends on them. */
  readonly boundsRead?: readonly string[]
  /** Rules that fire in no state within the bounds. */
  readonly neverFired: readonly string[]
  /** `tables` with the passes, or `reference`: state by state over `apply`, where the setting allows nothing faster. */
  readonly engine: 'tables' | 'reference'
  /** Why the tables could not be used, where they were not. */
  readonly engineWhy?: string
}

export const DEFAULT_MAX_STATES = 5_000_000

export const DEFAULT_MAX_UNIVERSE = 5_000
