import {
  type AnyMessage,
  type Id,
  type Program,
  type Proof,
  type Role,
  same,
  textOf,
  type Word,
} from '../model/index.ts'
import type { Spoken, Witness } from './step.ts'
import type { Envelope, System } from './system.ts'

/** Does the coalition own this sender's voice: its own members always, anybody where nothing is authenticated? */
export function coalitionSpeaksAs({ setting }: Program, from: Id): boolean {
  if (setting.byzantine.length === 0) return false
  if (setting.byzantine.includes(from)) return true
  return setting.auth === 'none' && from >= 0 && from < setting.n + setting.clients
}

/** Can a signed word be shown to anybody, because a coalition member may have got it and nothing binds it? */
export function canBeShown({ setting, protocol }: Program, message: AnyMessage): boolean {
  const addressed = protocol.definition.addressed as readonly string[] | undefined
  return setting.auth === 'signatures' && setting.byzantine.length > 0 && !addressed?.includes(message.type)
}

/** Did a correct participant say this where `at` can get it? */
export function reaches(program: Program, envelope: Envelope, at: Id): boolean {
  if (envelope.to === at || canBeShown(program, envelope.message)) return true
  return envelope.to === 'all' && at < program.setting.n
}

/** Is this word of a correct participant in the soup, where `at` can get it, and not lost on the way to it? */
export function wasSaid(program: Program, system: System, at: Id, { from, message }: Word): boolean {
  const text = textOf(message)
  const is = (word: Word) => word.from === from && textOf(word.message) === text
  if (!system.soup.some((envelope) => is(envelope) && reaches(program, envelope, at))) return false
  return !system.lost.some((word) => word.to === at && is(word))
}

function hasRole({ setting }: Program, id: Id, role: Role): boolean {
  return role === 'client' ? id >= setting.n && id < setting.n + setting.clients : id >= 0 && id < setting.n
}

/** Distinct senders of a role among some words. */
export function senders(program: Program, words: readonly Word[], role: Role): Id[] {
  return [...new Set(words.map((word) => word.from))].filter((id) => hasRole(program, id, role))
}

/** Checks that the coalition can say this word: it owns the voice, and the witness of its proof holds. */
export function canSay(program: Program, system: System, word: Spoken): boolean {
  if (!coalitionSpeaksAs(program, word.from)) return false
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
  if (ids.length < q || (such && ids.length !== witness.said.length)) return false
  const sound = witness.said.every((word) => {
    if (!match(word.message as never, word.from)) return false
    return canSay(program, system, word) || wasSaidToAnybody(program, system, word)
  })
  return sound && (such?.(sorted(witness.said.map((word) => word.message)) as never[]) ?? true)
}

/** Could this word of a correct participant be shown to a third party as evidence? */
export function wasSaidToAnybody(program: Program, system: System, { from, message }: Word): boolean {
  const addressed = program.protocol.definition.addressed as readonly string[] | undefined
  if (addressed?.includes(message.type)) return false
  const text = textOf(message)
  return system.soup.some((envelope) => envelope.from === from && textOf(envelope.message) === text)
}

/** Messages in the order in which they are handed to `summarise` and `such`. */
export function sorted(messages: readonly AnyMessage[]): AnyMessage[] {
  return [...messages].sort((a, b) => {
    const [x, y] = [textOf(a), textOf(b)]
    return x < y ? -1 : x > y ? 1 : 0
  })
}

/** Is it the same word? */
export function sameWord(a: Word, b: Word): boolean {
  return a.from === b.from && same(a.message, b.message)
}
