import { type AnyMessage, type Ask, HarnessError, isMetBy, plainText, range, weightOf } from '../model/index.ts'
import type { Interner } from './interner.ts'
import { MOST_PARTICIPANTS } from './packed.ts'

/** A question with, for each message number, the senders for whom the message matches, as a bit mask. */
export class AskTable {
  readonly ask: Ask
  /** Bits of the participants whose words count. */
  readonly role: number
  readonly #masks: number[] = []
  readonly #matching: number[] = []
  #looked = 0
  readonly #messages: Interner<AnyMessage>
  readonly #count: number

  constructor(ask: Ask, messages: Interner<AnyMessage>, n: number, clients: number) {
    this.ask = ask
    this.#messages = messages
    this.#count = n + clients
    const replicas = 2 ** n - 1
    const all = ask.role === 'client' ? 2 ** (n + clients) - 1 - replicas : replicas
    this.role = range(n + clients).reduce((role, id) => (weightOf(ask.q, id) > 0 ? role : role & ~(1 << id)), all)
  }

  /** Numbers of the messages met so far that match for some sender, in no order that a run may depend on. */
  matching(): readonly number[] {
    for (; this.#looked < this.#messages.values.length; this.#looked++) {
      if (this.mask(this.#looked) !== 0) this.#matching.push(this.#looked)
    }
    return this.#matching
  }

  /** Bits of the senders whose messages answer the question. `evidence` says, by message, who has said it. */
  answeredBy(evidence: Int32Array): number {
    const matching = this.matching()
    let mask = 0
    for (let i = 0; i < matching.length; i++) {
      const message = matching[i]!
      if (message < evidence.length) mask |= evidence[message]! & this.#masks[message]!
    }
    return mask
  }

  /** Are these senders enough? They are bits of a mask. */
  isMetBy(senders: number): boolean {
    return isMetBy(this.ask.q, senders)
  }

  /** What a rule goes by of a choice of messages, as a text: a summary is canonical. */
  textOfSummary(chosen: readonly AnyMessage[]): string {
    const summary = this.ask.summarise?.(chosen) ?? null
    return typeof summary === 'object' && summary !== null ? plainText(summary) : JSON.stringify(summary)
  }

  /** The senders for whom a message matches. */
  mask(message: number): number {
    let mask = this.#masks[message]
    if (mask === undefined) {
      if (this.#count > MOST_PARTICIPANTS) throw new HarnessError('more participants than a mask has bits')
      mask = 0
      const value = this.#messages.values[message]!
      const { match } = this.ask
      if (match.type === undefined || match.type === value.type) {
        for (let id = 0; id < this.#count; id++) if (match(value, id)) mask |= 1 << id
      }
      mask &= this.role
      this.#masks[message] = mask
    }
    return mask
  }
}
