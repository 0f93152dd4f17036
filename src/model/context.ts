import type { AnyMessage, Match } from './message.ts'
import type { Role } from './proof.ts'
import type { Id } from './setting.ts'
import type { Threshold } from './threshold.ts'
import type { CoinOf, NoteOf, OutputOf, RulesOf, TalliesOf, TimerOf, Types } from './types.ts'

/** What a handler can see and do besides its own state. */
export interface Context<T extends Types> {
  readonly self: Id
  /** Sender of the message that triggered the rule; `self` otherwise. */
  readonly from: Id
  /** Number of replicas. */
  readonly n: number
  /** The fault number that the constants are computed from. */
  readonly f: number
  readonly clients: number
  readonly bounds: Readonly<Record<string, number>>
  /** The round that a lockstep protocol is in: 0 before the first one, and always in other protocols. */
  readonly round: number
  /** The named rules, as the variant has them. */
  readonly rules: RulesOf<T>
  /** Says a message to every replica. Clients do not get it. */
  broadcast(message: T['message']): void
  /** Says a message to one participant. */
  send(to: Id, message: T['message']): void
  /** Puts out, for good, something that claims read. */
  output(output: OutputOf<T>): void
  /** Tells claims something about inner state; exists only while a claim reads it. */
  note(note: NoteOf<T>): void
  /** Arms a timer, or keeps it armed. `factor` multiplies the base timeout where there is a clock. */
  setTimer(timer: TimerOf<T>, factor?: number): void
  cancelTimer(timer: TimerOf<T>): void
  /** Asks for a coin: the schedule chooses when it falls, and how. */
  flip(coin: CoinOf<T>): void
  /**
   * Votes that this replica keeps itself, under a name that the protocol declares.
   *
   * @throws UsageError for a name that is not declared
   */
  tally<K extends keyof TalliesOf<T> & string>(name: K): Tally<TalliesOf<T>[K]>
  /**
   * Have `q` distinct replicas, or replicas of that weight, said a matching message to me? If not, the whole handler is no step, nothing it did
   * so far counts, and the message stays offered. One's own broadcasts count. If a match looks at `ctx.self` or
   * `ctx.from`, its rule has to read them before it asks: `const { self } = ctx`.
   */
  need(q: Threshold, match: Match<T['message']>, role?: Role): void
  /**
   * Like `need`, and hands over one choice of `q` such messages of distinct senders, sorted by content; the result is
   * what `summarise` makes of it. Which choice is up to the schedule.
   */
  take<R>(q: number, match: Match<T['message']>, summarise: (chosen: readonly T['message'][]) => R, role?: Role): R
  /**
   * The highest message of one choice that `take` could make: of equally high ones the first by content. The same as
   * `take` with a summary that looks for it, but `check` need not go through all choices.
   *
   * @param rank how high a message is: a number, or several of which the first counts most
   */
  takeHighest<M extends T['message'] = T['message']>(
    q: number,
    match: Match<T['message']>,
    rank: (message: M) => number | readonly number[],
    role?: Role,
  ): M
}

/** Who asks. A question may be kept, and put when its handler is gone: it tells when it is seen to look at more. */
export interface Looker {
  onLook: ((part: 'self' | 'sender') => void) | undefined
}

/** A question that a handler asks of its inbox. */
export interface Ask {
  readonly kind: 'need' | 'take'
  /** A number, where it is a `take`. */
  readonly q: Threshold
  readonly match: Match<AnyMessage>
  readonly role: Role
  readonly summarise?: (chosen: readonly AnyMessage[]) => unknown
  readonly looker?: Looker
}

/** Answers a handler's questions: `false` stops the handler, a list is the choice for a `take`. */
export type Inbox = (ask: Ask) => boolean | readonly AnyMessage[]

/**
 * Votes that a replica counts itself: who has voted for which key. What is voted for is the key, plain JSON. Votes are only
 * ever added, and nothing can be asked of them but this: so searches know all that a handler can have learned.
 */
export interface Tally<K> {
  /** Counts a voter for a key, once. Was it new there? */
  add(key: K, voter: Id): boolean
  /** How many have voted for a key. */
  count(key: K): number
  has(key: K, voter: Id): boolean
  /** Has somebody voted for anything in this tally? */
  voted(voter: Id): boolean
}
