/**
 * Pass 8, by slot: a claim about each slot by itself is proved for one slot at a time, in a system without the other slots.
 *
 * Messages with the same content about the slot count as one: a replica that has sent one of them has sent them all.
 * Messages about other slots only count as sent, by all, from the start.
 *
 * Sound because guards are positive: a replica that has received more can do all that it could do before, so every
 * schedule of the protocol is one of this system, too, with the same outputs. That is so whichever messages are merged.
 * It is an over-approximation: what holds there holds, and what breaks there is searched in the protocol itself.
 *
 * Only if the claim reads outputs only, declares the slot of each, and is broken only if the outputs of one slot break
 * it. It switches itself off where there is one slot.
 */
import type { Id, Json } from '../../model/index.ts'
import type { Closed, Option } from '../closure/closed.ts'
import type { Atom, Senders } from './atom.ts'

export type Slot = string | number

export class BySlot {
  /** The closure with all that others notice as it is seen here. */
  readonly closed: Closed
  /** Of how many envelopes there are, how many are distinguished. */
  readonly kept: number
  /** By number of the message, or of the envelope: that which stands for it; nothing where it is about other slots. */
  readonly #messages: readonly (number | undefined)[]
  readonly #envelopes: readonly (number | undefined)[]

  /** @param isAbout is an output about the slot? */
  constructor(closed: Closed, slot: Slot, isAbout: (output: Json) => boolean) {
    const { messages, outputs } = closed.table
    const firsts = new Map<string, number>()
    const first = (key: string, number: number): number => {
      if (!firsts.has(key)) firsts.set(key, number)
      return firsts.get(key)!
    }
    this.#messages = messages.values.map((message, number) => {
      const kept = this.about(message as unknown as Json, slot)
      return kept === undefined ? undefined : first(JSON.stringify(kept), number)
    })
    this.#envelopes = closed.envelopes.map(({ message, to }, number) => {
      const one = this.#messages[message]
      return one === undefined ? undefined : first(`${one} to ${to}`, number)
    })
    this.kept = new Set(this.#envelopes.filter((one) => one !== undefined)).size
    const seen = <T extends Pick<Option, 'says' | 'outputs'>>(one: T): T => ({
      ...one,
      says: [...new Set(one.says.flatMap((envelope) => this.#envelopes[envelope] ?? []))],
      outputs: one.outputs.filter((number) => isAbout(outputs.values[number] as Json)),
    })
    const participants = closed.participants.map((part) => ({
      ...part,
      options: part.options.map((list) => list.map(seen)),
    }))
    this.closed = { ...closed, initial: closed.initial.map(seen), participants }
  }

  /**
   * What a message, or a part of one, says about a slot: entries of lists that name another one are left out. Nothing
   * where all of it is about another slot.
   */
  protected about(value: Json, slot: Slot): Json | undefined {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      return value.flatMap((entry: Json) => {
        const kept = this.about(entry, slot)
        return kept === undefined ? [] : [kept]
      })
    }
    const { slot: own } = value as { slot?: Json }
    if (own !== undefined && own !== slot) return undefined
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.about(part, slot) ?? null]))
  }

  /** The message that stands for this one; nothing where it is about other slots. */
  standsFor(message: number): number | undefined {
    return this.#messages[message]
  }

  /** An atom as it is asked here. */
  atom(atom: Atom, ids: readonly Id[], rowWords: number): Atom {
    if (atom.kind === 'count') return { ...atom, of: this.#senders(atom.of, ids, rowWords) }
    const of = new Map<string, { place: number; senders: Senders }>()
    const places = atom.of.map((one) => {
      const senders = this.#senders(one, ids, rowWords)
      const key = JSON.stringify([[...senders.rows], senders.sure, senders.maybe])
      if (!of.has(key)) of.set(key, { place: of.size, senders })
      return of.get(key)!.place
    })
    const choices = new Map<string, readonly number[]>()
    for (const choice of atom.choices) {
      const mapped = choice.map((index) => places[index]!).sort((a, b) => a - b)
      choices.set(mapped.join(), mapped)
    }
    const sorted = [...choices.keys()].sort().map((key) => choices.get(key)!)
    return { kind: 'choice', of: [...of.values()].map(({ senders }) => senders), choices: sorted }
  }

  #senders({ rows, sure, maybe }: Senders, ids: readonly Id[], rowWords: number): Senders {
    const seen = new Int32Array(rows.length)
    let always = sure
    for (const [p, id] of ids.entries()) {
      for (let word = 0; word < rowWords; word++) {
        for (let left = rows[p * rowWords + word]!; left !== 0; left &= left - 1) {
          const one = this.#envelopes[(word << 5) | (31 - Math.clz32(left & -left))]
          if (one === undefined) always |= 1 << id
          else seen[p * rowWords + (one >> 5)]! |= 1 << (one & 31)
        }
      }
    }
    const identities = new Map<number, number>()
    for (const { provable, identities: more } of maybe) identities.set(provable, (identities.get(provable) ?? 0) | more)
    const able = [...identities].sort(([a], [b]) => a - b)
    return { rows: seen, sure: always, maybe: able.map(([provable, one]) => ({ provable, identities: one })) }
  }
}

/** The slots that outputs are about, in the order in which they appear. */
export function slotsOf(
  { table, participants, initial }: Closed,
  slotOf: (output: Json) => Slot | undefined,
): readonly Slot[] {
  const made = new Set<number>()
  const note = (outputs: readonly number[]): void => {
    for (const number of outputs) made.add(number)
  }
  for (const { outputs } of initial) note(outputs)
  for (const { options } of participants) for (const list of options) for (const { outputs } of list) note(outputs)
  const slots = [...made].flatMap((number) => slotOf(table.outputs.values[number] as Json) ?? [])
  return [...new Set(slots)]
}
