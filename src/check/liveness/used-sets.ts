import type { Numbered } from './uses.ts'

/** Sets of the coalition's messages that somebody has used, each with a number. */
export class UsedSets {
  /** By number. */
  readonly values: Numbered[][] = [[]]
  readonly #numbers = new Map<string, number>([['', 0]])
  /** By number, then by the key of the messages that are added. */
  readonly #more: Map<string, number>[] = []

  /** The number of a set of messages. */
  number(words: readonly Numbered[]): number {
    if (words.length === 0) return 0
    const texts = new Map(words.map((word) => [`${word.message}.${word.from}`, word]))
    const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1))
    const key = sorted.map(([text]) => text).join()
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.values.length
      this.values.push(sorted.map(([, word]) => word))
      this.#numbers.set(key, number)
    }
    return number
  }

  /**
   * The number of a set with more messages in it.
   *
   * @param key the same text for the same messages
   */
  plus(number: number, words: readonly Numbered[], key: string): number {
    if (words.length === 0) return number
    this.#more[number] ??= new Map()
    let after = this.#more[number].get(key)
    if (after === undefined) {
      after = this.number([...this.values[number]!, ...words])
      this.#more[number].set(key, after)
    }
    return after
  }
}
