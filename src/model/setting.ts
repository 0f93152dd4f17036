import { canonical } from './json.ts'
/** A replica is 0…n−1; clients follow, n…n+clients−1. Printed `r0`, and `c4` for a client. */
export type Id = number

/**
 * How senders of messages are authenticated.
 * - `signatures`: nobody can send under the id of a correct replica, and its messages can be shown to others.
 * - `channels`: the receiver knows the true sender, but can prove nothing to a third party.
 * - `none`: once one participant is Byzantine, any sender can be claimed.
 */
export type Authentication = 'signatures' | 'channels' | 'none'
export const AUTHENTICATIONS: readonly Authentication[] = ['signatures', 'channels', 'none']

/** What the network may do. All four are off or on for a whole run. */
export interface Network {
  /** A message may reach a handler any number of times; without it, once, and what a handler ignores is gone. */
  readonly duplicate: boolean
  /** A message may be lost for ever. Matters to liveness only: in every network a message may be late. */
  readonly lose: boolean
  /** Messages of one link arrive in the order in which they were sent. */
  readonly fifo: boolean
  /** What one correct replica has used, every correct replica gets in the healed run. */
  readonly gossip: boolean
}

/**
 * `lazy`: an enabled rule may fire late. `eager`: an arrival fires every rule it enables, at once. `lockstep`: all go
 * from round to round together; a protocol that is written in rounds allows nothing else, and no other protocol allows it.
 */
export type Steps = 'lazy' | 'eager' | 'lockstep'

/** One configuration: n, f, the Byzantine replicas, inputs, bounds, authentication, network. */
export interface Setting {
  /** Number of replicas. */
  readonly n: number
  /** The number of faults that the protocol's constants are computed from. Never the number of faults there are. */
  readonly f: number
  /** Replicas and clients that really are Byzantine, ascending. Their number, counting replicas, is b. */
  readonly byzantine: readonly Id[]
  /** Replicas that may stop for ever after any step. Faulty, but not counted in b. */
  readonly crash: readonly Id[]
  /** Replicas that may restart, with what they keep, and then go on; they are correct. Absent where none may. */
  readonly restart?: readonly Id[]
  readonly clients: number
  /** The values that inputs range over. */
  readonly values: readonly string[]
  /** For each participant, the inputs it may be offered. */
  readonly inputs: readonly (readonly string[])[]
  /** The bounds by name: views, slots, checkpoint, … as the protocol's `defaults` declares them. */
  readonly bounds: Readonly<Record<string, number>>
  readonly auth: Authentication
  readonly network: Network
  readonly steps: Steps
  /** How many equal outputs of one participant are distinguished, where a claim counts them. */
  readonly counts?: number
}

/** How a participant is printed. */
export function nameOf(id: Id, n: number): string {
  return id < n ? `r${id}` : `c${id}`
}

/** Ids from 0 up to, but not including, `count`. */
export function range(count: number): Id[] {
  return Array.from({ length: count }, (_, id) => id)
}

/** Number of Byzantine replicas, clients not counted. */
export function byzantineCount(setting: Setting): number {
  return setting.byzantine.filter((id) => id < setting.n).length
}

/** The ids of replicas and clients that follow the protocol and never crash. Claims are about these. */
export function correctIds({ n, clients, byzantine, crash }: Setting): Id[] {
  return range(n + clients).filter((id) => !byzantine.includes(id) && !crash.includes(id))
}

/** Replicas and clients that run the protocol's code: all but the Byzantine ones. */
export function runningIds({ n, clients, byzantine }: Setting): Id[] {
  return range(n + clients).filter((id) => !byzantine.includes(id))
}

/** How often each of the replicas that may restart does. */
export const RESTARTS = 1

/** May a participant in this local state restart once more? */
export function mayRestart(
  { restart = [], bounds }: Setting,
  at: Id,
  { restarts = 0, threw }: { readonly restarts?: number; readonly threw?: string },
): boolean {
  return restart.includes(at) && threw === undefined && restarts < (bounds['restarts'] ?? RESTARTS)
}

/** Names a setting, but for who is faulty and what is asked: a protocol's code cannot distinguish those. */
export function keyForCode({ byzantine: _, crash: __, inputs: ___, ...rest }: Setting): string {
  return canonical(rest)
}
