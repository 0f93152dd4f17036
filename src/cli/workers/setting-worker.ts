import { parentPort } from 'node:worker_threads'
import type { SearchProgress } from '../../check/result/result.ts'
import type { SearchedSetting } from '../../check/settings/search-setting.ts'
import { asOutcome, type ThreadOutcome } from './outcome.ts'
import { type SettingByName, searchNamed } from './search-named.ts'

/** A setting to search, and a cell that is 1 once the search is to end. */
export interface SettingRequest {
  readonly named: SettingByName
  readonly ends: Int32Array
}

/** How far a search is, or what it came to. */
export type SettingMessage = { readonly progress: SearchProgress } | ThreadOutcome<SearchedSetting>

/** Milliseconds between two messages about how far it is. */
const EVERY = 50

parentPort!.on('message', async ({ named, ends }: SettingRequest) => {
  let told = 0
  const onProgress = (progress: SearchProgress): boolean => {
    if (performance.now() >= told + EVERY) {
      parentPort!.postMessage({ progress } satisfies SettingMessage)
      told = performance.now()
    }
    return Atomics.load(ends, 0) === 1
  }
  const outcome = await asOutcome(async () => {
    const searched = await searchNamed(named, onProgress)
    // What a program in another language has still to say.
    ;(await import('../../external/index.ts')).settlePrograms()
    return searched
  })
  parentPort!.postMessage(outcome satisfies SettingMessage)
})
