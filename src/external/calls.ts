import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { HarnessError } from '../model/index.ts'
import type { Order, Wiring } from './bridge.ts'
import type { Reply } from './child.ts'

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

  /** Puts a line to the process in a seat, and waits for its answer. */
  call(order: Order): Reply {
    const { start, answer } = order.command
    let seen = Atomics.load(this.#woken, 0)
    this.#port.postMessage(order)
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received) return received.message as Reply
      // Woken too early by what belongs to the call before, it looks again.
      const how = Atomics.wait(this.#woken, 0, seen, start * 1_000 + answer * 1_000 + GRACE)
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
