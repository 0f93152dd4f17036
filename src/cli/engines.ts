import { availableParallelism } from 'node:os'
import { check } from '../check/check.ts'
import type { CheckRequest, CheckResult } from '../check/result.ts'
import type { CampaignProgress } from '../fuzz/campaign.ts'
import type { Campaign, CampaignResult, Found } from '../fuzz/result.ts'
import type { Claim, Protocol, Setting } from '../model/index.ts'
import type { Shrunk } from '../shrink/result.ts'
import type { Simulated } from '../simulate/index.ts'
import type { LookedAt, Scenario, ScenarioEffort } from '../studies/scenario.ts'
import type { Trials } from '../studies/trials.ts'
import type { Task } from '../sweep/examine.ts'
import type { CheckAllRequest } from './check-all.ts'
import type { DistinctSetting } from './merged-checks.ts'
import type { SearchedSetting } from './search-setting.ts'
import type { Resolved } from './subjects.ts'
import type { Looked } from './sweep-worker.ts'

/** What a campaign tells while it runs. */
export interface CampaignOptions {
  readonly workers: number
  readonly onProgress?: (done: CampaignProgress) => void | Promise<void>
  readonly stop?: () => boolean
  /** Milliseconds that are left, where there is an end to them. */
  readonly left?: () => number
}

/** A violation that is to be shrunk, and how far one may go. */
export interface Shrinking {
  readonly resolved: Resolved
  readonly found: Found
  readonly maxStates?: number
  readonly certifyStates?: number
}

/** What the commands need of the fuzzer and of the exhaustive search. */
export interface Engines {
  readonly runCampaign: (campaign: Campaign, resolved: Resolved, options: CampaignOptions) => Promise<CampaignResult>
  /** Searches everything within the bounds of one setting. */
  readonly check: (request: CheckRequest) => CheckResult
  /** One of each kind among settings that differ by renaming only. Without it, all are searched. */
  readonly distinctSettings?: (
    protocol: Protocol,
    settings: readonly Setting[],
    claims: readonly Claim<any>[],
    stops?: () => boolean,
  ) => Promise<readonly DistinctSetting[]>
  /** Searches settings of a check somewhere else, several at a time. Without it, they are searched here, one by one. */
  readonly searchElsewhere?: (
    request: CheckAllRequest,
  ) => (setting: Pick<DistinctSetting, 'setting' | 'others'>) => Promise<SearchedSetting>
  /** Shrinks a violation somewhere else. Without it, it is shrunk here. */
  readonly shrinkElsewhere?: (asked: Shrinking) => Promise<Shrunk>
  /** Looks at points of a sweep, and hands over what each came to: one at a time, in any order. */
  readonly lookAtAll: (
    tasks: readonly Task[],
    workers: number,
    onLooked: (looked: Looked) => Promise<void>,
  ) => Promise<void>
  /** Looks at cases of a study somewhere else, several at a time. Without it, they are looked at here, one by one. */
  readonly studyElsewhere?: {
    readonly scenario: (scenario: Scenario, effort: ScenarioEffort) => Promise<LookedAt>
    readonly trials: (trials: Trials) => Promise<readonly Simulated[]>
  }
  /** Do `fuzz` and `shrink` ask the exhaustive search whether anything shorter exists? */
  readonly certifies: boolean
}

/** Threads that are used unless --workers says otherwise. */
export const DEFAULT_WORKERS = availableParallelism()

export const engines: Engines = {
  // Who only checks does not wait for the fuzzer to be loaded.
  runCampaign: async (...asked) => (await import('./campaign-threads.ts')).onThreads(...asked),
  check,
  // Of one setting, nobody asks which others are like it.
  distinctSettings: async (...asked) => (await import('../check/distinct-settings.ts')).distinctSettings(...asked),
  // A sweep brings simulations with it, which nobody else waits for.
  lookAtAll: async (...asked) => (await import('./sweep-pool.ts')).lookAtAll(...asked),
  certifies: true,
}
