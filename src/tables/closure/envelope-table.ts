import type { Id } from '../../model/index.ts'
import type { EnvelopeInClosure } from './closed.ts'

/** What is sent while a participant is closed, each message with its receivers numbered once. */
export class EnvelopeTable {
  readonly list: EnvelopeInClosure[] = []
  readonly #numbers = new Map<string, number>()

  number(message: number, to: Id | 'all'): number {
    const key = `${message} ${to}`
    const number = this.#numbers.get(key) ?? this.list.push({ message, to }) - 1
    this.#numbers.set(key, number)
    return number
  }
}
