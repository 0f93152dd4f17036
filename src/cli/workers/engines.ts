import { availableParallelism } from 'node:os'
import type { CheckRequest, CheckResult } from '../../check/result/result.ts'
import type { StandingSetting } from '../../check/settings/merged-checks.ts'
import type { SearchedSetting, SettingSearch } from '../../check/settings/search-setting.ts'
import type { CampaignProgress } from '../../fuzz/campaign/campaign.ts'
import type { Campaign, CampaignResult, Found } from '../../fuzz/campaign/result.ts'
import type { Claim, Protocol, Setting } from '../../model/index.ts'
import type { Shrunk } from '../../shrink/result.ts'
import type { Simulated } from '../../simulate/index.ts'
import type { LookedAt, Scenario, ScenarioEffort } from '../../studies/scenario.ts'
import type { Trials } from '../../studies/trials.ts'
import type { Task } from '../../sweep/examine.ts'
import type { PassName } from '../../tables/passes/pass-names.ts'
import type { Trace } from '../../trace/index.ts'
import type { SavedTrace, Saving } from '../files/trace-files.ts'
import type { ChosenClaims } from '../subjects/claim-names.ts'
import type { Resolved } from '../subjects/resolved.ts'
import type { SearchEnd } from '../terminal/search-end.ts'
import type { Looked } from './sweep-worker.ts'

/** What a campaign tells while it runs. */
export interface RunningCampaign {
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
  readonly runCampaign: (campaign: Campaign, resolved: Resolved, options: RunningCampaign) => Promise<CampaignResult>
  /** Searches everything within the bounds of one setting. */
  readonly check: (request: CheckRequest) => CheckResult
  /** Loads what `check` needs for these claims of a protocol. To be waited for before it is asked about them. */
  readonly prepare?: (protocol: Protocol, claims: readonly Claim<any>[]) => Promise<void>
  /** One of each kind among settings that differ by renaming only. Without it, all are searched. */
  readonly distinctSettings?: (
    protocol: Protocol,
    settings: readonly Setting[],
    claims: readonly Claim<any>[],
    stops?: () => boolean,
  ) => Promise<readonly StandingSetting[]>
  /** Searches settings of a check somewhere else, several at a time. Without it, they are searched here, one by one. */
  readonly searchElsewhere?: (
    request: CheckAllRequest,
  ) => (setting: Pick<StandingSetting, 'setting' | 'others'>) => Promise<SearchedSetting>
  /** Searches a setting on a thread of its own, so that this one hears signals. Without it, it is searched here. */
  readonly searchApart?: (
    setting: Pick<StandingSetting, 'setting' | 'others'>,
    how: SettingSearch,
  ) => Promise<SearchedSetting>
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

/** What is done with the trace of a violation; `before` is what was saved of the same one. Default: it goes into a file. */
export type SaveViolation = (trace: Trace, before?: SavedTrace) => Promise<Saving>

/** Exhaustive searches of all settings of a command, and what is made of their violations. */
export interface CheckAllRequest {
  readonly resolved: Resolved
  readonly settings: readonly Setting[]
  readonly chosen: ChosenClaims
  readonly without: readonly PassName[]
  readonly maxStates: number
  readonly maxUniverse: number
  /** Milliseconds after which all searches stop. */
  readonly time?: number
  /** File or folder for the traces. */
  readonly out?: string
  readonly save?: SaveViolation
  /** The line that does the same again, given what ended the search. */
  readonly command: (stoppedBy: SearchEnd['by']) => string
}
