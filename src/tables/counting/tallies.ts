/**
 * Tallies of which nothing matters but how many senders are in them.
 *
 * Most handlers ask of a tally how many have voted for a key, and whether the sender of the message that they handle
 * has; and they add that sender. Such a handler does the same whoever has voted. So states that differ by who has voted
 * are one: that in which the first k senders have. What a vote does there depends on whether its sender is among them
 * (which needs k ≥ 1) or is not (which needs k + 1 senders to have sent it: those who are counted have sent it, too).
 *
 * Where a replica does not receive its own messages over the network, it may add itself, or ask whether it is in a
 * tally. Then it is no sender, but known apart: what matters is whether the replica itself has voted for a key, and how
 * many others.
 *
 * Conditions: nobody else is asked for or added, and nobody is asked for whatever he has voted for; a tally starts
 * empty; one message alone goes into one key, and no other asks there for its sender; a handler asks one key alone for
 * its sender; and it does the same for each sender (counting.ts tries the last two). All is seen in the questions of
 * every run. A tally in which one of them fails keeps its ids from then on.
 */
import type { Ballots } from '../../kernel/ballots.ts'
import { BREAK, type Fact, factOf, tallyOf } from '../../kernel/facts.ts'
import type { TriedEvent } from '../../kernel/offered-event.ts'
import { canonical, type Id, range, type Tallies, votersOf, withVoters } from '../../model/index.ts'

/** More is known by now than what was found so far rests on: all of it has to be looked for again. */
export class Stale extends Error {
  override readonly name = 'Stale'
}

export class Names {
  /** Tallies that keep ids. */
  readonly #named = new Set<string>()
  /** By key: the message whose senders are asked for there, and go into it. */
  readonly #feeds = new Map<Fact, number>()
  readonly #ids: number
  readonly #tallies: number
  readonly #hearsItself: boolean
  #senders: (readonly Id[] | undefined)[] = []
  #knowsSelf = false

  /**
   * @param tallies how many there are
   * @param ids how many participants there are
   * @param hearsItself can a message come to somebody under its own id?
   */
  constructor(tallies: number, ids: number, hearsItself: boolean) {
    this.#tallies = tallies
    this.#ids = ids
    this.#hearsItself = hearsItself
  }

  /** Does a replica add itself to its tallies, or look for itself there? Then equal states of two replicas differ. */
  get knowsSelf(): boolean {
    return this.#knowsSelf
  }

  /** Do all tallies keep ids? */
  get areAll(): boolean {
    return this.#named.size === this.#tallies
  }

  /** From now on, a tally is taken as it is. */
  name(tally: string): void {
    if (this.#named.has(tally)) return
    this.#named.add(tally)
    throw new Stale()
  }

  /** An initial state has no names in it. */
  start(tallies: Tallies): void {
    for (const tally of Object.keys(tallies)) this.name(tally)
  }

  /**
   * The keys that a handler asked for its sender, of tallies that are counted.
   *
   * @throws Stale where a tally has to keep its ids
   */
  asked({ asked, sawSender }: TriedEvent, at: Id, from?: Id, message?: number): readonly Fact[] {
    const found = new Set<Fact>()
    for (const one of asked) {
      const { kind, tally, voter } = one
      if (kind === 'count' || this.#named.has(tally)) continue
      if (kind === 'voted') this.name(tally)
      // Whoever it asked for, if it did not look at who has sent the message.
      else if (voter === from && sawSender) {
        found.add(factOf(one))
        if (!this.feeds(factOf(one), message!)) this.name(tally)
      } else if (voter !== at || this.#hearsItself) this.name(tally)
      else if (!this.#knowsSelf) {
        this.#knowsSelf = true
        this.#senders = []
        throw new Stale()
      }
    }
    return [...found]
  }

  /** Does no other message ask for its sender, or go into a key? Who has sent this one need not have sent another. */
  protected feeds(fact: Fact, message: number): boolean {
    if (!this.#feeds.has(fact)) this.#feeds.set(fact, message)
    return this.#feeds.get(fact) === message
  }

  /** The votes that stand for all that differ by who has voted. */
  standing(tallies: Tallies, at: Id): Tallies {
    let now = tallies
    for (const [tally, entries] of Object.entries(tallies)) {
      if (this.#named.has(tally)) continue
      for (const { key, voters } of entries) {
        const senders = this.#withSelf(voters, at, this.senders(at).slice(0, this.#others(voters, at)))
        if (!voters.every((id, i) => id === senders[i])) now = withVoters(now, tally, canonical(key), senders)
      }
    }
    return now
  }

  /** The votes that stand for these and more, by number. */
  grown(ballots: Ballots, votes: number, added: TriedEvent['added'], at: Id): number {
    return added.reduce((now, { tally, key, voter }) => {
      if (this.#named.has(tally) || this.#isApart(voter!, at)) return ballots.with(now, tally, key, voter!)
      const others = this.#others(votersOf(ballots.values[now], tally, key), at)
      return ballots.with(now, tally, key, this.senders(at)[others]!)
    }, votes)
  }

  /** The same, with a sender among those who have voted for a key, or not. */
  shown(tallies: Tallies, fact: Fact, from: Id, has: boolean, at: Id): Tallies {
    const [tally, key] = [tallyOf(fact), fact.slice(fact.indexOf(BREAK) + 1)]
    const voters = votersOf(tallies, tally, key)
    const [size, others] = [this.#others(voters, at), this.senders(at).filter((id) => id !== from)]
    const senders = has ? [from, ...others.slice(0, size - 1)] : others.slice(0, size)
    return withVoters(tallies, tally, key, this.#withSelf(voters, at, senders))
  }

  /** How many senders have voted for a key. */
  sizeOf(tallies: Tallies, fact: Fact, at: Id): number {
    return this.#others(votersOf(tallies, tallyOf(fact), fact.slice(fact.indexOf(BREAK) + 1)), at)
  }

  /** Who may be a sender, to one participant. */
  senders(at: Id): readonly Id[] {
    this.#senders[at] ??= range(this.#ids).filter((id) => !this.#isApart(id, at))
    return this.#senders[at]
  }

  /** Is it the replica itself, which is no sender? */
  #isApart(id: Id, at: Id): boolean {
    return this.#knowsSelf && id === at && !this.#hearsItself
  }

  #others(voters: readonly Id[], at: Id): number {
    return voters.filter((id) => !this.#isApart(id, at)).length
  }

  /** Senders and, where it has voted, the replica itself. */
  #withSelf(voters: readonly Id[], at: Id, senders: readonly Id[]): Id[] {
    return [...senders, ...voters.filter((id) => this.#isApart(id, at))].sort((one, other) => one - other)
  }
}
