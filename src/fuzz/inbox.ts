import { bits } from '../adversary/index.ts'
import { byText, type Id, textOf } from '../model/index.ts'
import { type AskTable, IDS, packed, type Table } from '../system/index.ts'
import type { Menu } from './menu.ts'

/** A word by number. */
export interface Heard {
  readonly message: number
  readonly from: Id
}

/** How a word came: really said to this participant, only the coalition stands for it, or its own broadcast. */
export const TRUE = 0
export const LIE = 1
export const OWN = 2
export type Standing = typeof TRUE | typeof LIE | typeof OWN

/** A word that came in several ways: what can do more counts. Its own broadcast triggers nothing. */
const RANK: Record<Standing, number> = { [OWN]: 0, [LIE]: 1, [TRUE]: 2 }

export interface Held extends Heard {
  readonly standing: Standing
}

/**
 * What is available at one participant: a set, and the same object wherever the set is the same, so that what follows
 * from it is worked out once for all runs.
 */
export class Inbox {
  /** By content, so that nothing depends on what was numbered first. */
  readonly words: readonly Held[]
  /** By message number: bits of the senders whose word counts as evidence. */
  readonly visible = new Map<number, number>()
  readonly next = new Map<number, Inbox>()
  /** What can be done with it, by local state and participant. */
  readonly menus = new Map<number, Menu>()

  constructor(words: readonly Held[]) {
    this.words = words
    for (const { message, from } of words) this.visible.set(message, (this.visible.get(message) ?? 0) | (1 << from))
  }

  /** Has the word come, in whatever way? */
  has(message: number, from: Id): boolean {
    return ((this.visible.get(message) ?? 0) & (1 << from)) !== 0
  }

  /** Does only the coalition stand for the word? */
  isLie(message: number, from: Id): boolean {
    return this.words.some((word) => word.message === message && word.from === from && word.standing === LIE)
  }

  /** Bits of the senders whose words answer a question. */
  senders(ask: AskTable): number {
    let mask = 0
    for (const message of ask.matching()) {
      const from = this.visible.get(message)
      if (from !== undefined) mask |= from & ask.mask(message)
    }
    return mask & ask.role
  }

  /** Are there enough of them? */
  satisfies(ask: AskTable): boolean {
    return bits(this.senders(ask)) >= ask.ask.q
  }
}

const codeOf = ({ message, from, standing }: Held): number => packed(packed(message, from, IDS), standing, 4)

/** All inboxes that were met. */
export class Inboxes {
  readonly empty = new Inbox([])
  readonly #table: Table
  readonly #bySet = new Map<string, Inbox>([['', this.empty]])

  constructor(table: Table) {
    this.#table = table
  }

  get size(): number {
    return this.#bySet.size
  }

  /** The inbox with one more word; the very inbox where it adds nothing. */
  add(inbox: Inbox, message: number, from: Id, standing: Standing): Inbox {
    const word: Held = { message, from, standing }
    const code = codeOf(word)
    let next = inbox.next.get(code)
    if (!next) {
      next = this.#added(inbox, word)
      inbox.next.set(code, next)
    }
    return next
  }

  #added(inbox: Inbox, word: Held): Inbox {
    const known = inbox.words.find(({ message, from }) => message === word.message && from === word.from)
    if (known && RANK[known.standing] >= RANK[word.standing]) return inbox
    const text = (held: Held): string => textOf(this.#table.messages.values[held.message]!)
    const words = [...inbox.words.filter((held) => held !== known), word].sort(
      (a, b) => byText(text(a), text(b)) || a.from - b.from,
    )
    const key = words.map(codeOf).join()
    let next = this.#bySet.get(key)
    if (!next) {
      next = new Inbox(words)
      this.#bySet.set(key, next)
    }
    return next
  }
}
