/**
 * What clients of a register do, whatever the replicas are: they read and write, one operation at a time, and put out
 * when each begins and ends. Clients tell each other what they have done. So whoever begins an operation knows of
 * others that have ended, and linearizability can be judged without a clock: it comes after those that its client knows
 * of.
 */
/** What a client's input is, where it is no value to write. */
export const READ = 'read'
export const writable = (values: readonly string[]): string[] => values.filter((value) => value !== READ)

export interface RegisterClient {
  /** How many operations it has begun. */
  begun: number
  /** What its operation writes, or null for a read. */
  write: string | null
  /** Is there no operation going on? */
  isIdle: boolean
  written: string[]
  /** How many operations of each client it knows to have ended, by index. */
  ended: number[]
}

/** Operations of a client are numbered from 1. A read puts out the value that it got, a write what it wrote. */
export type RegisterOutput =
  | { began: number; write: string | null; after: readonly number[] }
  | { ended: number; value: string | null }

/** From a client to the others: so many of its operations have ended. */
export interface Told {
  type: 'TOLD'
  ended: number
}

interface ClientContext {
  readonly self: number
  readonly n: number
  readonly clients: number
  output(output: RegisterOutput): void
  send(to: number, message: Told): void
}

export const newClient = ({ clients }: { clients: number }): RegisterClient => ({
  begun: 0,
  write: null,
  isIdle: true,
  written: [],
  ended: Array.from({ length: clients }, () => 0),
})

/** Begins an operation, or does not: each value is written once, and reads are bounded. */
export function begins(state: RegisterClient, asked: string, most: number, { output }: ClientContext): boolean {
  if (!state.isIdle || state.begun >= most || state.written.includes(asked)) return false
  state.begun += 1
  state.isIdle = false
  state.write = asked === READ ? null : asked
  if (asked !== READ) state.written.push(asked)
  output({ began: state.begun, write: state.write, after: [...state.ended] })
  return true
}

export function ends(
  state: RegisterClient,
  value: string | null,
  { self, n, clients, output, send }: ClientContext,
): void {
  state.isIdle = true
  state.ended[self - n] = state.begun
  output({ ended: state.begun, value: state.write ?? value })
  for (let id = n; id < n + clients; id++) if (id !== self) send(id, { type: 'TOLD', ended: state.begun })
}

/** Only messages of clients count, and only between two operations: it matters when the next one begins. */
export function hears(state: RegisterClient, ended: number, from: number, { n }: ClientContext): void {
  if (from < n || !state.isIdle || !(ended > state.ended[from - n]!)) return
  state.ended[from - n] = ended
}
