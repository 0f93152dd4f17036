import { check } from '../../check/check.ts'
import type { StandingSetting } from '../../check/settings/merged-checks.ts'
import { type SearchedSetting, type SettingSearch, searchSetting } from '../../check/settings/search-setting.ts'
import { claimsOf } from '../subjects/claim-names.ts'
import { resolveSubject } from '../subjects/subjects.ts'

/** A setting to search, and the names of everything that cannot be sent from one thread to another. */
export interface SettingByName
  extends Pick<StandingSetting, 'setting' | 'others'>,
    Pick<SettingSearch, 'without' | 'maxStates' | 'maxUniverse'> {
  /** The name or the path of the protocol. */
  readonly subject: string
  readonly claims: readonly string[]
}

/** Searches a setting of a protocol that has to be found first. */
export async function searchNamed(
  { setting, others, subject: name, claims: names, ...how }: SettingByName,
  onProgress?: SettingSearch['onProgress'],
): Promise<SearchedSetting> {
  const { protocol, subject } = await resolveSubject(name, '/')
  const claims = claimsOf(subject).filter((claim) => names.includes(claim.name))
  const told = onProgress ? { onProgress } : {}
  return searchSetting(
    { setting, ...(others ? { others } : {}) },
    { protocol, subject, claims, ...how, ...told },
    check,
  )
}
