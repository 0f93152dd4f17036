import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Child, type Command, type Reply } from './child.ts'

/** Lines for the process in an instance, one after the other; it is started there where none runs. */
export interface ProcessOrder {
  readonly instance: string
  readonly command: Command
  readonly lines: readonly string[]
  /** A line that the program has answered before: a new process is asked this first, and may take its time. */
  readonly greeting: string | undefined
  /**
   * Do they go on from what the process in the instance was asked last? In a new process there is nothing to go on
   * from.
   */
  readonly goesOn: boolean
}

/** What the thread is given: by `flag` the one who waits is woken, and `port` has what it waits for. */
export interface Wiring {
  readonly port: MessagePort
  readonly flag: SharedArrayBuffer
}

/**
 * The thread that has the processes. Engines call reducers and wait for what they return; whoever waits cannot listen to
 * a process, look at its memory or at a clock. So this thread does, and wakes the other one.
 */
const { port, flag } = workerData as Wiring
const instances = new Map<string, Child>()

/** The lines that a process answered with, or how it failed on one. */
export type Replies =
  | { readonly lines: readonly string[] }
  | Exclude<Reply, { line: string }>
  | { readonly isNew: true }

/** What processes said that nobody asked for. */
export interface Settled {
  readonly surplus: readonly { readonly instance: string; readonly surplus: string }[]
}

async function carriedOut({ instance, command, lines, greeting, goesOn }: ProcessOrder): Promise<Replies> {
  let child = instances.get(instance)
  if (child?.isOver && child.surplus !== undefined) return gone(instance, child, { unasked: child.surplus })
  if (goesOn && (!child || child.isOver)) return { isNew: true }
  if (!child || child.isOver) {
    child = new Child(command)
    instances.set(instance, child)
    const greeted = greeting === undefined ? undefined : await child.ask(greeting)
    if (greeted && !('line' in greeted)) return gone(instance, child, greeted)
  }
  const answered: string[] = []
  for (const line of lines) {
    const reply = await child.ask(line)
    if (!('line' in reply)) return gone(instance, child, reply)
    answered.push(reply.line)
  }
  return { lines: answered }
}

/** Ends all processes in good order. Those that have said more than they were asked, and what. */
async function settled(): Promise<Settled> {
  const all = [...instances.entries()]
  instances.clear()
  await Promise.all(all.map(([, child]) => child.settle()))
  return { surplus: all.flatMap(([instance, { surplus }]) => (surplus === undefined ? [] : [{ instance, surplus }])) }
}

function gone<R>(instance: string, child: Child, reply: R): R {
  child.kill()
  instances.delete(instance)
  return reply
}

port.on('message', async (order: ProcessOrder | 'settle' | 'end') => {
  if (order === 'end') {
    for (const child of instances.values()) child.kill()
    parentPort!.close()
    port.close()
    return
  }
  port.postMessage(order === 'settle' ? await settled() : await carriedOut(order))
  const woken = new Int32Array(flag)
  Atomics.add(woken, 0, 1)
  Atomics.notify(woken, 0)
})
