/** What has been said in a healed run, and what somebody hears of it, each met once however many runs come to it. */
import { type Facts, type Id, remembered } from '../../model/index.ts'
import type { Leaf } from '../../system/index.ts'

/** A word with its receivers. */
export interface SoupEntry {
  readonly from: Id
  /** Its number in the healing table. */
  readonly message: number
  readonly type: string
  readonly to: Id | 'all'
  /** The canonical text of the envelope: what a soup is sorted by. */
  readonly text: string
  /** That of the message. */
  readonly content: string
  /**
   * Bits of the correct participants, other than the one who says it, who can get it; none if a Byzantine replica says
   * it.
   */
  readonly hearers: number
  /** Is it evidence for the one who says it, which triggers nothing? */
  readonly isOwn: boolean
  /** Equal soups have equal sums of them. */
  readonly hash: number
}

/** How a healed run ends. */
export interface End {
  readonly outputs: readonly (readonly number[])[]
  readonly notes: readonly (readonly number[])[]
  readonly facts: Facts
}

/** What comes of healed runs from a rest, by the words of the coalition that they turn out to depend on. */
export interface Ends {
  /** The word that makes a difference first, and to whom. */
  asked?: { readonly at: Id; readonly word: SoupEntry }
  arrived?: Ends
  missing?: Ends
  end?: End
}

/** Words in the order of their texts. Equal soups are one object. */
export class Soup {
  readonly entries: readonly SoupEntry[]
  readonly hash: number
  /** By participant and by what it has used of the coalition's messages. */
  readonly inboxes: Map<string, HealedInbox>[] = []
  readonly after = new Map<SoupEntry, Soup>()
  /** By all else that a healed run depends on. */
  readonly ends = new Map<string, Ends>()
  constructor(entries: readonly SoupEntry[], hash: number) {
    this.entries = entries
    this.hash = hash
  }
}

/** What a participant hears, in the order in which it is offered, and what its rules make of it. */
export class HealedInbox {
  readonly words: readonly SoupEntry[]
  /** How many of them, in front, are its own broadcasts, which trigger nothing. */
  readonly own: number
  /** How many of them, in front, are words of the correct. */
  readonly correct: number
  /** Words of the coalition of which nothing is known, in the order in which they would be offered. */
  readonly open: readonly SoupEntry[]
  /** By local state: what fires, as far as it was asked for. */
  readonly firing = new Map<number, Fires>()
  /** By local state: does the order of firings make no difference from there on? */
  readonly confluent = new Map<number, boolean>()
  readonly #byType = new Map<string, readonly SoupEntry[]>()
  readonly #offers = new Map<string, readonly SoupEntry[]>()
  constructor(words: readonly SoupEntry[], own: number, correct: number, open: readonly SoupEntry[]) {
    this.words = words
    this.own = own
    this.correct = correct
    this.open = open
  }

  /** What may trigger rules on messages of a type, in order. */
  triggers(type: string): readonly SoupEntry[] {
    return remembered(this.#byType, type, () => this.words.slice(this.own).filter((word) => word.type === type))
  }

  /** The same, and the open words in their places among those of the coalition. */
  offers(type: string, order: (one: SoupEntry, other: SoupEntry) => number): readonly SoupEntry[] {
    if (this.open.length === 0) return this.triggers(type)
    return remembered(this.#offers, type, () => {
      const ofType = (words: readonly SoupEntry[]) => words.filter((word) => word.type === type)
      const others = [...ofType(this.words.slice(this.correct)), ...ofType(this.open)].sort(order)
      return [...ofType(this.words.slice(this.own, this.correct)), ...others]
    })
  }
}

/** What can fire first, or next. */
export interface NextFiring {
  /** Nothing fires any more if there is none. */
  readonly leaf: Leaf | undefined
  /** The open words that would change it. */
  readonly matters: readonly SoupEntry[]
}

export interface Fires {
  /** In the order of rules and words. */
  readonly found: NextFiring[]
  /** What comes after all of them: nothing fires any more. */
  last?: NextFiring
  /** What matters to whatever is found next. */
  matters: SoupEntry[]
  /** The rule that is tried next, and on which of the words of its type. */
  rule: number
  word: number
}

/** Soups, and what is remembered with them, before all of it is forgotten: it is worked out again where it is needed. */
const MOST_KNOWN = 50_000

export class Soups {
  #empty = new Soup([], 0)
  #byHash = new Map<number, Soup[]>()
  #known = 0

  /** Nothing has been said yet. */
  empty(): Soup {
    if (this.#known > MOST_KNOWN) {
      this.#empty = new Soup([], 0)
      this.#byHash = new Map()
      this.#known = 0
    }
    return this.#empty
  }

  /** Counts something that is remembered. */
  count(): void {
    this.#known++
  }

  /** A soup and one more word; the very soup where the word is in it. */
  plus(soup: Soup, entry: SoupEntry): Soup {
    let after = soup.after.get(entry)
    if (!after) {
      after = soup.entries.includes(entry) ? soup : this.#with(soup, entry)
      soup.after.set(entry, after)
    }
    return after
  }

  #with({ entries, hash: before }: Soup, entry: SoupEntry): Soup {
    const hash = (before + entry.hash) | 0
    const alike = remembered(this.#byHash, hash, () => [])
    const index = placeOf(entry, entries)
    for (const soup of alike) if (isWith(soup.entries, entries, entry, index)) return soup
    const soup = new Soup(inserted(entries, entry, index), hash)
    alike.push(soup)
    this.count()
    return soup
  }
}

/** A soup that nobody will come to again, with one more word; the very soup where the word is in it. */
export function passing(soup: Soup, entry: SoupEntry): Soup {
  const { entries, hash } = soup
  return entries.includes(entry) ? soup : new Soup(inserted(entries, entry, placeOf(entry, entries)), hash + entry.hash)
}

function placeOf({ text }: SoupEntry, entries: readonly SoupEntry[]): number {
  let index = entries.length
  while (index > 0 && entries[index - 1]!.text > text) index--
  return index
}

function inserted(entries: readonly SoupEntry[], entry: SoupEntry, index: number): SoupEntry[] {
  return [...entries.slice(0, index), entry, ...entries.slice(index)]
}

/** Is it the list with an entry more, at a place? */
function isWith(longer: readonly SoupEntry[], list: readonly SoupEntry[], entry: SoupEntry, index: number): boolean {
  if (longer.length !== list.length + 1 || longer[index] !== entry) return false
  for (let i = 0; i < list.length; i++) if (longer[i < index ? i : i + 1] !== list[i]) return false
  return true
}
