/** What closing a program finds: its participants as sets of local states, with all that can happen in each. */
import type { Event, Id, Local } from '../../model/index.ts'
import type { AskTable, Table } from '../../system/index.ts'

/** A message with its receivers. */
export interface EnvelopeInClosure {
  readonly message: number
  readonly to: Id | 'all'
}

/** Something that a rule asks of its inbox before it does what the option says. */
export type Condition =
  | { readonly kind: 'need'; readonly ask: AskTable }
  /** One of these choices of messages, each by another sender, gives the summary that the option goes on with. */
  | { readonly kind: 'take'; readonly ask: AskTable; readonly choices: readonly (readonly number[])[] }

/** Whoever sent it: the rule does not look at the sender. */
export const ANYBODY = -1

/** Something that can happen to a participant in a local state. */
export interface Option {
  readonly event: Event | { readonly kind: 'crash' }
  /** The message that triggers it, and its sender; nothing where no message does. */
  readonly trigger: { readonly message: number; readonly from: Id | typeof ANYBODY } | null
  readonly conditions: readonly Condition[]
  /** How many senders must have sent the message that triggers it, where that is more than one. */
  readonly senders?: number
  /** Index of the local state it leads to. */
  readonly target: number
  /** Indices of envelopes. */
  readonly says: readonly number[]
  /** Numbers of outputs and notes, in order. */
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  /** What a rule threw. */
  readonly threw: string | null
}

/** All local states of one participant. */
export interface Reachable {
  readonly at: Id
  /** Numbers of local states in the table; index 0 is the initial one. `crashed` of a number for the state after a crash. */
  readonly locals: readonly number[]
  /** By index of local state. */
  readonly options: readonly (readonly Option[])[]
}

/** Stands for the state in which a participant was when it crashed. */
export function crashed(local: number): number {
  return -1 - local
}

export function isCrashed(local: number): boolean {
  return local < 0
}

export interface Closed {
  readonly table: Table
  /** The number of a local state or, where several are one, of that which stands for it. */
  readonly numberOf?: (local: Local, at: Id) => number
  readonly participants: readonly Reachable[]
  readonly envelopes: readonly EnvelopeInClosure[]
  /** By participant position: envelopes and outputs of its initial state. */
  readonly initial: readonly { readonly says: readonly number[]; readonly outputs: readonly number[] }[]
  /** Numbers of the messages that the coalition may send, if their proofs allow. */
  readonly universe: readonly number[]
  /** Did a bound forbid anything? */
  readonly cut: boolean
  /** Names of rules that can fire. */
  readonly fired: ReadonlySet<string>
  readonly states: number
  /** How often the tables were asked what a rule does on a message. */
  readonly lookups: number
}

/** The closure grew beyond its bound. */
export class TooLarge extends Error {
  override readonly name: string = 'TooLarge'
}

/** Somebody wanted the closure to end. */
export class Stopped extends TooLarge {
  override readonly name = 'Stopped'
}

export interface CloseLimits {
  /** Local states of one participant. */
  readonly maxLocals: number
  /** Choices of messages for one `take`. */
  readonly maxChoices: number
  /** Close the instances of Byzantine participants too, as if they were correct. */
  readonly instances?: boolean
  /**
   * May everybody, besides what it runs, send every message of the universe? All ids then are senders in all tables.
   */
  readonly anybodyIsByzantine?: boolean
  /** Does each message come only as often as it is sent? Used only where that makes the search smaller. */
  readonly once?: boolean
  /** `true` stops the closure. */
  readonly onProgress?: (states: number) => boolean | undefined
}
