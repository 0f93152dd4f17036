import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { HarnessError } from '../model/index.ts'
import type { ProcessOrder, Replies, Settled, Wiring } from './bridge.ts'

/**
 * What the thread runs: its module, by way of tsx where nothing has been built. Whoever waits hears no events, so that the
 * module cannot be loaded has to be said as answers are.
 */
function threadCode(): string {
  const here = import.meta.url
  // Not the end of the address: tsx marks each copy that it loads by a query. Where it makes CommonJS of one, there is no
  // import.meta.resolve; and of its own two forms, the one that is required loads nothing.
  const tsx = () =>
    pathToFileURL(
      createRequire(here)
        .resolve('tsx/esm/api')
        .replace(/\.cjs$/, '.mjs'),
    ).href
  const load = new URL(here).pathname.endsWith('.ts')
    ? `import(${JSON.stringify(tsx())}).then(({ tsImport }) =>
  tsImport('./bridge.ts', ${JSON.stringify(here)}))`
    : `import(${JSON.stringify(new URL('./bridge.js', here).href)})`
  return `${load}.catch((error) => {
  const { port, flag } = require('node:worker_threads').workerData
  port.postMessage({ broken: String(error) })
  Atomics.add(new Int32Array(flag), 0, 1)
  Atomics.notify(new Int32Array(flag), 0)
})`
}

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
    const workerData: Wiring = { port: port2, flag }
    this.#worker = new Worker(threadCode(), { workerData, transferList: [port2], eval: true })
    this.#port = port1
    this.#woken = new Int32Array(flag)
    // Nobody waits for it: it ends with the thread that it works for, and its processes end with it.
    this.#worker.unref()
    this.#port.unref()
  }

  /**
   * Puts lines to the process in an instance, and waits for its answers.
   * @throws HarnessError where the thread that has the processes cannot be loaded, or does not answer
   */
  call(order: ProcessOrder): Replies {
    const { start, answer } = order.command
    return this.#answer<Replies>(order, (2 * start + order.lines.length * answer) * 1_000 + GRACE)
  }

  /** Asks nothing more of any process, and waits until they have ended. The next call starts new ones. */
  settle(): Settled {
    return this.#answer<Settled>('settle', GRACE)
  }

  #answer<Reply extends object>(order: ProcessOrder | 'settle', limit: number): Reply {
    let seen = Atomics.load(this.#woken, 0)
    this.#port.postMessage(order)
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received) return this.#unlessBroken<Reply>(received.message)
      // Woken too early by what belongs to the call before, it looks again.
      const how = Atomics.wait(this.#woken, 0, seen, limit)
      if (how === 'timed-out') throw new HarnessError('the thread that runs processes does not answer')
      seen = Atomics.load(this.#woken, 0)
    }
  }

  #unlessBroken<Reply extends object>(replies: Reply | { readonly broken: string }): Reply {
    if (!('broken' in replies)) return replies
    throw new HarnessError(`the thread that runs processes cannot be loaded: ${replies.broken}`)
  }

  /** Ends every process. */
  async end(): Promise<unknown> {
    const hasEnded = this.#worker.threadId < 0
    if (hasEnded) return
    this.#port.postMessage('end')
    // Whoever waits for it must not run out of things to wait for first.
    this.#worker.ref()
    return new Promise((resolve) => this.#worker.once('exit', resolve))
  }
}
