/** What each participant can hear: what was said to it, and anything of the domain from those who are Byzantine. */

import { type Message, type Proof, textOf } from './interpreter-library.ts'
import { choicesOf, type Ground, type Word } from './interpreter-run.ts'

/** One thing that somebody who runs the protocol has said to somebody. */
export interface Envelope {
  readonly from: number
  readonly to: number | 'all'
  readonly message: Message
}

/** The messages of the domain that the coalition can say: a least fixpoint, its own words being evidence too. */
export function sayable(sharedTables: Ground, said: readonly Envelope[], domain: readonly Message[]): Message[] {
  const { protocol, setting, rules } = sharedTables
  const proofs = setting.auth === 'signatures' ? (protocol.proofs ?? {}) : {}
  const known = { n: setting.n, f: setting.f, rules }
  let able = domain.filter(({ type }) => !proofs[type])
  for (;;) {
    const words = said.filter(({ message }) => !protocol.addressed?.includes(message.type)) as {
      from: number
      message: Message
    }[]
    const evidence = words.concat(setting.byzantine.flatMap((from) => able.map((message) => ({ from, message }))))
    const next = domain.filter((message) => {
      const proof = proofs[message.type]
      return !proof || holds(proof(JSON.parse(textOf(message)), known), evidence, setting.n)
    })
    if (next.length === able.length) return able
    able = next
  }
}

function holds(proof: Proof, evidence: readonly { from: number; message: Message }[], n: number): boolean {
  if ('all' in proof) return proof.all.every((part) => holds(part, evidence, n))
  if ('any' in proof) return proof.any.some((part) => holds(part, evidence, n))
  const words = evidence.filter(
    ({ from, message }) => from < n === (proof.role === 'replica') && proof.match(message, from),
  )
  if (!proof.such) return new Set(words.map(({ from }) => from)).size >= proof.q
  return choicesOf(words, proof.q).some((chosen) => proof.such!(chosen.map((text) => JSON.parse(text))))
}

/** Does an envelope reach a participant on its own way? */
export function reaches({ setting, protocol }: Ground, { from, to }: Envelope, at: number): boolean {
  if (to !== 'all') return to === at
  const own = protocol.selfDelivery ?? 'inbox'
  return at < setting.n && (at !== from || own === 'network')
}

/**
 * Everything that a participant can be made to hear. Where each message arrives once, what is on its way to it comes
 * from `waiting`; Byzantine replicas can say, and show, anything again.
 */
export function audible(
  sharedTables: Ground,
  self: number,
  said: readonly Envelope[],
  able: readonly Message[],
  waiting?: readonly Envelope[],
): Word[] {
  const { protocol, setting } = sharedTables
  const { byzantine, auth, n, clients } = setting
  const words = new Map<string, Word>()
  const add = (from: number, message: Message, triggers: boolean, isWaiting = false): void => {
    const key = `${from} ${textOf(message)}`
    if (!words.has(key) || (triggers && !words.get(key)!.triggers))
      words.set(key, { from, message, triggers, isWaiting })
  }
  for (const { from, message } of waiting ?? []) add(from, message, true, true)
  // Once somebody is Byzantine, what was signed can be shown to anybody.
  const isShown = auth === 'signatures' && byzantine.length > 0
  const own = protocol.selfDelivery ?? 'inbox'
  for (const envelope of said) {
    const { from, to, message } = envelope
    if (from === self && to === 'all' && self < n && (own === 'inbox' || own === 'at-once')) add(from, message, false)
    else if (!waiting && reaches(sharedTables, envelope, self)) add(from, message, true)
    else if (isShown && (from !== self || own === 'network') && !protocol.addressed?.includes(message.type))
      add(from, message, true)
  }
  const names = auth === 'none' && byzantine.length > 0 ? Array.from({ length: n + clients }, (_, id) => id) : byzantine
  for (const from of names) for (const message of able) add(from, message, true)
  return [...words.values()]
}
