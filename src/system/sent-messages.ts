import {
  type AnyMessage,
  type Ask,
  byContent,
  firstEnough,
  grouped,
  type Id,
  type Program,
  type Proof,
  type Role,
  type SentMessage,
  textOf,
  weightOf,
} from '../model/index.ts'
import { isListed } from './alphabet.ts'
import { type ProvedMessage, sameWord, type Witness } from './step.ts'
import type { Envelope, System } from './system.ts'

/** Does the coalition own this sender's identity: its own members always, anybody where nothing is authenticated? */
export function coalitionSpeaksAs({ setting }: Program, from: Id): boolean {
  if (setting.byzantine.length === 0) return false
  if (setting.byzantine.includes(from)) return true
  return setting.auth === 'none' && from >= 0 && from < setting.n + setting.clients
}

/**
 * Does a word in a participant's own name trigger its rules? Its own broadcasts do where they come back over the
 * network; a Byzantine replica's do wherever nobody can tell who speaks, and those cannot be told from its own.
 */
export function triggersItself(program: Program, at: Id): boolean {
  return program.protocol.definition.selfDelivery === 'network' || isForgeable(program, at)
}

/** Can the coalition speak to a participant that runs the protocol in that participant's own name? */
export function isForgeable(program: Program, at: Id): boolean {
  return !program.setting.byzantine.includes(at) && coalitionSpeaksAs(program, at)
}

/** Can a signed word be shown to anybody, because a coalition member may have got it and nothing binds it? */
export function canBeShown({ setting, protocol }: Program, message: AnyMessage): boolean {
  const addressed = protocol.definition.addressed as readonly string[] | undefined
  return setting.auth === 'signatures' && setting.byzantine.length > 0 && !addressed?.includes(message.type)
}

/** Is it said to `at`, or can it be shown to it? Whether it hears itself is for `standingOf` to say. */
export function reaches(program: Program, envelope: Envelope, at: Id): boolean {
  const isMeant = envelope.to === at || (envelope.to === 'all' && at < program.setting.n)
  return isMeant || canBeShown(program, envelope.message)
}

/**
 * What an envelope of the correct is good for at a participant: it comes as a `trigger` and is evidence from then on, it
 * is only `evidence`, or it is nothing there. What is its own is decided here and nowhere else: under `network` it comes
 * like anybody's word; under `inbox` and `at-once` a broadcast to all replicas, of which it is one, is evidence; under
 * `none` nothing is. What it says to itself alone comes over the network or not at all.
 */
export function standingOf(program: Program, envelope: Envelope, at: Id): 'trigger' | 'evidence' | undefined {
  const self = program.protocol.definition.selfDelivery ?? 'inbox'
  if (envelope.from !== at || self === 'network') return reaches(program, envelope, at) ? 'trigger' : undefined
  return envelope.to === 'all' && hearsItself(program, at) ? 'evidence' : undefined
}

/** Is what a participant says to all replicas evidence for itself, and nothing that comes to it? */
export function hearsItself({ setting, protocol }: Program, at: Id): boolean {
  const self = protocol.definition.selfDelivery ?? 'inbox'
  return at < setting.n && (self === 'inbox' || self === 'at-once')
}

/** A participant's own broadcasts, where they count as evidence and never arrive. */
export function ownWords(program: Program, system: System, at: Id): SentMessage[] {
  program.effort?.spend(system.soup.length)
  return system.soup.filter((envelope) => standingOf(program, envelope, at) === 'evidence')
}

/** What is in the soup where `at` has it as evidence: what may come to it and is not lost, and its own broadcasts. */
export function evidenceAt(program: Program, system: System, at: Id): Envelope[] {
  program.effort?.spend(system.soup.length)
  return system.soup.filter((envelope) => {
    const standing = standingOf(program, envelope, at)
    return standing === 'evidence' || (standing === 'trigger' && !isLost(system, at, envelope))
  })
}

function isLost({ lost }: System, at: Id, word: SentMessage): boolean {
  return lost.some((one) => one.to === at && sameWord(one, word))
}

/** Is this word of a correct participant in the soup, may it come to `at`, and is it not lost on the way? */
export function wasSaid(program: Program, system: System, at: Id, word: SentMessage): boolean {
  program.effort?.spend(system.soup.length)
  const is = (envelope: Envelope): boolean =>
    sameWord(envelope, word) && standingOf(program, envelope, at) === 'trigger'
  return system.soup.some(is) && !isLost(system, at, word)
}

/** Can this word come to `at`: has a correct participant said it, or can the coalition say it? */
export function canCome(program: Program, system: System, at: Id, word: ProvedMessage): boolean {
  return wasSaid(program, system, at, word) || canSay(program, system, word)
}

/** Is it a participant of this role? */
export function hasRole({ setting }: Program, id: Id, role: Role): boolean {
  return role === 'client' ? id >= setting.n && id < setting.n + setting.clients : id >= 0 && id < setting.n
}

/** What a question, or a proof, asks for. */
type Asked = Pick<Ask, 'q' | 'match' | 'role'>

/** The words that match, by sender: in the order in which senders, and the words of each, come first. */
export function bySender<W extends SentMessage>(program: Program, asked: Asked, words: readonly W[]): W[][] {
  const { q, match, role } = asked
  const counts = (from: Id): boolean => hasRole(program, from, role) && weightOf(q, from) > 0
  const matching = words.filter(({ from, message }) => match(message, from) && counts(from))
  return [...grouped(matching, ({ from }) => from).values()]
}

/** The first distinct senders who are enough, with the first matching word of each; nothing where they are not. */
export function firstOfEach<W extends SentMessage>(
  program: Program,
  asked: Asked,
  words: readonly W[],
): W[] | undefined {
  const lists = bySender(program, asked, words)
  return firstEnough(
    asked.q,
    lists.map(([first]) => first!),
    ({ from }) => from,
  )
}

/** Distinct senders of a role among some words. */
export function senders(program: Program, words: readonly SentMessage[], role: Role): Id[] {
  return [...new Set(words.map((word) => word.from))].filter((id) => hasRole(program, id, role))
}

/**
 * Checks that the coalition can say this word: it owns the identity, it is a message, and the witness of its proof
 * holds.
 */
export function canSay(program: Program, system: System, word: ProvedMessage): boolean {
  if (!coalitionSpeaksAs(program, word.from) || !isListed(program, word.message)) return false
  const proof = program.proofOf(word.message)
  return proof === undefined || (word.proof !== undefined && holds(program, system, proof, word.proof))
}

/** Checks a proof against its witness: nothing is searched for. */
export function holds(program: Program, system: System, proof: Proof<AnyMessage>, witness: Witness): boolean {
  if (proof.kind === 'all') {
    if (!('all' in witness) || witness.all.length !== proof.of.length) return false
    return proof.of.every((part, i) => holds(program, system, part, witness.all[i]!))
  }
  if (proof.kind === 'any') {
    if (!('any' in witness)) return false
    const chosen = proof.of[witness.any]
    return chosen !== undefined && holds(program, system, chosen, witness.of)
  }
  if (!('said' in witness)) return false
  const { q, match, such, role } = proof
  const ids = senders(program, witness.said, role)
  if (!firstEnough(q, ids, (id) => id) || (such && ids.length !== witness.said.length)) return false
  const sound = witness.said.every((word) => {
    if (!match(word.message as never, word.from)) return false
    return canSay(program, system, word) || wasSaidToAnybody(program, system, word)
  })
  return sound && (such?.(sorted(witness.said.map((word) => word.message)) as never[]) ?? true)
}

/** Could this word of a correct participant be shown to a third party as evidence? */
export function wasSaidToAnybody(program: Program, system: System, word: SentMessage): boolean {
  const addressed = program.protocol.definition.addressed as readonly string[] | undefined
  if (addressed?.includes(word.message.type)) return false
  program.effort?.spend(system.soup.length)
  return system.soup.some((envelope) => sameWord(envelope, word))
}

/** In canonical order: so the global state keeps its lists, and so messages are handed to `summarise` and `such`. */
export function sorted<T extends object>(list: readonly T[]): T[] {
  return [...list].sort(byContent)
}

/** Names a word, whatever stands behind it. */
export function textOfWord({ from, message }: SentMessage): string {
  return `${from} ${textOf(message)}`
}

/** Each word once, where it comes first. */
export function distinctWords<W extends SentMessage>(words: readonly W[]): W[] {
  const seen = new Set<string>()
  return words.filter((word) => !seen.has(textOfWord(word)) && seen.add(textOfWord(word)))
}

/** A word, and the words that its proof rests on, with those that they rest on. */
export function partsOf(word: ProvedMessage): ProvedMessage[] {
  const inside = (witness: Witness): ProvedMessage[] => {
    if ('said' in witness) return witness.said.flatMap(partsOf)
    return 'all' in witness ? witness.all.flatMap(inside) : inside(witness.of)
  }
  return word.proof ? [word, ...inside(word.proof)] : [word]
}
