import type { Tally } from './context.ts'
import type { TallyDeclaration } from './declaration.ts'
import { kindOf, UsageError } from './errors.ts'
import { canonical, deepFreeze, type Json, textOf } from './json.ts'
import { nearest } from './nearest.ts'
import type { Protocol } from './protocol.ts'
import type { Id } from './setting.ts'
import type { Vocabulary } from './vocabulary.ts'

/** All votes of one participant: by tally, then by key in the order of canonical texts; no empty entries. */
export interface Tallies {
  readonly [tally: string]: readonly { readonly key: Json; readonly voters: readonly Id[] }[]
}

/** Something that a handler asked of a tally, with the answer. To add is to ask whether it is new. */
export interface TallyQuestion {
  readonly kind: 'add' | 'count' | 'has' | 'voted'
  readonly tally: string
  /** Canonical text of the key; empty for `voted`, which asks for all keys. */
  readonly key: string
  readonly voter: Id | undefined
  readonly answer: boolean | number
}

const NO_VOTES: Tallies = {}

const NOBODY: readonly Id[] = Object.freeze([])

export function votersOf(tallies: Tallies = NO_VOTES, tally: string, key: string): readonly Id[] {
  for (const entry of tallies[tally] ?? []) if (textOfKey(entry.key) === key) return entry.voters
  return NOBODY
}

/** What a question is answered. A vote that is added is not there yet. */
export function answerOf(
  tallies: Tallies | undefined,
  { kind, tally, key, voter }: Omit<TallyQuestion, 'answer'>,
): TallyQuestion['answer'] {
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
    key: deepFreeze(known ? known.key : (JSON.parse(key) as Json)),
    voters: Object.freeze([...voters].sort((a, b) => a - b)),
  }
  entries.splice(at, known ? 1 : 0, ...(voters.length > 0 ? [Object.freeze(entry)] : []))
  const all = { ...tallies, [tally]: Object.freeze(entries) }
  if (entries.length > 0 && tallies[tally]) return frozen(all)
  const named = Object.entries(all).filter(([, list]) => list.length > 0)
  return frozen(Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** Frozen through and through: what was made here is already, and the rest came from elsewhere. */
function frozen(tallies: Tallies): Tallies {
  for (const tally in tallies) {
    for (const entry of tallies[tally]!) if (!Object.isFrozen(entry)) deepFreeze(entry)
    Object.freeze(tallies[tally])
  }
  return Object.freeze(tallies)
}

const texts = new WeakMap<Tallies, string>()

/** A text for votes, the same only for the same: put together from those of their keys. */
export function textOfTallies(tallies: Tallies): string {
  let text = texts.get(tallies)
  if (text === undefined) {
    text = ''
    for (const tally in tallies) {
      text += JSON.stringify(tally)
      for (const { key, voters } of tallies[tally]!) text += `${textOfKey(key)} ${voters.join()};`
    }
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
  for (const tally in declared) {
    const declaration = declared[tally]!
    if (!declaration.within) continue
    for (const { key } of tallies[tally] ?? []) {
      const is: unknown = declaration.within(key, bounds)
      if (is === false) return false
      if (is === true) continue
      const where = `${protocol.subject}, tally ${tally}, within`
      throw new UsageError(`${where}: it returns ${kindOf(is)}`, 'let it return true or false')
    }
  }
  return true
}

/** What a handler may do with a tally is up to the handler's collector. */
interface Checks {
  /** Canonical text of a key. */
  keyed(key: Json): string
  refuse(what: string, instead: string): never
  /** Does the handler still run? */
  open(): void
}

/** The votes of one participant while a handler runs. */
export class Votes {
  now: Tallies | undefined
  readonly asked: TallyQuestion[] = []
  /** Is a match or a summary at work? Those of a handler that was left may still be asked. */
  isAsking = false

  constructor(before: Tallies | undefined) {
    this.now = before
  }

  tally(tally: string, { tallies, participants }: Vocabulary, { keyed, refuse, open }: Checks): Tally<Json> {
    if (!tallies.includes(tally)) {
      const like = nearest(String(tally), tallies).join(', ')
      const instead = like ? `under \`tallies\` there is ${like}` : 'declare it: tallies: { prepares: {} }'
      refuse(`names the tally ${String(tally)}, which is not declared`, instead)
    }
    const asks = (kind: TallyQuestion['kind'], key: string, voter?: Id): any => {
      if (kind !== 'count' && !(Number.isInteger(voter) && voter! >= 0 && voter! < participants)) {
        refuse(`names the voter ${String(voter)} in tally ${tally}`, 'a voter is an id, as ctx.from and ctx.self are')
      }
      const asked = { kind, tally, key, voter, answer: false as TallyQuestion['answer'] }
      asked.answer = answerOf(this.now, asked)
      if (!this.isAsking) this.asked.push(asked)
      return asked.answer
    }
    const add = (key: Json, voter: Id): boolean => {
      if (this.isAsking) {
        refuse('counts a vote in a match or a summary', 'count it in the rule itself: a question changes nothing')
      }
      open()
      const text = keyed(key)
      const isNew = asks('add', text, voter)
      if (isNew) this.now = withVoters(this.now, tally, text, [...votersOf(this.now, tally, text), voter])
      return isNew
    }
    return {
      add,
      count: (key) => asks('count', keyed(key)),
      has: (key, voter) => asks('has', keyed(key), voter),
      voted: (voter) => asks('voted', '', voter),
    }
  }
}
