import { byText, canonical, correctIds, type Id, type Program, partAt, textOf } from '../../model/index.ts'
import {
  type Leaf,
  MOST_PARTICIPANTS,
  type Node,
  type Question,
  satisfied,
  standingOf,
  type Table,
} from '../../system/index.ts'
import type { PossibleFiring } from './confluent.ts'
import { HealedInbox, type Soup, type SoupEntry, Soups } from './soups.ts'

/** What a participant has used of the coalition's messages. */
export interface UsedWords {
  /** By content, then by sender: the order in which they are offered. */
  readonly words: readonly SoupEntry[]
  /** Equal texts for equal words. */
  readonly key: string
}

/** Nothing was used. */
export const NONE_USED: UsedWords = { words: [], key: '' }

/** What was used, in the order in which it is offered. */
export function usedWords(entries: readonly SoupEntry[]): UsedWords {
  const words = [...entries].sort(byWord)
  return { words, key: words.map(({ from, message }) => `${from}.${message}`).join() }
}

/** What participants have in their inboxes in healed runs, and what their rules do on it. */
export class Inboxes {
  readonly soups = new Soups()
  readonly #program: Program
  readonly #table: Table
  readonly #ids: readonly Id[]
  readonly #entries = new Map<number, SoupEntry>()

  constructor(program: Program, table: Table) {
    this.#program = program
    this.#table = table
    this.#ids = correctIds(program.setting)
  }

  /** The one entry for a word and its receivers. */
  entry(from: Id, message: number, to: Id | 'all'): SoupEntry {
    const key = (message * (MOST_PARTICIPANTS + 1) + (to === 'all' ? MOST_PARTICIPANTS : to)) * MOST_PARTICIPANTS + from
    let entry = this.#entries.get(key)
    if (!entry) {
      const value = this.#table.messages.values[message]!
      const hears = (at: Id): boolean => standingOf(this.#program, { from, message: value, to }, at) === 'trigger'
      const hearers = this.#ids.includes(from) ? this.#ids.filter(hears).reduce((mask, at) => mask | (1 << at), 0) : 0
      const text = canonical({ from, message: value, to } as never)
      const isOwn = standingOf(this.#program, { from, message: value, to }, from) === 'evidence'
      const hash = Math.imul(this.#entries.size + 1, 0x9e3779b1)
      entry = { from, message, type: value.type, to, text, content: textOf(value), hearers, isOwn, hash }
      this.#entries.set(key, entry)
    }
    return entry
  }

  /** What a participant has in its inbox: its own words, those of the correct, the coalition's that it has used. */
  of(at: Id, soup: Soup, used: UsedWords): HealedInbox {
    soup.inboxes[at] ??= new Map()
    let inbox = soup.inboxes[at].get(used.key)
    if (!inbox) {
      inbox = this.#inbox(at, soup.entries, used.words)
      soup.inboxes[at].set(used.key, inbox)
      this.soups.count()
    }
    return inbox
  }

  #inbox(at: Id, entries: readonly SoupEntry[], used: readonly SoupEntry[]): HealedInbox {
    const words = entries.filter(({ from, isOwn }) => isOwn && from === at)
    const own = words.length
    const bit = 1 << at
    for (const entry of entries) if ((entry.hearers & bit) !== 0) words.push(entry)
    words.push(...used)
    const seen = new Set<number>()
    const distinct = words.filter(({ from, message }) => {
      const key = message * MOST_PARTICIPANTS + from
      return !seen.has(key) && seen.add(key)
    })
    return new HealedInbox(distinct, own)
  }

  /** Number `i` of all that can fire in a local state on what is heard. */
  fires(at: Id, local: number, inbox: HealedInbox, i: number): Leaf | undefined {
    let firing = inbox.firing.get(local)
    if (!firing) {
      firing = { leaves: [], rule: 0, word: 0 }
      inbox.firing.set(local, firing)
      this.soups.count()
    }
    const { rules } = partAt(this.#program, at)
    for (; firing.leaves.length <= i && firing.rule < rules.length; firing.rule++, firing.word = 0) {
      const rule = rules[firing.rule]!
      const words = inbox.triggers(rule.type)
      while (firing.leaves.length <= i && firing.word < words.length) {
        const { from, message } = words[firing.word++]!
        const leaf = this.leafOf(inbox, this.#table.onMessage(at, local, rule, message, from))
        if (leaf) firing.leaves.push(leaf)
      }
      if (firing.leaves.length > i) break
    }
    return firing.leaves[i]
  }

  /** What fired, in words: the first rule that comes to the same in any state that was met. Asked where no end is seen. */
  firedBy(at: Id, inbox: HealedInbox, leaf: Leaf): string {
    for (let local = this.#table.locals.values.length - 1; local >= 0; local--) {
      for (const rule of partAt(this.#program, at).rules) {
        const isIt = ({ from, message, type }: SoupEntry): boolean =>
          type === rule.type && this.leafOf(inbox, this.#table.onMessage(at, local, rule, message, from)) === leaf
        if (inbox.words.some(isIt)) return `rule ${rule.name}`
      }
    }
    return 'an input or a coin'
  }

  /**
   * What could fire in a local state on all that is heard in the end; nothing where a choice would be made.
   *
   * @param alone what needs no message, by name
   */
  firings(
    at: Id,
    local: number,
    inbox: HealedInbox,
    alone: readonly (readonly [name: string, node: Node])[],
  ): PossibleFiring[] | undefined {
    const firings: PossibleFiring[] = []
    for (const { rule, message, from, first } of this.#tried(at, local, inbox, alone)) {
      const asks: object[] = []
      let node: Node | undefined = first
      while (node?.kind === 'asks') {
        if (node.ask.ask.kind === 'take') return undefined
        asks.push(node.ask)
        node = this.#answered(inbox, node)
      }
      if (node?.kind !== 'fires') continue
      const { outputs, notes, sent, local: target } = node
      if (target === local && outputs.length + notes.length + sent.length === 0) continue
      firings.push({ rule, message, from, asks, leaf: node })
    }
    return firings
  }

  *#tried(at: Id, local: number, inbox: HealedInbox, alone: readonly (readonly [name: string, node: Node])[]) {
    for (const [rule, first] of alone) yield { rule, message: -1, from: at, first }
    for (const rule of partAt(this.#program, at).rules) {
      for (const { from, message } of inbox.triggers(rule.type)) {
        yield { rule: rule.name, message, from, first: this.#table.onMessage(at, local, rule, message, from) }
      }
    }
  }

  /** What a rule does in the end, if all that it asks is answered. */
  leafOf(inbox: HealedInbox, first: Node): Leaf | undefined {
    let node: Node | undefined = first
    while (node?.kind === 'asks') node = this.#answered(inbox, node)
    return node?.kind === 'fires' ? node : undefined
  }

  #answered({ words }: HealedInbox, question: Question): Node | undefined {
    const { ask } = question.ask
    const chosen = new Map<Id, number>()
    for (const { from, message } of words) {
      if (chosen.size === ask.q) break
      if (!chosen.has(from) && (question.ask.mask(message) & (1 << from)) !== 0) chosen.set(from, message)
    }
    if (chosen.size < ask.q) return undefined
    const messages = [...chosen.values()]
    return ask.kind === 'need' ? satisfied(question) : this.#table.take(question, messages)
  }
}

/** By content, then by sender: the order in which the coalition's messages are offered. */
function byWord(a: SoupEntry, b: SoupEntry): number {
  return byText(a.content, b.content) || a.from - b.from
}
