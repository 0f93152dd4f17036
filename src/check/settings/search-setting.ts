import { type Claim, program as inSetting, type Protocol, type Subject } from '../../model/index.ts'
import type { CheckRequest, CheckResult } from '../result/result.ts'
import type { StandingSetting } from './merged-checks.ts'
import { RenamedClaims } from './renaming.ts'

/** How a setting is searched, apart from which one. */
export type SettingSearch = Pick<CheckRequest, 'without' | 'maxStates' | 'maxUniverse' | 'onProgress'> & {
  readonly protocol: Protocol
  readonly subject: Subject
  readonly claims: readonly Claim<any>[]
}

/** What a search came to, and whether claims depend on ids: it says nothing of other settings then. */
export interface SearchedSetting {
  readonly result: CheckResult
  readonly minds: boolean
}

/** Searches one of the settings of a command, in the name of those that it stands for. */
export function searchSetting(
  { setting, others = [] }: Pick<StandingSetting, 'setting' | 'others'>,
  { protocol, subject, claims, ...how }: SettingSearch,
  check: (request: CheckRequest) => CheckResult,
): SearchedSetting {
  // What a run should reach: a search that reaches none of it proves nothing.
  const guards = subject.properties.claims.filter(({ kind }) => kind === 'sometimes')
  const renamed = new RenamedClaims([...claims, ...guards], setting, others)
  const result = check({ program: inSetting(protocol, setting), claims: renamed.claims, ...how })
  return { result, minds: renamed.minding.length > 0 }
}
