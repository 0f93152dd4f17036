/** What convicts: one definition for claims and for explanations. It is pure, and looks at nothing but messages. */
import { chain } from './chain.ts'
import { UsageError } from './errors.ts'
import { type Json, same } from './json.ts'
import { shownAnswer } from './look.ts'
import type { AnyMessage, SentMessage } from './message.ts'
import type { Id, Setting } from './setting.ts'

/** The messages that correct replicas hold, by replica: they may justify another message. */
export interface Held {
  readonly setting: Setting
  readonly held: readonly SentMessage[]
}

/** What a correct replica of a protocol never does, as its signed messages can show. */
export interface Law {
  /** Types of which a correct replica sends one in each view, round, slot or ballot. */
  readonly once: readonly string[]
  /** Amnesia: does the second message forget what the first one swears to, and nothing that is held justify it? */
  readonly forgets?: (earlier: AnyMessage, later: AnyMessage, evidence: Held) => boolean
  /** Does a message lack what a correct replica would have had, before it said that? */
  readonly unjustified?: (message: AnyMessage, evidence: Held) => boolean
  /** Variants of whose correct replicas it is not true: their own code does these things. */
  readonly except?: readonly string[]
}

/** What a replica is convicted of. */
export type Crime = 'equivocation' | 'amnesia' | 'unjustified'

/** A sender, and the messages that no replica that follows the protocol sends. */
export interface Proved<W extends SentMessage> {
  readonly of: Id
  readonly crime: Crime
  readonly by: readonly W[]
}

/**
 * Senders that messages convict. The messages are signed: nobody can send under another id.
 *
 * @param held all that correct replicas hold
 */
export function convicted<W extends SentMessage>(held: readonly W[], law: Law, setting: Setting): Proved<W>[] {
  const bySender = new Map<Id, W[]>()
  for (const word of held) bySender.set(word.from, [...(bySender.get(word.from) ?? []), word])
  return [...bySender].flatMap(([of, words]) =>
    proved(words, law, { setting, held }).map(({ crime, by }): Proved<W> => ({ of, crime, by })),
  )
}

function proved<W extends SentMessage>(
  words: readonly W[],
  { once, forgets, unjustified }: Law,
  evidence: Held,
): Omit<Proved<W>, 'of'>[] {
  const found: Omit<Proved<W>, 'of'>[] = []
  for (const [i, one] of words.entries()) {
    for (const other of words.slice(i + 1)) {
      if (once.includes(one.message.type) && contradict(one, other))
        found.push({ crime: 'equivocation', by: [one, other] })
      if (is('forgets', forgets?.(one.message, other.message, evidence)))
        found.push({ crime: 'amnesia', by: [one, other] })
      else if (is('forgets', forgets?.(other.message, one.message, evidence)))
        found.push({ crime: 'amnesia', by: [other, one] })
    }
    if (is('unjustified', unjustified?.(one.message, evidence))) found.push({ crime: 'unjustified', by: [one] })
  }
  return found
}

/** A promise, or a sentence, would convict everybody. */
function is(name: string, said: unknown = false): boolean {
  if (typeof said === 'boolean') return said
  throw new UsageError(`\`${name}\` of the law says ${shownAnswer(said)}`, 'let it return true or false')
}

/** Fields that say where in the protocol a message belongs, as papers call them. */
const PLACES = [
  ...['view', 'round', 'epoch', 'term', 'iteration', 'height', 'phase', 'slot', 'seq', 'sequence', 'index', 'ballot'],
  ...['timestamp', 'client', 'operation', 'block'],
]
/** A block by its path, as `1.2.4`: its place is its own view, the last of them. */
const PATH = /^\d+(?:\.\d+)*$/
/** The same with commands, as `1a.2b`. Hashes look like it: it says where a message belongs if nothing else in it does. */
const PATH_WITH_COMMANDS = /^\d+(?:[^\d.][^.]*)?(?:\.\d+(?:[^\d.][^.]*)?)*$/

function placeOf(message: AnyMessage, field: string): Json {
  const value = (message as never as Record<string, Json>)[field] ?? null
  if (field !== 'block') return value
  const path = PLACES.some((other) => Object.hasOwn(message, other) && other !== 'block') ? PATH : PATH_WITH_COMMANDS
  return typeof value === 'string' && path.test(value) ? chain.view(value) : null
}

/** Where in the protocol a message belongs. */
export function placesOf(message: AnyMessage): readonly Json[] {
  return PLACES.map((field) => placeOf(message, field))
}

/** Does a message say where in the protocol it belongs? */
export function isPlaced(message: AnyMessage): boolean {
  return placesOf(message).some((place) => place !== null)
}

/** Do two messages of one sender send two different things about the same place of the protocol? */
export function contradict(one: SentMessage, other: SentMessage): boolean {
  if (one.from !== other.from || one.message.type !== other.message.type) return false
  const isThere = PLACES.every((field) => same(placeOf(one.message, field), placeOf(other.message, field)))
  return isThere && !same(one.message, other.message)
}
