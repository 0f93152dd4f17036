import type { Context } from './context.ts'
import type { MessageOf } from './message.ts'
import type { Proof } from './proof.ts'
import type { Authentication, Id, Network, Setting, Steps } from './setting.ts'
import type { ClientOf, ClientTypes, CoinOf, RulesOf, TalliesOf, TimerOf, TypeOf, Types } from './types.ts'

/** The declaration of one tally of a protocol. */
export interface TallyDeclaration<K> {
  /** A step that counts a vote for a key outside of this is not taken. */
  readonly within?: (key: K, bounds: Readonly<Record<string, number>>) => boolean
}

/** A message that arrived from one sender in a round. */
export interface Heard<M> {
  readonly from: Id
  readonly message: M
}

/**
 * What makes a protocol a synchronous one. All correct replicas do round 1, then all do round 2, and so on: what is
 * sent in one round has arrived in the next, so that silence is information. `init` and `input` come before round 1,
 * and what they send arrives in it.
 */
export interface InRounds<T extends Types> {
  /**
   * What a replica does in a round (`ctx.round`, from 1 on), given what arrived in it: at most one message of a type
   * from a sender, by sender, then by type.
   */
  round(state: T['state'], inbox: readonly Heard<T['message']>[], ctx: Context<T>): void
  /** How many rounds there are, by the named rules. What is sent in the last one arrives nowhere. */
  readonly rounds: (rules: RulesOf<T>) => number
}

/** A rule of the paper: what a participant does on a message. It changes the draft and returns nothing. */
export type Handler<T extends Types, S, K> = (state: S, message: MessageOf<T['message'], K>, ctx: Context<T>) => void

/** One rule, or several on the same message; several are named after their functions. */
export type Handlers<T extends Types, S, K> = Handler<T, S, K> | readonly Handler<T, S, K>[]

interface Behaviour<T extends Types, S> {
  /** The initial state. It may broadcast and set timers too. */
  init(ctx: Context<T>): S
  /** An input arrives. It stays offered, like a message: what cannot be used is ignored, and offered again. */
  input?(state: S, value: string, ctx: Context<T>): void
  readonly timeout?: { readonly [K in TimerOf<T>]?: (state: S, ctx: Context<T>) => void }
  readonly coin?: { readonly [K in CoinOf<T>]: (state: S, value: 0 | 1, ctx: Context<T>) => void }
}

/** The handlers of a client. */
export interface ClientDefinition<T extends Types> extends Behaviour<T, ClientOf<T>> {
  readonly upon: { readonly [K in TypeOf<T>]?: Handlers<T, ClientOf<T>, K> }
}

/** What the command line assumes without a flag. */
export interface Defaults {
  readonly f: number
  /** How many replicas are Byzantine, any of them, unless ids are given. */
  readonly b: number
  readonly clients?: number
  readonly values?: readonly string[]
  /** Inputs by replica; `any` offers every value to every replica (or client, if there are clients). */
  readonly inputs?: 'any' | { readonly [id: Id]: readonly string[] }
  /** Named bounds with their defaults; only names listed here are flags. */
  readonly bounds: { readonly [name: string]: number }
}

/** How a participant receives its own broadcasts. */
export type SelfDelivery =
  /** As evidence for `need` and `take` only: it triggers nothing, the sender changes its state where it sends. */
  | 'inbox'
  /** Its handlers run on it within the same step, recursively. */
  | 'at-once'
  /** Like anybody's message. */
  | 'network'
  /** Not at all. */
  | 'none'

/** The arguments of `alphabet`. */
export interface Extents<T extends Types> extends Pick<Setting, 'n' | 'f' | 'clients' | 'values' | 'bounds'> {
  readonly rules: RulesOf<T>
}

/** A field of a state or, where replicas keep different ones, of any of them. */
type FieldOf<S> = S extends unknown ? keyof S & string : never

/** A protocol as its author writes it. */
export interface Definition<T extends Types> extends Behaviour<T, T['state']>, Partial<InRounds<T>> {
  readonly name: string
  /** What it is, one sentence, with its source. */
  readonly about: string
  readonly rules: (setting: Setting) => RulesOf<T>
  readonly defaults: (n: number) => Defaults
  readonly upon: {
    readonly [K in Exclude<TypeOf<T>, ClientTypes<T>>]: Handlers<T, T['state'], K>
  } & { readonly [K in ClientTypes<T>]?: never }
  /** What must have been sent before anybody can send a message of this type. */
  readonly proofs?: {
    readonly [K in TypeOf<T>]?: (
      message: MessageOf<T['message'], K>,
      known: { readonly n: number; readonly f: number; readonly rules: RulesOf<T> },
    ) => Proof<T['message']>
  }
  /**
   * The fields of a replica's state that survive a restart, by the named rules. All else, votes, timers and coins
   * included, is lost, and begins anew as `init` says. Without it no replica can restart.
   */
  readonly durable?: (rules: RulesOf<T>) => readonly FieldOf<T['state']>[]
  /** A step that leaves this predicate is not taken. It sees one replica only. */
  readonly within?: (state: T['state'], bounds: Readonly<Record<string, number>>) => boolean
  /**
   * How far the healed run goes, which `within` does not bind: a step of it that leaves both predicates is not taken.
   * For protocols that go on after they have decided; timers then expire as long as that does anything. Without it, the
   * run ends where no rule changes anything, or after n + 1 view changes.
   */
  readonly healsWithin?: (state: T['state'], bounds: Readonly<Record<string, number>>, n: number) => boolean
  /** The view a replica is in, if it has views: the healed run lets the timers of the lowest view fire first. */
  readonly viewOf?: (state: T['state']) => number
  /**
   * Does the timer of this replica expire before those of others in its view? So the healed run lets a leader speak
   * first whose turn comes with a tick of the clock.
   */
  readonly expiresFirst?: (state: T['state'], self: Id, rules: RulesOf<T>) => boolean
  /**
   * What the fuzzer goes by when it tells new states from known ones: two states with the same abstraction are one to
   * it. It steers, and decides nothing. Default: all of the state.
   */
  readonly abstraction?: (state: T['state']) => unknown
  /** Votes that a replica keeps itself (`ctx.tally`), apart from its state. */
  readonly tallies?: { readonly [K in keyof TalliesOf<T>]: TallyDeclaration<TalliesOf<T>[K]> }
  readonly client?: ClientDefinition<T>
  readonly auth?: Authentication
  readonly network?: Partial<Network>
  readonly steps?: Steps
  readonly selfDelivery?: SelfDelivery
  /**
   * Does any rule ask its inbox? A protocol that keeps its votes in its own state says `false`; what has arrived is
   * then no part of the global state. Default: true.
   */
  readonly inbox?: boolean
  /**
   * Every message that anybody could ever send within the bounds: what Byzantine replicas choose from, and what correct
   * replicas are held to. Without it, and where it returns nothing, what correct replicas send is collected and
   * recombined. A generator is not gone through beyond a bound.
   */
  readonly alphabet?: (known: Extents<T>) => Iterable<T['message']> | undefined
  /**
   * Fields of messages, at any depth, whose lists are sets: neither order nor repetition means anything to anybody. A
   * Byzantine replica sends each set once, in one order. Without this a Byzantine replica sends lists in every order,
   * with repetition.
   */
  readonly sets?: readonly string[]
  /** Types that are bound to their receiver: even signed, they convince nobody else. */
  readonly addressed?: readonly TypeOf<T>[]
}
