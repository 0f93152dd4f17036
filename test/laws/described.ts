import type { Authentication, Id, Network, SelfDelivery, Steps } from '../../src/model/index.ts'

export type Type = 'A' | 'B' | 'C'

/** What a rule asks before it fires. */
export type Asks =
  /** So many replicas said the same; or anything of this type; or, with a match that no key names, no smaller value. */
  | { readonly kind: 'need'; readonly q: number; readonly of: 'same' | 'any' | 'no-less' }
  /** A choice of so many messages, and what is made of it. */
  | { readonly kind: 'take'; readonly q: number; readonly makes: 'least' | 'first' | 'majority' | 'unanimous' }
  /** Votes kept in the state: each sender's first one counts, or its last; for one value, or for any. */
  | { readonly kind: 'tally'; readonly q: number; readonly keeps: 'first' | 'last'; readonly blind: boolean }

/** What a rule says. `by-sender` and `by-self` tell replicas apart. */
export interface Says {
  readonly type: Type
  readonly value: 'same' | 'x' | 'by-sender' | 'by-self'
  readonly to: 'all' | 'sender' | Id
}

/** What else a rule does; `clears` lets another rule fire again. */
export type Deed = 'output' | 'note' | 'climb' | 'arm' | 'cancel' | 'flip' | 'throw' | 'clears'

export interface DescribedRule {
  readonly on: Type
  /** It exists at this replica only, counts for this sender only, for this value only. */
  readonly self: Id | null
  readonly from: Id | null
  readonly value: string | null
  /** The rule, by position, that must have fired before, and the one that must not. */
  readonly after: number | null
  readonly not: number | null
  readonly asks: Asks | null
  /** May it fire again? */
  readonly repeats: boolean
  readonly says: Says | null
  readonly deeds: readonly Deed[]
}

/** What an event without a message does: a timeout, or a coin. */
export interface Alone {
  readonly says: Type | null
  readonly outputs: boolean
  /** It counts as if this rule had fired, by position. */
  readonly flags: number | null
  readonly rearms: boolean
}

/** A random small protocol in one setting. Plain data: a failing case is printed. */
export interface Described {
  readonly n: number
  readonly byzantine: readonly Id[]
  readonly crash: readonly Id[]
  /** Replicas that may restart, and the fields of the state that survive it. */
  readonly restart?: readonly Id[]
  readonly durable?: readonly ('started' | 'fired' | 'votes' | 'level')[]
  readonly auth: Authentication
  readonly network: Partial<Network>
  readonly steps: Steps
  readonly selfDelivery: SelfDelivery
  readonly addressed: readonly Type[]
  readonly values: readonly string[]
  readonly inputs: readonly (readonly string[])[]
  /** Replicas that say A, or arm the timer, before anything happens. */
  readonly opens: readonly Id[]
  readonly armed: readonly Id[]
  /** How often a timer may fire. */
  readonly timeouts: number | null
  readonly timeout: Alone
  readonly coin: Alone
  /** A carries a level, and no replica climbs above this one. */
  readonly levels: number | null
  /** C needs a proof: so many said A, for this value or for values that make it the least. */
  readonly proof: { readonly q: number; readonly such: boolean } | null
  readonly rules: readonly DescribedRule[]
  /** By id: how much a replica counts where a rule or a proof needs a number of messages. */
  readonly weights?: readonly number[]
  /** By id: whom a replica listens to where a rule needs a number of messages. */
  readonly trusts?: readonly (readonly Id[])[]
  /** The same once its first rule has fired: who counts follows from the state. */
  readonly later?: readonly (readonly Id[])[]
}
