import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { HarnessError } from '../model/index.ts'
import type { ProcessOrder, Replies, Wiring } from './bridge.ts'

/** Loads the thread's module by way of tsx, where nothing has been built. */
const fromSources = (): string =>
  `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ tsImport }) =>
  tsImport('./bridge.ts', ${JSON.stringify(import.meta.url)}))`

/** Milliseconds that the other thread may take beyond what a process is given. */
const GRACE = 30_000

/** Calls to processes that return when the process has answered: one thread has them, this one waits. */
export class Calls {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #woken: Int32Array

  constructor() {
    const { port1, port2 } = new MessageChannel()
    const flag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    const options = { workerData: { port: port2, flag } satisfies Wiring, transferList: [port2] }
    this.#worker = import.meta.url.endsWith('.ts')
      ? new Worker(fromSources(), { ...options, eval: true })
      : new Worker(new URL('./bridge.js', import.meta.url), options)
    this.#port = port1
    this.#woken = new Int32Array(flag)
    // Nobody waits for it: it ends with the thread that it works for, and its processes end with it.
    this.#worker.unref()
    this.#port.unref()
  }

  /** Puts lines to the process in an instance, and waits for its answers. */
  call(order: ProcessOrder): Replies {
    const { start, answer } = order.command
    const limit = (2 * start + order.lines.length * answer) * 1_000 + GRACE
    let seen = Atomics.load(this.#woken, 0)
    this.#port.postMessage(order)
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received) return received.message as Replies
      // Woken too early by what belongs to the call before, it looks again.
      const how = Atomics.wait(this.#woken, 0, seen, limit)
      if (how === 'timed-out') throw new HarnessError('the thread that runs processes does not answer')
      seen = Atomics.load(this.#woken, 0)
    }
  }

  /** Ends every process. */
  end(): Promise<unknown> {
    this.#port.postMessage('end')
    return new Promise((resolve) => this.#worker.once('exit', resolve))
  }
}
