import type { Json } from './json.ts'
import type { SentMessage } from './message.ts'
import { byzantineCount, type Id, type Setting } from './setting.ts'

/** An output of a correct replica or client, never taken back. */
export interface Said<O> {
  readonly at: Id
  readonly output: O
}

/** All that a claim may read: never the inner state of a replica. */
export interface Outcome<O = Json> {
  readonly setting: Setting
  /** Replicas and clients that are neither Byzantine nor allowed to crash, ascending. */
  readonly correct: readonly Id[]
  /** Outputs of correct replicas and clients: by id, then in the order in which each made them. */
  readonly outputs: readonly Said<O>[]
  /** The outputs that the last step made. Only for claims that read `soup`: they are judged step by step. */
  readonly fresh: readonly Said<O>[]
  /**
   * Everything that correct replicas and clients have sent up to now, to anybody: each message once, in canonical
   * order. Only for claims that read it.
   */
  readonly soup: readonly SentMessage[]
  /**
   * Everything that correct participants hold: what they have sent, and those of the coalition's messages that one of
   * them has acted on. Each message once, in canonical order. Only at the end of a healed run of deliveries, for claims
   * that read it.
   */
  readonly held: readonly SentMessage[]
}

/** What a claim reads beyond outputs. `notes` are outputs that exist only while a claim that reads them is checked. */
export type Reads = 'notes' | 'soup' | 'held' | 'before'

interface Common {
  /** The name on the command line. */
  readonly name: string
  /** What it says, one sentence. */
  readonly about: string
  /** Under which bound it is promised, in words: `b ≤ f`. */
  readonly promised: string
  /** The same as a predicate, where it is neither `always` nor `b ≤ f`: shrinking stays on its side of the promise. */
  readonly promise?: (setting: Setting) => boolean
  readonly reads: readonly Reads[]
  /** Types of messages that a claim that reads `soup` looks at; all, if it does not say. A search keeps no others. */
  readonly words?: readonly string[]
  /** Keys of the notes that a claim that reads `notes` looks at; all, if it does not say. A search keeps no others. */
  readonly notes?: readonly string[]
  /**
   * How many equal outputs of one participant it distinguishes: a search keeps no more, so that there is an end of
   * them. `FEWEST_COUNTED` if it does not say: none, one, and more than one.
   */
  readonly counts?: number
  /**
   * How many outputs decide it: it is broken, or reached, exactly where it would be by one output alone, or by two.
   * Where no such outputs can come any more, a search does not go on. It may take any number of them if it does not
   * say. Of a claim that reads `soup`, 1 says: it is broken exactly where one of the fresh outputs would break it
   * alone, and whatever more was sent or output before could only repair that.
   */
  readonly decidedBy?: 1 | 2
}

/** Equal outputs of a participant that every claim distinguishes. */
export const FEWEST_COUNTED = 2
/** Equal outputs beyond which a search would hardly end. */
export const MOST_COUNTED = 100

/** How many equal outputs of one participant these claims count. */
export function countedBy(claims: readonly Pick<Claim<any>, 'counts'>[]): number {
  return Math.max(FEWEST_COUNTED, ...claims.map(({ counts }) => counts ?? FEWEST_COUNTED))
}

/**
 * What participants have output, after some more of it: the one definition of how often the same is kept. The very
 * list where nothing is kept of it.
 */
export function appended<T>(
  list: readonly T[],
  items: readonly T[],
  counts: number,
  isSame: (one: T, other: T) => boolean = Object.is,
): readonly T[] {
  let result = list
  for (const item of items) {
    if (result.filter((other) => isSame(other, item)).length < counts) result = [...result, item]
  }
  return result
}

/** Options of a claim that is broken only if the adversary can force it. */
export interface Forced<O = Json> {
  /** Can nothing that comes break it any more? Once so, always so: a search goes no further. */
  readonly isOver?: (outcome: Outcome<O>) => boolean
  /**
   * Where a state is one that a run may begin with, or the broken end of a run within the bounds: a name for all that what
   * follows depends on, the numbers of rounds apart. Runs that end as others begin can be put together without end.
   */
  readonly recurs?: (outcome: Outcome<O>) => string | undefined
}

/** A claim that must hold in every state; once broken, it stays broken. Returns the witness sentence of a violation, or nothing. */
export interface Invariant<O = Json> extends Common {
  readonly kind: 'invariant'
  /**
   * Which slot an output is about, where the claim speaks of each slot by itself: it is broken exactly where it would be
   * broken by the outputs about some one slot alone. A search may then look at one slot after the other.
   */
  readonly slot?: (output: O) => string | number | undefined
  /**
   * Given this, it is broken only where the adversary can force that, however the coins fall. A single run shows no such
   * thing: only the exhaustive search can say so, and nobody else judges it.
   */
  readonly forced?: Forced<O>
  readonly broken: (outcome: Outcome<O>) => string | undefined
}

/** A claim that some run should reach; a search that reaches none of them proves nothing. */
export interface Sometimes<O = Json> extends Common {
  readonly kind: 'sometimes'
  readonly reached: (outcome: Outcome<O>) => boolean
}

/** Judged on the outcome of the canonical healed run from a state. */
export interface Liveness<O = Json> extends Common {
  readonly kind: 'liveness'
  /** Are timers and inputs part of the healed run? A broadcast's totality is judged on deliveries alone. */
  readonly healing: 'full' | 'deliveries'
  /**
   * `before` is the state the healing starts from, `after` the one it ends in. Only a claim that reads `before` sees what
   * was put out there.
   */
  readonly broken: (after: Outcome<O>, before: Outcome<O>) => string | undefined
}

/** A property of all runs or, for `sometimes`, of some run. */
export type Claim<O = Json> = Invariant<O> | Sometimes<O> | Liveness<O>

type Described = Omit<Common, 'promised' | 'reads'> & Partial<Pick<Common, 'promised' | 'reads'>>

/** A safety claim. `broken` returns what it saw, as a sentence, or nothing. */
export function invariant<O = Json>(
  described: Described & Pick<Invariant<O>, 'slot' | 'forced'>,
  broken: (outcome: Outcome<O>) => string | undefined,
): Invariant<O> {
  return { promised: 'b ≤ f', reads: [], ...described, kind: 'invariant', broken }
}

/** A claim that guards against vacuity. */
export function sometimes<O = Json>(described: Described, reached: (outcome: Outcome<O>) => boolean): Sometimes<O> {
  return { promised: 'some run', reads: [], ...described, kind: 'sometimes', reached }
}

/** A claim about the canonical healed run. */
export function liveness<O = Json>(
  described: Described & { readonly healing?: 'full' | 'deliveries' },
  broken: (after: Outcome<O>, before: Outcome<O>) => string | undefined,
): Liveness<O> {
  return { promised: 'b ≤ f', reads: [], healing: 'full', ...described, kind: 'liveness', broken }
}

/** Checked beside every protocol's own claims: an exception inside a handler is a finding. Engines look for it. */
export const noException: Invariant<any> = invariant(
  {
    name: 'no-exception',
    about: 'No rule of a correct replica throws, whatever well-typed message it gets.',
    promised: 'always',
  },
  () => undefined,
)

/** Does it look at what correct participants hold? Nothing of that may be forgotten by a search. */
export function readsHeld({ reads }: Claim<any>): boolean {
  return reads.includes('held')
}

/**
 * Is it judged where nobody names claims? Safety is, and what a broadcast promises of its deliveries. Who can be convicted
 * takes a search of its own: every use of a Byzantine message has to be told apart; so does a healed run that notes are read
 * of, and what can be forced.
 */
export function isJudgedUnasked(claim: Claim<any>): boolean {
  if (claim.kind === 'liveness') return claim.healing === 'deliveries' && claim.reads.every((part) => part === 'before')
  return claim.kind === 'invariant' && claim.forced === undefined
}

/** Does a claim promise anything in a setting? */
export function isPromised({ promise, promised }: Claim<any>, setting: Setting): boolean {
  return promise ? promise(setting) : promised !== 'b ≤ f' || byzantineCount(setting) <= setting.f
}
