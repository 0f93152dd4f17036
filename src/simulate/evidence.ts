import { type AnyMessage, type Id, type Program, type Proof, textOf } from '../model/index.ts'
import { prove, type Spoken, type Witness } from '../system/index.ts'

/**
 * What the coalition can prove: a message whose proof holds in what the correct have said, the coalition counting as
 * having said whatever it can say. A least fixpoint over the messages that the run has met; it only grows.
 */
export class Evidence {
  readonly #program: Program
  readonly #asksProofs: boolean
  readonly #words: Spoken[] = []
  readonly #met = new Set<string>()
  /** What stands behind a message of the coalition; nothing behind one that needs no proof. */
  readonly #able = new Map<string, Witness | undefined>()
  /** What cannot be proved yet, with how many of the words were known when that was last looked at. */
  readonly #open = new Map<string, { readonly message: AnyMessage; readonly proof: Proof<AnyMessage>; seen: number }>()
  #hasNews = false

  constructor(program: Program) {
    this.#program = program
    const { auth, byzantine } = program.setting
    this.#asksProofs = byzantine.length > 0 && auth === 'signatures' && program.protocol.definition.proofs !== undefined
  }

  /** A correct participant has said this. */
  said(from: Id, message: AnyMessage): void {
    if (!this.#asksProofs) return
    this.#know(message)
    const addressed = this.#program.protocol.definition.addressed as readonly string[] | undefined
    const key = `${from} ${textOf(message)}`
    if (addressed?.includes(message.type) || this.#met.has(key)) return
    this.#met.add(key)
    this.#words.push({ from, message })
    this.#hasNews = true
  }

  /** Can the coalition say this now? */
  canSay(message: AnyMessage): boolean {
    if (!this.#asksProofs) return true
    this.#know(message)
    this.#close()
    return this.#able.has(textOf(message))
  }

  /** What stands behind a message that the coalition can say. */
  witness(message: AnyMessage): Witness | undefined {
    return this.#able.get(textOf(message))
  }

  #know(message: AnyMessage): void {
    const text = textOf(message)
    if (this.#able.has(text) || this.#open.has(text)) return
    const proof = this.#program.proofOf(message)
    if (proof) {
      this.#open.set(text, { message, proof, seen: -1 })
      this.#hasNews = true
    } else this.#enable(message, undefined)
  }

  #enable(message: AnyMessage, witness: Witness | undefined): void {
    this.#able.set(textOf(message), witness)
    const proof = witness && { proof: witness }
    for (const from of this.#program.setting.byzantine) this.#words.push({ from, message, ...proof })
    this.#hasNews = true
  }

  #close(): void {
    while (this.#hasNews) {
      this.#hasNews = false
      for (const [text, one] of this.#open) {
        const { message, proof, seen } = one
        const count = this.#words.length
        // What could not be proved still cannot, unless something came that could be part of it.
        const isNews = seen < 0 || this.#words.slice(seen).some((word) => couldBePartOf(proof, word))
        one.seen = count
        const witness = isNews ? prove(this.#program, proof, this.#words) : undefined
        if (!witness) continue
        this.#open.delete(text)
        this.#enable(message, witness)
      }
    }
  }
}

function couldBePartOf(proof: Proof<AnyMessage>, word: Spoken): boolean {
  if (proof.kind === 'said') return proof.match(word.message, word.from)
  return proof.of.some((part) => couldBePartOf(part, word))
}
