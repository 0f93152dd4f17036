import { Masks, Numbers } from './bits.ts'

/** Votes that one participant has counted: by number of what they are for, bits of the voters. */
export class Ballot {
  readonly votes = new Masks()
  /** Numbers of what there are votes for. */
  readonly facts = new Numbers()

  /** @param counts what is voted for and the voter's bit, one after another */
  count(counts: readonly number[]): void {
    for (let i = 0; i < counts.length; i += 2) {
      if (this.votes.get(counts[i]!) === 0) this.facts.push(counts[i]!)
      this.votes.or(counts[i]!, counts[i + 1]!)
    }
  }

  /** The votes so far, as `count` takes them. */
  save(): number[] {
    return [...this.facts].flatMap((fact) => [fact, this.votes.get(fact)])
  }

  clear(): void {
    for (let i = 0; i < this.facts.length; i++) this.votes.clear(this.facts.values[i]!)
    this.facts.clear()
  }
}
