import { type Id, type Tallies, textOfTallies, votersOf, withVoters } from '../model/index.ts'

/** Votes by number: equal ones have one, and what becomes of them by one more vote is worked out once. */
export class Ballots {
  readonly values: Tallies[] = []
  readonly #numbers = new Map<string, number>()
  readonly #grown: Map<string, number>[] = []

  number(tallies: Tallies): number {
    const text = textOfTallies(tallies)
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.values.length
      this.values.push(tallies)
      this.#grown.push(new Map())
      this.#numbers.set(text, number)
    }
    return number
  }

  /** The same votes, and one more. */
  with(number: number, tally: string, key: string, voter: Id): number {
    const name = `${tally} ${voter} ${key}`
    let grown = this.#grown[number]!.get(name)
    if (grown === undefined) {
      const tallies = this.values[number]!
      grown = this.number(withVoters(tallies, tally, key, [...votersOf(tallies, tally, key), voter]))
      this.#grown[number]!.set(name, grown)
    }
    return grown
  }
}
