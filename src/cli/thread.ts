import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { failed, run } from './run.ts'
import type { Order, Told } from './supervise.ts'

/** The command itself, on a thread of its own: see `supervise`. */
const { argv, isTTY, columns, isErrorTTY, age } = workerData as Order
const post = (told: Told): void => parentPort!.postMessage(told)
const { heap_size_limit: limit } = getHeapStatistics()

const io = {
  stdout: (stdout: string) => post({ stdout }),
  stderr: (stderr: string) => post({ stderr }),
  cwd: process.cwd(),
  isTTY,
  ...(columns === undefined ? {} : { columns }),
  isErrorTTY,
  now: () => performance.now(),
  began: -age,
  memoryInUse: () => getHeapStatistics().used_heap_size / limit,
  environment: process.env,
  keep: (kept: Told['kept']) => post({ kept }),
  within: (within: number) => post({ within }),
  bar: (bar: Told['bar']) => post({ bar }),
  full: () => post({ full: true }),
}

// What a protocol's file leaves behind, such as a promise that is rejected when nobody waits for it, is no verdict.
process.on('uncaughtException', (error) => post({ done: failed(error, argv, io) }))

post({ done: await run(argv, io) })
