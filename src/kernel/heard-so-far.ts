import type { Id } from '../model/index.ts'
import type { AskTable } from '../system/index.ts'
import { lowest, Masks, Numbers, SENDERS } from './bits.ts'
import type { Edge } from './edge.ts'

/** What has come to one running copy of the protocol, and what it has said itself. */
export class HeardSoFar {
  /** By message: bits of the senders who have really said it, for whom the coalition stands, and all that is evidence. */
  readonly truths = new Masks()
  readonly byzantine = new Masks()
  readonly evidence = new Masks()
  /** What has come, in order, and what it has said itself that never comes; each message with its sender. */
  readonly words = new Numbers()
  readonly ownWords = new Numbers()
  /** By receiver's message: senders as whom the coalition has offered it. */
  readonly offered = new Masks()
  /** Has anything come that only the coalition stood for? */
  hasByzantine = false
  readonly #masks: readonly Masks[] = [this.truths, this.byzantine, this.evidence, this.offered]

  /** Forgets all that came and was said; what was offered is forgotten by whoever offered it. */
  forget(): void {
    this.#forgetAll(this.words)
    this.#forgetAll(this.ownWords)
    this.hasByzantine = false
  }

  #forgetAll(words: Numbers): void {
    for (let i = 0; i < words.length; i++) {
      const message = Math.floor(words.values[i]! / SENDERS)
      this.truths.clear(message)
      this.byzantine.clear(message)
      this.evidence.clear(message)
    }
    words.clear()
  }

  saveHeard() {
    return {
      masks: this.#masks.map((masks) => masks.save()),
      words: this.words.save(),
      ownWords: this.ownWords.save(),
      hasByzantine: this.hasByzantine,
    }
  }

  restoreHeard({ masks, words, ownWords, hasByzantine }: ReturnType<HeardSoFar['saveHeard']>): void {
    for (let i = 0; i < masks.length; i++) this.#masks[i]!.restore(masks[i]!)
    this.words.restore(words)
    this.ownWords.restore(ownWords)
    this.hasByzantine = hasByzantine
  }

  /** What is known of a message, to be put back by `unhear`. */
  standing(message: number): readonly [truths: number, byzantine: number, evidence: number] {
    return [this.truths.get(message), this.byzantine.get(message), this.evidence.get(message)]
  }

  /** Is it evidence here, with nobody but the coalition standing for it? */
  isFromByzantine(message: number, from: Id): boolean {
    return (this.byzantine.get(message) & ~this.truths.get(message) & (1 << from)) !== 0
  }

  /** Are there enough senders? */
  satisfies(ask: AskTable): boolean {
    return ask.isMetBy(ask.answeredBy(this.evidence.values))
  }

  /** Who says the message of an edge: the lowest correct one, if there is one. */
  senderOf({ message, senders }: Edge): Id {
    const correct = this.truths.get(message) & senders
    return lowest(correct !== 0 ? correct : this.byzantine.get(message) & senders)
  }
}
