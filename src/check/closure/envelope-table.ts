import type { Id } from '../../model/index.ts'
import type { EnvelopeInClosure } from './closed.ts'

/** What is said while a participant is closed, each message with its receivers numbered once. */
export class EnvelopeTable {
  readonly list: EnvelopeInClosure[] = []
  readonly #numbers = new Map<string, number>()

  number(message: number, to: Id | 'all'): number {
    const key = `${message} ${to}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.list.length
      this.list.push({ message, to })
      this.#numbers.set(key, number)
    }
    return number
  }
}
