import type { Id } from '../../model/index.ts'
import type { Branches } from './branches.ts'
import type { End, Ends, SoupEntry } from './soups.ts'

/** Has a participant got a word of the coalition? Nothing where that is not known. */
export type HasArrived = (at: Id, word: SoupEntry) => boolean | undefined

/** Of these words of the coalition some have arrived: from so many senders at least. */
export interface Owed {
  readonly least: number
  readonly words: readonly SoupEntry[]
}

/**
 * Which of the coalition's words have arrived, where that is not known. Each is guessed when it makes a difference for
 * the first time; one that makes none may have arrived or not.
 */
export class Guesses {
  readonly choices: Branches
  readonly #arrived: HasArrived
  /** By receiver; all is under the first where what one has is told to all. */
  readonly #known: Map<SoupEntry, boolean>[]
  readonly #gossip: boolean
  /** By receiver, as above. */
  readonly #owed: Owed[][]
  /** Where a run from a rest that is taken for the first time has come to. */
  #here: Ends | undefined
  /** What has been asked in it. */
  #asked: Set<SoupEntry>[] = []

  constructor(
    choices: Branches,
    arrived: HasArrived,
    gossip: boolean,
    known: readonly Map<SoupEntry, boolean>[] = [],
    owed: readonly (readonly Owed[])[] = [],
  ) {
    this.choices = choices
    this.#arrived = arrived
    this.#gossip = gossip
    this.#known = known.map((one) => new Map(one))
    this.#owed = owed.map((some) => [...some])
  }

  /** The same guesses, going on with other choices. */
  goOn(choices: Branches): Guesses {
    return new Guesses(choices, this.#arrived, this.#gossip, this.#known, this.#owed)
  }

  /** A participant turns out to have got some of these words: what is guessed from now on goes by that. */
  owe(at: Id, owed: readonly Owed[]): void {
    this.#of(this.#owed, at, () => []).push(...owed)
  }

  /** Can what was guessed be so, by what has arrived for sure? */
  isPossible(): boolean {
    return this.#owed.every((some, at) => some.every((one) => this.#canBe(at, one)))
  }

  #canBe(at: Id, { least, words }: Owed, missing?: SoupEntry): boolean {
    const senders = new Set(words.filter((word) => word !== missing && this.mayHave(at, word)).map(({ from }) => from))
    return senders.size >= least
  }

  has(at: Id, word: SoupEntry): boolean {
    const known = this.#of(this.#known, at, () => new Map())
    let has = known.get(word)
    if (has === undefined) {
      has = this.#arrived(at, word) ?? (this.#isOwed(at, word) || this.choices.choose(2) === 1)
      known.set(word, has)
    }
    const asked = this.#of(this.#asked, at, () => new Set())
    if (this.#here && !asked.has(word)) {
      asked.add(word)
      this.#here.asked ??= { at, word }
      this.#here = nextOf(this.#here, has)
    }
    return has
  }

  #isOwed(at: Id, word: SoupEntry): boolean {
    const owed = this.#of(this.#owed, at, () => [])
    return owed.some((one) => one.words.includes(word) && !this.#canBe(at, one, word))
  }

  /** Might it have arrived, as far as is known? */
  mayHave(at: Id, word: SoupEntry): boolean {
    return this.#of(this.#known, at, () => new Map()).get(word) ?? this.#arrived(at, word) ?? true
  }

  /** How a run ends that has come to a rest; where that is not known yet, it is run on from there. */
  endFrom(rest: Ends, runOn: () => End): End {
    let known = rest
    while (known.asked) known = nextOf(known, this.has(known.asked.at, known.asked.word))
    if (known.end) return known.end
    this.#here = rest
    const end = runOn()
    this.#here.end = end
    this.#here = undefined
    return end
  }

  #of<T>(list: T[], at: Id, make: () => T): T {
    const index = this.#gossip ? 0 : at
    list[index] ??= make()
    return list[index]
  }
}

function nextOf(ends: Ends, has: boolean): Ends {
  if (has) {
    ends.arrived ??= {}
    return ends.arrived
  }
  ends.missing ??= {}
  return ends.missing
}
