/**
 * What a vote does that is counted, whoever it is from: tried with every sender, once among those who have voted and
 * once not.
 *
 * Where all do the same, two happenings take the place of one for each sender: a vote from somebody who is not yet
 * counted, which needs one sender more than there are; and a vote from somebody who is. See tallies.ts.
 */
import type { Asked, Id, Tallies } from '../model/index.ts'
import { type Fact, factOf, type Handlers, type Ran, tallyOf } from './handlers.ts'
import type { Names } from './tallies.ts'

/** What a message does if its sender is counted. */
export interface Counted {
  readonly key: Fact
  /** What it does from somebody who is not counted yet, or is; nothing where everybody is counted, or nobody. */
  readonly fresh: Ran | undefined
  readonly again: Ran | undefined
  /** How many must have said it, if it comes from somebody who is not counted yet. */
  readonly needed: number
}

export class Counting {
  readonly #handlers: Handlers
  readonly #names: Names

  constructor(handlers: Handlers, names: Names) {
    this.#handlers = handlers
    this.#names = names
  }

  /** What a message does, if it is counted; otherwise, what it does from each sender that makes a difference. */
  on(at: Id, control: number, tallies: Tallies, rule: string, message: number): Counted | readonly Ran[] {
    const senders = this.#names.senders(at)
    const ran = (votes: Tallies, from: Id): Ran =>
      this.#handlers.run(at, control, votes, this.#handlers.word(rule, message, from))
    const keys = new Set<Fact>()
    const all: Ran[] = []
    for (const from of senders) {
      const one = ran(tallies, from)
      for (const key of this.#names.asked(one, at, from, message)) keys.add(key)
      all.push(one)
      if (!one.sawSender) break
    }
    const [key, ...others] = keys
    if (key === undefined) return all
    this.several(others)
    const tried = (has: boolean): Ran => {
      const votes = senders.map((from) => this.#names.shown(tallies, key, from, has, at))
      const runs = senders.map((from, i) => ran(votes[i]!, from))
      const asked = runs.map((one, i) => this.#names.asked(one, at, senders[i], message))
      const texts = runs.map((one, i) => textOf(one, senders[i]!, key))
      if (!this.isSame(texts, asked, key)) this.#names.name(tallyOf(key))
      return runs[0]!
    }
    const size = this.#names.sizeOf(tallies, key, at)
    return {
      key,
      fresh: size < senders.length ? tried(false) : undefined,
      again: size > 0 ? tried(true) : undefined,
      needed: this.needed(size),
    }
  }

  /** How many must have said a message that goes into a tally of some size? Those who are in it have said it, too. */
  protected needed(size: number): number {
    return size + 1
  }

  /** Who is in one tally and not in another is more than counts tell. */
  protected several(others: readonly Fact[]): void {
    for (const other of others) this.#names.name(tallyOf(other))
  }

  /** Does the message do the same from every sender, and ask the same? */
  protected isSame(texts: readonly string[], asked: readonly (readonly Fact[])[], key: Fact): boolean {
    return texts.every((text, i) => text === texts[0] && asked[i]!.join() === key)
  }
}

/** What a run asks and does, whoever the sender is that it counts. */
function textOf({ asked, added, cut, control, label }: Ran, from: Id, key: Fact): string {
  const named = (list: readonly Asked[]) =>
    list.map((one) => [one.kind, factOf(one), factOf(one) === key && one.voter === from ? 's' : one.voter, one.answer])
  return JSON.stringify([named(asked), named(added), cut, control, label])
}
