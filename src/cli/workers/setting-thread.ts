import type { StandingSetting } from '../../check/settings/merged-checks.ts'
import type { SearchedSetting, SettingSearch } from '../../check/settings/search-setting.ts'
import { UsageError } from '../../model/index.ts'
import { settled } from './outcome.ts'
import type { SettingMessage, SettingRequest } from './setting-worker.ts'
import { threadOf } from './thread-of.ts'

/**
 * Searches a setting on a thread of its own, so that this one hears what else happens. Progress is told here, and the
 * search ends where it says so.
 * @param subject the name or the path of the protocol
 * @throws UsageError as the search does, and where the protocol's file ends the thread
 */
export function searchOnThread(
  subject: string,
  { setting, others }: Pick<StandingSetting, 'setting' | 'others'>,
  { claims, without, maxStates, maxUniverse, onProgress }: SettingSearch,
): Promise<SearchedSetting> {
  const worker = threadOf('setting-worker')
  const ends = new Int32Array(new SharedArrayBuffer(4))
  const names = claims.map(({ name }) => name)
  const named = { subject, setting, ...(others ? { others } : {}), claims: names, without, maxStates, maxUniverse }
  worker.postMessage({ named, ends } satisfies SettingRequest)
  return new Promise<SearchedSetting>((resolve, reject) => {
    worker.on('error', reject)
    worker.on('exit', (code) =>
      reject(new UsageError(`${subject}: its file ends the process with code ${code}`, 'let it define things only')),
    )
    worker.on('message', (message: SettingMessage) => {
      if ('progress' in message) {
        if (onProgress?.(message.progress)) Atomics.store(ends, 0, 1)
        return
      }
      try {
        resolve(settled(message))
      } catch (error) {
        reject(error)
      }
    })
  }).finally(() => void worker.terminate())
}
