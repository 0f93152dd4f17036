import { parentPort } from 'node:worker_threads'
import { check } from '../../check/check.ts'
import type { SearchProgress } from '../../check/result/result.ts'
import type { StandingSetting } from '../../check/settings/merged-checks.ts'
import { type SearchedSetting, type SettingSearch, searchSetting } from '../../check/settings/search-setting.ts'
import { claimsOf } from '../subjects/claim-names.ts'
import { resolveSubject } from '../subjects/subjects.ts'
import { asOutcome, type ThreadOutcome } from './outcome.ts'

/** A setting to search, with the name or the path of its protocol, and a cell that is 1 once the search is to end. */
export interface SettingRequest
  extends Pick<StandingSetting, 'setting' | 'others'>,
    Pick<SettingSearch, 'without' | 'maxStates' | 'maxUniverse'> {
  readonly found: string
  readonly claims: readonly string[]
  readonly ends: Int32Array
}

/** How far a search is, or what it came to. */
export type SettingMessage = { readonly progress: SearchProgress } | ThreadOutcome<SearchedSetting>

/** Milliseconds between two messages about how far it is. */
const EVERY = 50

parentPort!.on('message', async ({ found, setting, others, claims: names, ends, ...how }: SettingRequest) => {
  let told = 0
  const onProgress = (progress: SearchProgress): boolean => {
    if (performance.now() >= told + EVERY) {
      parentPort!.postMessage({ progress } satisfies SettingMessage)
      told = performance.now()
    }
    return Atomics.load(ends, 0) === 1
  }
  const outcome: ThreadOutcome<SearchedSetting> = await asOutcome(async () => {
    const { protocol, subject, file } = await resolveSubject(found, '/')
    const claims = claimsOf(subject).filter(({ name }) => names.includes(name))
    const searched = searchSetting(
      { setting, ...(others ? { others } : {}) },
      { protocol, subject, claims, ...how, onProgress },
      check,
    )
    // What a program in another language has still to say.
    if (file !== undefined) (await import('../../external/index.ts')).settlePrograms()
    return searched
  })
  parentPort!.postMessage(outcome satisfies SettingMessage)
})
