/** What has been said in a healed run, and what somebody hears of it, each met once however many runs come to it. */
import type { Id } from '../../model/index.ts'
import type { Leaf } from '../../system/index.ts'

/** A word with its receivers. */
export interface Entry {
  readonly from: Id
  /** Its number in the healing table. */
  readonly message: number
  readonly type: string
  readonly to: Id | 'all'
  /** The canonical text of the envelope: what a soup is sorted by. */
  readonly text: string
  /** That of the message. */
  readonly content: string
  /** Bits of the correct participants, other than the one who says it, who can get it; none if a liar says it. */
  readonly hearers: number
}

/** Words in the order of their texts. Equal soups are one object. */
export class Soup {
  readonly entries: readonly Entry[]
  /** By participant and by what it has used of the coalition's words. */
  readonly inboxes: Map<string, Inbox>[] = []
  readonly after = new Map<Entry, Soup>()
  constructor(entries: readonly Entry[]) {
    this.entries = entries
  }
}

/** What a participant hears, in the order in which it is offered, and what its rules make of it. */
export class Inbox {
  readonly words: readonly Entry[]
  /** How many of them, in front, are its own broadcasts, which trigger nothing. */
  readonly own: number
  /** By local state: what fires, as far as it was asked for. */
  readonly firing = new Map<number, Fires>()
  /** By local state: does the order of firings make no difference from there on? */
  readonly confluent = new Map<number, boolean>()
  constructor(words: readonly Entry[], own: number) {
    this.words = words
    this.own = own
  }
}

export interface Fires {
  /** In the order of rules and words. */
  readonly leaves: Leaf[]
  /** Pairs of a rule and a word that were tried. */
  tried: number
}

/** Soups, and what is remembered with them, before all of it is forgotten: it is worked out again where it is needed. */
const MOST_KNOWN = 200_000

export class Soups {
  #empty = new Soup([])
  #byKey = new Map<string, Soup>()
  readonly #numbers = new Map<Entry, number>()
  #known = 0

  /** Nothing has been said yet. */
  empty(): Soup {
    if (this.#known > MOST_KNOWN) {
      this.#empty = new Soup([])
      this.#byKey = new Map()
      this.#known = 0
    }
    return this.#empty
  }

  /** Counts something that is remembered. */
  count(): void {
    this.#known++
  }

  /** A soup and one more word; the very soup where the word is in it. */
  plus(soup: Soup, entry: Entry): Soup {
    let after = soup.after.get(entry)
    if (!after) {
      after = soup.entries.includes(entry) ? soup : this.#with(soup, entry)
      soup.after.set(entry, after)
    }
    return after
  }

  #with({ entries }: Soup, entry: Entry): Soup {
    const index = entries.findIndex((other) => other.text > entry.text)
    const more = index < 0 ? [...entries, entry] : [...entries.slice(0, index), entry, ...entries.slice(index)]
    const key = more.map((one) => this.#number(one)).join()
    let soup = this.#byKey.get(key)
    if (!soup) {
      soup = new Soup(more)
      this.#byKey.set(key, soup)
      this.count()
    }
    return soup
  }

  #number(entry: Entry): number {
    let number = this.#numbers.get(entry)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(entry, number)
    }
    return number
  }
}
