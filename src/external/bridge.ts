import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Child, type Command, type Reply } from './child.ts'

/** A line for the process in a seat; it is started there where none runs. */
export interface Order {
  readonly seat: string
  readonly command: Command
  readonly line: string
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
const seats = new Map<string, Child>()

async function carriedOut({ seat, command, line }: Order): Promise<Reply> {
  let child = seats.get(seat)
  if (!child || child.isOver) {
    child = new Child(command)
    seats.set(seat, child)
  }
  const reply = await child.ask(line)
  if (!('line' in reply)) {
    child.kill()
    seats.delete(seat)
  }
  return reply
}

port.on('message', async (order: Order | 'end') => {
  if (order === 'end') {
    for (const child of seats.values()) child.kill()
    parentPort!.close()
    port.close()
    return
  }
  port.postMessage(await carriedOut(order))
  const woken = new Int32Array(flag)
  Atomics.store(woken, 0, 1)
  Atomics.notify(woken, 0)
})
