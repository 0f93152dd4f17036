/**
 * What the rules ask, as predicates over bits. An atom asks whether enough distinct senders have said something, or
 * whether one of several choices of messages can be made. Atoms only ever turn from false to true: that is what every
 * reduction lives on.
 */
import {
  type AnyMessage,
  exchanged,
  grouped,
  headsOf,
  type Id,
  isMetBy,
  type Program,
  type Proof,
  range,
  remembered,
  type Threshold,
} from '../../model/index.ts'
import { AskTable, coalitionSpeaksAs, sorted, standingOf } from '../../system/index.ts'
import { choicesAmong, haveDistinctSenders, type Matching } from '../closure/choices.ts'
import { ANYBODY, type Closed, type Condition, type Option, Stopped, TooLarge } from '../closure/closed.ts'
import type { Atom, Senders } from './atom.ts'
import type { BySlot } from './by-slot.ts'

/** When can the coalition say a message? */
export type Formula =
  | { readonly kind: 'atom'; readonly atom: number }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Formula[] }

/** Can a participant get, or count, what a sender (by position) says? */
type Sees = (sender: number, message: number, to: Id | 'all') => boolean

export interface AtomsOptions {
  /** Choices of messages for one proof. */
  readonly maxChoices: number
  /** Is everybody a member of the coalition as far as proofs go, as in a closure made so? */
  readonly anybodyIsByzantine?: boolean
  /** Looks at one slot only. */
  readonly focus?: BySlot
  /** Is it told apart which of its messages the coalition has said? In a healed run it says no more of them. */
  readonly mayBeSilent?: boolean
  /** Called now and then; `true` ends it. */
  readonly onProgress?: (() => boolean | undefined) | undefined
}

/** Questions between two calls of `onProgress`. */
const LOOKS = 1_024

/** Everything that atoms speak of: participants by position, envelopes by bit, provable messages by index. */
export class Atoms {
  readonly ids: readonly Id[]
  /** Words of one participant's row of envelopes. */
  readonly rowWords: number
  readonly list: Atom[] = []
  /** Messages that the coalition can say once their proof holds, and that proof. */
  readonly provable: { readonly message: number; readonly proof: Formula }[] = []
  readonly #program: Program
  readonly #closed: Closed
  readonly #byKey = new Map<string, number>()
  readonly #provableOf = new Map<number, number>()
  /** Bits of whom the coalition speaks as. */
  readonly #identities: number
  /** Bits of who might be in it: its proofs are looked at even where it has no identity. */
  readonly #byzantineReplicas: number
  readonly #addressed: readonly string[]
  readonly #universe: ReadonlySet<number>
  readonly #envelopesWith: ReadonlyMap<number, readonly number[]>
  readonly #options: AtomsOptions
  #looks = 0

  constructor(program: Program, closed: Closed, options: AtomsOptions) {
    this.#options = options
    this.#program = program
    this.#closed = closed
    this.ids = closed.participants.map(({ at }) => at)
    this.rowWords = Math.max(1, Math.ceil(closed.envelopes.length / 32))
    const { n, clients } = program.setting
    const all = range(n + clients)
    this.#identities = all.reduce((bits, id) => (coalitionSpeaksAs(program, id) ? bits | (1 << id) : bits), 0)
    this.#byzantineReplicas = options.anybodyIsByzantine ? 2 ** all.length - 1 : this.#identities
    this.#addressed = (program.protocol.definition.addressed ?? []) as readonly string[]
    this.#universe = new Set(closed.universe)
    this.#envelopesWith = grouped(closed.envelopes.keys(), (number) => closed.envelopes[number]!.message)
    this.#prepareProofs()
  }

  /** The same, asked in another way. */
  asked(how: Pick<AtomsOptions, 'focus' | 'mayBeSilent'>): Atoms {
    return new Atoms(this.#program, this.#closed, { ...this.#options, ...how })
  }

  /** @throws Stopped where somebody wants the making of atoms and machines to end */
  tick(): void {
    if (++this.#looks % LOOKS === 0 && this.#options.onProgress?.()) {
      throw new Stopped('stopped while the local states were compared')
    }
  }

  /** Index of the atom: true from the start, if it is `undefined`. */
  #intern(asked: Atom): number | undefined {
    const atom = this.#options.focus?.atom(asked, this.ids, this.rowWords) ?? asked
    if (isSure(atom)) return undefined
    const key = keyOf(atom)
    let index = this.#byKey.get(key)
    if (index === undefined) {
      index = this.list.length
      this.list.push(atom)
      this.#byKey.set(key, index)
    }
    return index
  }

  /** The same atom with two participants exchanged; nothing where nobody asks that. */
  swapped(atom: number, one: number, other: number): number | undefined {
    const words = this.rowWords
    const [a, b] = [this.ids[one]!, this.ids[other]!]
    const identified = (mask: number): number => {
      const differ = ((mask >> a) ^ (mask >> b)) & 1
      return mask ^ (differ << a) ^ (differ << b)
    }
    const exchange = ({ rows, sure, maybe }: Senders): Senders => {
      const swapped = rows.slice()
      swapped.set(rows.subarray(one * words, (one + 1) * words), other * words)
      swapped.set(rows.subarray(other * words, (other + 1) * words), one * words)
      const able = maybe.map(({ provable, identities }) => ({ provable, identities: identified(identities) }))
      return { rows: swapped, sure: identified(sure), maybe: able }
    }
    const before = this.list[atom]!
    if (before.kind === 'choice') return this.#byKey.get(keyOf({ ...before, of: before.of.map(exchange) }))
    return this.#byKey.get(keyOf({ ...before, q: exchanged(before.q, a, b), of: exchange(before.of) }))
  }

  /** A question of participant number `p`. */
  ofCondition(p: number, condition: Condition): number | undefined {
    const { ask } = condition.ask
    const sees = (sender: number, message: number, to: Id | 'all') => this.#evidence(p, sender, message, to)
    if (condition.kind === 'need') return this.#intern(this.#count(ask.q, condition.ask, sees))
    return this.#choice(condition.ask, condition.choices, sees)
  }

  /** Have so many said one of these messages where participant number `p` can get it? */
  ofTriggers(p: number, triggers: readonly NonNullable<Option['trigger']>[], q = 1): number | undefined {
    const masks = new Map<number, number>()
    for (const { message, from } of triggers) {
      masks.set(message, (masks.get(message) ?? 0) | (from === ANYBODY ? ~0 : 1 << from))
    }
    const mask = (message: number): number => masks.get(message) ?? 0
    return this.#intern({ kind: 'count', q, of: this.#senders(masks.keys(), mask, this.#triggering(p)) })
  }

  /** Who can have said a message where participant number `p` can get it, or count it. */
  sendersOf(p: number, message: number, evidence: boolean): Senders {
    const key = `${p} ${message} ${evidence}`
    let senders = this.#single.get(key)
    if (!senders) {
      const sees: Sees = (sender, one, to) => this.#evidence(p, sender, one, to)
      senders = this.#senders([message], () => ~0, evidence ? sees : this.#triggering(p))
      this.#single.set(key, senders)
    }
    return senders
  }

  readonly #single = new Map<string, Senders>()

  /** What a sender says triggers rules of participant number `p`. */
  #triggering(p: number): Sees {
    return (sender, message, to) => this.#standing(p, sender, message, to) === 'trigger'
  }

  /** Does what a sender says count as evidence for participant number `p`? */
  #evidence(p: number, sender: number, message: number, to: Id | 'all'): boolean {
    return this.#standing(p, sender, message, to) !== undefined
  }

  #standing(p: number, sender: number, message: number, to: Id | 'all'): ReturnType<typeof standingOf> {
    const value = this.#closed.table.messages.values[message]!
    return standingOf(this.#program, { from: this.ids[sender]!, message: value, to }, this.ids[p]!)
  }

  #senders(messages: Iterable<number>, mask: (message: number) => number, sees: Sees): Senders {
    this.tick()
    const rows = new Int32Array(this.ids.length * this.rowWords)
    const wanted = new Set(messages)
    for (const message of wanted) {
      for (const envelope of this.#envelopesWith.get(message) ?? []) {
        const { to } = this.#closed.envelopes[envelope]!
        for (const [p, id] of this.ids.entries()) {
          if ((mask(message) & (1 << id)) === 0 || !sees(p, message, to)) continue
          rows[p * this.rowWords + (envelope >> 5)]! |= 1 << (envelope & 31)
        }
      }
    }
    let sure = 0
    const maybe: { provable: number; identities: number }[] = []
    for (const message of [...wanted].filter((one) => this.#universe.has(one)).sort((a, b) => a - b)) {
      const able = mask(message) & this.#identities
      const provable = this.#provableOf.get(message) ?? (this.#options.mayBeSilent ? -1 - message : undefined)
      if (able === 0) continue
      if (provable === undefined) sure |= able
      else maybe.push({ provable, identities: able })
    }
    return { rows, sure, maybe }
  }

  #count(q: Threshold, ask: AskTable, sees: Sees): Atom {
    return { kind: 'count', q, of: this.#senders(ask.matching(), (message) => ask.mask(message), sees) }
  }

  #choice(ask: AskTable, choices: readonly (readonly number[])[], sees: Sees): number | undefined {
    const messages = [...new Set(choices.flat())].sort((a, b) => a - b)
    if (choices.length > 0 && choices.every(({ length }) => length === 1)) {
      return this.#intern({ kind: 'count', q: 1, of: this.#senders(messages, (one) => ask.mask(one), sees) })
    }
    const of = messages.map((message) => this.#senders([message], (one) => ask.mask(one), sees))
    const indices = choices.map((choice) => choice.map((message) => messages.indexOf(message)))
    return this.#intern({ kind: 'choice', of, choices: indices })
  }

  #prepareProofs(): void {
    const { table, universe } = this.#closed
    const proofs = universe.flatMap((message) => {
      const proof = this.#program.proofOf(table.messages.values[message]!)
      return proof && this.#byzantineReplicas !== 0 ? [{ message, proof }] : []
    })
    const byWord = new Map<number, Proof<AnyMessage>[]>()
    for (const { message, proof } of proofs) {
      const word = this.#options.focus ? this.#options.focus.standsFor(message) : message
      if (word === undefined) continue
      remembered(byWord, word, () => []).push(proof)
      this.#provableOf.set(message, [...byWord.keys()].indexOf(word))
    }
    for (const [message, list] of byWord) {
      const of = list.map((one) => this.#formula(one))
      this.provable.push({ message, proof: of.length === 1 ? of[0]! : { kind: 'any', of: distinctOf(of) } })
    }
  }

  #formula(proof: Proof<AnyMessage>): Formula {
    if (proof.kind !== 'said') return { kind: proof.kind, of: proof.of.map((part) => this.#formula(part)) }
    const { n, clients } = this.#program.setting
    const { messages } = this.#closed.table
    const ask = new AskTable({ kind: 'need', q: proof.q, match: proof.match, role: proof.role }, messages, n, clients)
    const sees = (_: number, message: number) => !this.#addressed.includes(messages.values[message]!.type)
    const atom = proof.such
      ? this.#choice(ask, this.#convincing(ask, proof.such as never), sees)
      : this.#intern(this.#count(proof.q, ask, sees))
    return atom === undefined ? { kind: 'all', of: [] } : { kind: 'atom', atom }
  }

  /** The choices of messages that convince a proof's `such`. */
  #convincing(ask: AskTable, such: (chosen: readonly AnyMessage[]) => boolean): (readonly number[])[] {
    const can = this.#whoCanSay()
    const matching: Matching[] = ask.matching().flatMap((message) => {
      const senders = ask.mask(message) & (can.get(message) ?? 0)
      return senders === 0 ? [] : [{ message, senders }]
    })
    const found: (readonly number[])[] = []
    let left = this.#options.maxChoices
    for (const choice of choicesAmong(matching, headsOf(ask.ask.q))) {
      this.tick()
      if (left-- === 0) throw new TooLarge(`more than ${this.#options.maxChoices} choices for one proof`)
      if (such(sorted(choice.map((number) => this.#closed.table.messages.values[number]!)))) found.push(choice)
    }
    return found
  }

  #can: Map<number, number> | undefined

  /** By message: everybody who can say it in some run. */
  #whoCanSay(): Map<number, number> {
    if (this.#can) return this.#can
    const can = new Map<number, number>()
    this.#can = can
    for (const message of this.#closed.universe) can.set(message, this.#byzantineReplicas)
    for (const [p, { at, options }] of this.#closed.participants.entries()) {
      const says = new Set([...this.#closed.initial[p]!.says, ...options.flat().flatMap((option) => option.says)])
      for (const envelope of says) {
        const { message } = this.#closed.envelopes[envelope]!
        can.set(message, (can.get(message) ?? 0) | (1 << at))
      }
    }
    return can
  }
}

function distinctOf(formulas: readonly Formula[]): Formula[] {
  return [...new Map(formulas.map((one) => [JSON.stringify(one), one])).values()]
}

function isSure(atom: Atom): boolean {
  if (atom.kind === 'count') return isMetBy(atom.q, atom.of.sure)
  return atom.choices.some((choice) => haveDistinctSenders(choice.map((index) => atom.of[index]!.sure)))
}

function keyOf(atom: Atom): string {
  const text = ({ rows, sure, maybe }: Senders): string =>
    `${rows.join()} ${sure} ${maybe.map(({ provable, identities }) => `${provable}:${identities}`).join()}`
  if (atom.kind === 'count') return `${atom.q} ${text(atom.of)}`
  return `${atom.of.map(text).join(';')} of ${atom.choices.map((choice) => choice.join('+')).join()}`
}
