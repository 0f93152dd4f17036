import { type Id, remembered, type Tallies, textOfTallies, votersOf, withVoters } from '../model/index.ts'
import { Interner } from '../system/index.ts'

/** Votes by number: equal ones have one, and what becomes of them by one more vote is worked out once. */
export class Ballots {
  readonly #votes = new Interner<Tallies>(textOfTallies)
  readonly #grown: Map<string, number>[] = []

  get values(): readonly Tallies[] {
    return this.#votes.values
  }

  number(tallies: Tallies): number {
    return this.#votes.number(tallies)
  }

  /** The same votes, and one more. */
  with(number: number, tally: string, key: string, voter: Id): number {
    this.#grown[number] ??= new Map()
    return remembered(this.#grown[number], `${tally} ${voter} ${key}`, () => {
      const tallies = this.values[number]!
      return this.number(withVoters(tallies, tally, key, [...votersOf(tallies, tally, key), voter]))
    })
  }
}
