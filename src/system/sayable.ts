import { type AnyMessage, type Id, type Program, type Proof, textOf } from '../model/index.ts'
import { isListed } from './alphabet.ts'
import { prove } from './prove.ts'
import { coalitionSpeaksAs } from './sent-messages.ts'
import type { ProvedMessage, Witness } from './step.ts'
import type { Envelope } from './system.ts'

/** What stands behind a message; nothing where it needs no proof. `rank`: how many proofs deep. */
interface Able {
  readonly witness: Witness | undefined
  readonly rank: number
}

/** What cannot be proved yet, with how many of the messages were known when that was last looked at. */
interface Open {
  readonly message: AnyMessage
  readonly proof: Proof<AnyMessage>
  seen: number
}

/**
 * What the coalition can send: a message whose proof holds in what correct participants have sent, the coalition
 * counting as having sent whatever it can send. A least fixpoint over the messages that are known; it only grows. Found
 * from the ground up, so that no two messages stand for each other.
 */
export class Sayable {
  readonly #program: Program
  readonly #cut: (() => void) | undefined
  readonly #asksProofs: boolean
  readonly #addressed: readonly string[]
  /** What was sent, by correct participants and by anybody, in the order in which it became known. */
  readonly #correct: ProvedMessage[] = []
  readonly #words: ProvedMessage[] = []
  readonly #met = new Set<string>()
  readonly #able = new Map<string, Able>()
  readonly #open = new Map<string, Open>()
  #hasNews = false

  /** @param cut called where there may be a proof that was not looked at */
  constructor(program: Program, cut?: () => void) {
    this.#program = program
    this.#cut = cut
    this.#asksProofs = program.setting.auth === 'signatures' && program.protocol.definition.proofs !== undefined
    this.#addressed = (program.protocol.definition.addressed ?? []) as readonly string[]
  }

  /** A correct participant has sent this, to anybody. What is bound to its receiver convinces nobody else. */
  said(from: Id, message: AnyMessage): void {
    if (!this.#asksProofs) return
    this.know(message)
    const key = `${from} ${textOf(message)}`
    if (this.#addressed.includes(message.type) || this.#met.has(key)) return
    this.#met.add(key)
    this.#correct.push({ from, message })
    this.#words.push({ from, message })
    this.#hasNews = true
  }

  /** The coalition may send this, if it can prove it. */
  know(message: AnyMessage): void {
    const text = textOf(message)
    if (this.#able.has(text) || this.#open.has(text) || !isListed(this.#program, message)) return
    const proof = this.#program.proofOf(message)
    if (!proof) {
      this.#enable(message, { witness: undefined, rank: 0 })
      return
    }
    this.#open.set(text, { message, proof, seen: -1 })
    this.#hasNews = true
  }

  /** Can it be sent now? It counts as known from now on. */
  canSay(message: AnyMessage): boolean {
    this.know(message)
    this.#close()
    return this.#able.has(textOf(message))
  }

  /** What stands behind a message that can be sent. */
  witness(message: AnyMessage): Witness | undefined {
    return this.#able.get(textOf(message))?.witness
  }

  /** Those of some messages that can be sent, with what stands behind them: first what needs no proof. */
  among<T extends ProvedMessage>(words: readonly T[]): T[] {
    const own = words.filter(({ from }) => coalitionSpeaksAs(this.#program, from))
    for (const { message } of own) this.know(message)
    this.#close()
    const found = own.flatMap((word) => {
      const able = this.#able.get(textOf(word.message))
      return able ? [{ word: able.witness ? { ...word, proof: able.witness } : word, rank: able.rank }] : []
    })
    return found.sort((a, b) => a.rank - b.rank).map(({ word }) => word)
  }

  #enable(message: AnyMessage, able: Able): void {
    const { witness } = able
    this.#able.set(textOf(message), able)
    if (!this.#asksProofs) return
    for (const from of this.#program.setting.byzantine) {
      this.#words.push({ from, message, ...(witness ? { proof: witness } : {}) })
    }
    this.#hasNews = true
  }

  #close(): void {
    for (let rank = 1; this.#hasNews; rank++) {
      this.#hasNews = false
      const found: [AnyMessage, Witness][] = []
      const count = this.#words.length
      for (const one of this.#open.values()) {
        const { message, proof, seen } = one
        one.seen = count
        // What could not be proved still cannot, unless something came that could be part of it.
        if (seen >= 0 && !this.#words.slice(seen).some((word) => couldBePartOf(proof, word))) continue
        const witness = this.#proved(proof)
        if (witness) found.push([message, witness])
      }
      for (const [message, witness] of found) {
        this.#open.delete(textOf(message))
        this.#enable(message, { witness, rank })
      }
    }
  }

  /** A proof that rests on messages of correct participants alone is preferred. */
  #proved(proof: Proof<AnyMessage>): Witness | undefined {
    return prove(this.#program, proof, this.#correct) ?? prove(this.#program, proof, this.#words, this.#cut)
  }
}

function couldBePartOf(proof: Proof<AnyMessage>, word: ProvedMessage): boolean {
  if (proof.kind === 'said') return proof.match(word.message, word.from)
  return proof.of.some((part) => couldBePartOf(part, word))
}

/** What the coalition can send once this was sent. */
export function sayableAfter(program: Program, soup: readonly Envelope[], cut?: () => void): Sayable {
  const sayable = new Sayable(program, cut)
  for (const { from, message } of soup) sayable.said(from, message)
  return sayable
}
