import { kindOf, UsageError } from './errors.ts'
import { canonical, deepFreeze, type Json, textOf } from './json.ts'
import type { Protocol } from './protocol.ts'
import type { Id } from './setting.ts'

/**
 * Votes that a replica keeps itself: who has voted for what. What is voted for is the key, plain JSON. Votes are only
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

/** What a protocol says of one of its tallies. */
export interface TallyDeclaration<K> {
  /** A step that counts a vote for a key outside of this is not taken. */
  readonly within?: (key: K, bounds: Readonly<Record<string, number>>) => boolean
}

/** All votes of one participant: by tally, then in the order of the canonical texts of their keys; nothing empty. */
export interface Tallies {
  readonly [tally: string]: readonly { readonly key: Json; readonly voters: readonly Id[] }[]
}

/** Something that a handler asked of a tally, with the answer. To add is to ask whether it is new. */
export interface Asked {
  readonly kind: 'add' | 'count' | 'has' | 'voted'
  readonly tally: string
  /** Canonical text of the key; empty for `voted`, which asks for all keys. */
  readonly key: string
  readonly voter: Id | undefined
  readonly answer: boolean | number
}

const NO_VOTES: Tallies = {}

export function votersOf(tallies: Tallies = NO_VOTES, tally: string, key: string): readonly Id[] {
  return tallies[tally]?.find((entry) => textOfKey(entry.key) === key)?.voters ?? []
}

/** What a question is answered. A vote that is added is not there yet. */
export function answerOf(
  tallies: Tallies | undefined,
  { kind, tally, key, voter }: Omit<Asked, 'answer'>,
): Asked['answer'] {
  if (kind === 'voted') return tallies?.[tally]?.some(({ voters }) => voters.includes(voter!)) ?? false
  const voters = votersOf(tallies, tally, key)
  if (kind === 'count') return voters.length
  return voters.includes(voter!) === (kind === 'has')
}

/** The same votes, with these voters for a key. */
export function withVoters(tallies: Tallies = NO_VOTES, tally: string, key: string, voters: readonly Id[]): Tallies {
  const entries = (tallies[tally] ?? []).slice()
  let at = 0
  while (at < entries.length && textOfKey(entries[at]!.key) < key) at++
  const here = entries[at]
  const known = here && textOfKey(here.key) === key ? here : undefined
  const entry = {
    key: known ? known.key : deepFreeze(JSON.parse(key) as Json),
    voters: Object.freeze([...voters].sort((a, b) => a - b)),
  }
  entries.splice(at, known ? 1 : 0, ...(voters.length > 0 ? [Object.freeze(entry)] : []))
  const all = { ...tallies, [tally]: Object.freeze(entries) }
  if (entries.length > 0 && tallies[tally]) return Object.freeze(all)
  const named = Object.entries(all).filter(([, list]) => list.length > 0)
  return Object.freeze(Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))))
}

const texts = new WeakMap<Tallies, string>()

/** A text for votes, the same only for the same: put together from those of their keys. */
export function textOfTallies(tallies: Tallies): string {
  let text = texts.get(tallies)
  if (text === undefined) {
    text = Object.entries(tallies)
      .map(([tally, entries]) => `${tally} ${entries.map(textOf).join()}`)
      .join('\n')
    texts.set(tallies, text)
  }
  return text
}

function textOfKey(key: Json): string {
  return typeof key === 'object' && key !== null ? textOf(key) : canonical(key)
}

/**
 * Do all keys keep to the bounds?
 * @throws UsageError where what the protocol says of its bounds is no answer
 */
export function areWithin(tallies: Tallies, protocol: Protocol, bounds: Readonly<Record<string, number>>): boolean {
  const declared = protocol.definition.tallies as Readonly<Record<string, TallyDeclaration<any>>>
  return Object.entries(tallies).every(([tally, entries]) =>
    entries.every(({ key }) => {
      const is: unknown = declared[tally]?.within?.(key, bounds) ?? true
      if (typeof is === 'boolean') return is
      const where = `${protocol.subject}, tally ${tally}, within`
      throw new UsageError(`${where}: it returns ${kindOf(is)}`, 'let it return true or false')
    }),
  )
}

/** What a tally is asked with, held against what may be. */
interface Checks {
  /** Canonical text of a key. */
  keyed(key: Json): string
  voting(voter: Id): void
  /** May a vote be counted now? */
  adding(): void
  /** Does the handler still run? Else what is asked makes no difference to what it does. */
  isOpen(): boolean
}

/** The votes of one participant while a handler runs. */
export class Votes {
  now: Tallies | undefined
  readonly asked: Asked[] = []

  constructor(before: Tallies | undefined) {
    this.now = before
  }

  tally(tally: string, { keyed, voting, adding, isOpen }: Checks): Tally<Json> {
    const asks = (kind: Asked['kind'], key: string, voter?: Id): any => {
      if (kind !== 'count') voting(voter!)
      const question = { kind, tally, key, voter }
      const answer = answerOf(this.now, question)
      if (isOpen()) this.asked.push({ ...question, answer })
      return answer
    }
    return {
      count: (key) => asks('count', keyed(key)),
      has: (key, voter) => asks('has', keyed(key), voter),
      voted: (voter) => asks('voted', '', voter),
      add: (key, voter) => {
        adding()
        const text = keyed(key)
        const isNew = asks('add', text, voter)
        if (isNew) this.now = withVoters(this.now, tally, text, [...votersOf(this.now, tally, text), voter])
        return isNew
      },
    }
  }
}
