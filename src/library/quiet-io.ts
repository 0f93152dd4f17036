import { resolve } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import type { Bar, Io } from '../cli/terminal/io.ts'
import type { AskingOptions } from './options.ts'

/** Prints nothing, tells whoever listens how far it is, and stops when a signal says so. */
export function quietIo({ signal, onProgress }: Pick<AskingOptions, 'signal' | 'onProgress'>): Io {
  const { heap_size_limit: limit } = getHeapStatistics()
  const bar = ({ done, total, unit, note }: Bar): void => onProgress?.({ done, total, unit, note })
  return {
    stdout: () => {},
    stderr: () => {},
    cwd: resolve('.'),
    isTTY: false,
    now: () => performance.now(),
    memoryInUse: () => getHeapStatistics().used_heap_size / limit,
    environment: {},
    ...(onProgress ? { isErrorTTY: true, patience: 0, bar: (now) => (now === null ? undefined : bar(now)) } : {}),
    ...(signal ? { cancelled: () => signal.aborted, rest: () => new Promise((done) => void setImmediate(done)) } : {}),
  }
}
