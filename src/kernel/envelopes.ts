import type { Id } from '../model/index.ts'
import { IDS, packed, type SentNumber } from '../system/index.ts'

/** Numbers for a message together with whom it is sent to. */
export class Envelopes {
  readonly messages: number[] = []
  readonly receivers: (Id | 'all')[] = []
  readonly #numbers = new Map<number, number>()

  number({ to, message }: SentNumber): number {
    const key = packed(message, to === 'all' ? IDS : to, IDS + 1)
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.messages.push(message) - 1
      this.receivers.push(to)
      this.#numbers.set(key, number)
    }
    return number
  }

  numbers(sent: readonly SentNumber[]): Int32Array {
    return Int32Array.from(sent, (one) => this.number(one))
  }
}
