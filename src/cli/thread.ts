import { parentPort, workerData } from 'node:worker_threads'
import { failure, run } from './run.ts'
import type { CommandOrder, ThreadReport } from './supervise.ts'
import type { Kept } from './terminal/io.ts'

/** The command itself, on a thread of its own: see `supervise`. */
const { argv, isTTY, columns, isErrorTTY, call, age } = workerData as CommandOrder
const post = (told: ThreadReport): void => parentPort!.postMessage(told)

let kept: Kept | undefined
const io = {
  stdout: (stdout: string) => post({ stdout }),
  stderr: (stderr: string) => post({ stderr }),
  call,
  cwd: process.cwd(),
  isTTY,
  ...(columns === undefined ? {} : { columns }),
  isErrorTTY,
  now: () => performance.now(),
  began: -age,
  // Loaded by the searches that ask: it takes as long as a small search does.
  memoryInUse: () => {
    const { used_heap_size, heap_size_limit } = process.getBuiltinModule('node:v8').getHeapStatistics()
    return used_heap_size / heap_size_limit
  },
  environment: process.env,
  keep: (known: Kept) => {
    kept = known
    post({ kept })
  },
  kept: () => kept,
  within: (within: number) => post({ within }),
  bar: (bar: ThreadReport['bar']) => post({ bar }),
  full: () => post({ full: true }),
}

// What a protocol's file leaves behind, such as a promise that is rejected when nobody waits for it, is no verdict.
process.on('uncaughtException', (error) => post({ done: failure(error, argv, io) }))

post({ done: await run(argv, io) })
