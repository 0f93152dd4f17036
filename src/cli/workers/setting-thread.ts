import { Worker } from 'node:worker_threads'
import type { StandingSetting } from '../../check/settings/merged-checks.ts'
import type { SearchedSetting, SettingSearch } from '../../check/settings/search-setting.ts'
import { UsageError } from '../../model/index.ts'
import { settled } from './outcome.ts'
import type { SettingMessage, SettingRequest } from './setting-worker.ts'

/** Loads the thread's module by way of tsx, where nothing has been built. */
const fromSources = (): string => `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ tsImport }) =>
  tsImport('./setting-worker.ts', ${JSON.stringify(import.meta.url)}))`

/**
 * Searches a setting on a thread of its own, so that this one hears what else happens. Progress is asked here, and the
 * search ends where it says so.
 * @param found the name or the path of the protocol
 * @throws UsageError as the search does, and where the protocol's file ends the thread
 */
export function searchOnThread(
  found: string,
  { setting, others }: Pick<StandingSetting, 'setting' | 'others'>,
  { claims, without, maxStates, maxUniverse, onProgress }: SettingSearch,
): Promise<SearchedSetting> {
  const worker = import.meta.url.endsWith('.js')
    ? new Worker(new URL('./setting-worker.js', import.meta.url))
    : new Worker(fromSources(), { eval: true })
  const ends = new Int32Array(new SharedArrayBuffer(4))
  const names = claims.map(({ name }) => name)
  const asked = { found, setting, claims: names, ends, without, maxStates, maxUniverse } as SettingRequest
  worker.postMessage({ ...asked, ...(others ? { others } : {}) })
  return new Promise<SearchedSetting>((resolve, reject) => {
    worker.on('error', reject)
    worker.on('exit', (code) =>
      reject(new UsageError(`${found}: its file ends the process with code ${code}`, 'let it define things only')),
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
