import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Child, type Command, type Reply } from './child.ts'

/** A line for the process in a seat; it is started there where none runs. */
export interface Order {
  readonly seat: string
  readonly command: Command
  readonly line: string
  /** A line that the program has answered before: a new process is asked this first, and may take its time. */
  readonly greeting: string | undefined
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

async function carriedOut({ seat, command, line, greeting }: Order): Promise<Reply> {
  let child = seats.get(seat)
  if (!child || child.isOver) {
    child = new Child(command)
    seats.set(seat, child)
    const greeted = greeting === undefined ? undefined : await child.ask(greeting)
    if (greeted && !('line' in greeted)) return gone(seat, child, greeted)
  }
  const reply = await child.ask(line)
  return 'line' in reply ? reply : gone(seat, child, reply)
}

function gone(seat: string, child: Child, reply: Reply): Reply {
  child.kill()
  seats.delete(seat)
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
  Atomics.add(woken, 0, 1)
  Atomics.notify(woken, 0)
})
