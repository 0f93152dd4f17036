import {
  byText,
  canonical,
  correctIds,
  type Id,
  isMetBy,
  type Liveness,
  type Program,
  partAt,
  remembered,
  textOf,
} from '../../model/index.ts'
import {
  type AskTable,
  type Leaf,
  MOST_PARTICIPANTS,
  type Node,
  type Question,
  satisfied,
  standingOf,
  type Table,
} from '../../system/index.ts'
import type { PossibleFiring } from './confluent.ts'
import { type Fires, HealedInbox, type NextFiring, type Soup, type SoupEntry, Soups } from './soups.ts'

/** What somebody may have said, in numbers of the healing table. */
export interface Word {
  readonly from: Id
  readonly message: number
}

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
  readonly #more = new Map<UsedWords, Map<SoupEntry, UsedWords>>()
  /** The open words, in the order in which they would be offered. */
  readonly open: readonly SoupEntry[]
  readonly #healing: Liveness['healing']

  /** @param open words of the coalition of which it is not known whether they have arrived, if they are not used */
  constructor(program: Program, table: Table, healing: Liveness['healing'], open: readonly Word[]) {
    this.#healing = healing
    this.#program = program
    this.#table = table
    this.#ids = correctIds(program.setting)
    this.open = open.map(({ from, message }) => this.entry(from, message, 'all')).sort(byWord)
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
    const seen = new Set<number>()
    const isNew = ({ from, message }: SoupEntry): boolean => {
      const key = message * MOST_PARTICIPANTS + from
      return !seen.has(key) && seen.add(key) !== undefined
    }
    const correct = words.filter(isNew)
    return new HealedInbox([...correct, ...used.filter(isNew)], own, correct.length, this.open.filter(isNew))
  }

  /** What was used, and a word more. */
  plus(used: UsedWords, word: SoupEntry): UsedWords {
    return remembered(
      remembered(this.#more, used, () => new Map()),
      word,
      () => usedWords([...used.words, word]),
    )
  }

  /** Number `i` of all that can fire in a local state on what is heard: what needs no message first, nothing at last. */
  fires(at: Id, local: number, inbox: HealedInbox, i: number): NextFiring {
    let firing = inbox.firing.get(local)
    if (!firing) {
      firing = { found: [], matters: [], rule: 0, word: 0 }
      inbox.firing.set(local, firing)
      this.soups.count()
      for (const [, node] of this.#alone(at, local)) add(firing, this.answered(inbox, node))
    }
    const known = firing.found[i] ?? firing.last
    if (known) return known
    const { rules } = partAt(this.#program, at)
    for (; firing.found.length <= i && firing.rule < rules.length; firing.rule++, firing.word = 0) {
      const rule = rules[firing.rule]!
      const words = inbox.offers(rule.type, byWord)
      while (firing.found.length <= i && firing.word < words.length) {
        const word = words[firing.word++]!
        const node = this.#table.onMessage(at, local, rule, word.message, word.from)
        if (inbox.open.includes(word)) firing.matters.push(...wouldFire(inbox, local, node, word))
        else add(firing, this.answered(inbox, node))
      }
      if (firing.found.length > i) break
    }
    if (firing.found.length <= i) firing.last = { leaf: undefined, matters: [...new Set(firing.matters)] }
    return firing.found[i] ?? firing.last!
  }

  #alone(at: Id, local: number): (readonly [name: string, node: Node])[] {
    if (this.#healing !== 'full') return []
    const inputs = this.#program.setting.inputs[at] ?? []
    const { coins } = this.#table.locals.values[local]!
    return [
      ...inputs.map((value) => [`input ${value}`, this.#table.onInput(at, local, value)] as const),
      ...coins.map((coin) => [`coin ${coin}`, this.#table.onCoin(at, local, coin, 0)] as const),
    ]
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

  /** What could fire in a local state on all that is heard in the end; nothing where a choice would be made. */
  firings(at: Id, local: number, inbox: HealedInbox): PossibleFiring[] | undefined {
    const firings: PossibleFiring[] = []
    for (const { rule, message, from, first } of this.#tried(at, local, inbox)) {
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

  *#tried(at: Id, local: number, inbox: HealedInbox) {
    for (const [rule, first] of this.#alone(at, local)) yield { rule, message: -1, from: at, first }
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

  /** The same, and the open words that would change it. */
  answered(inbox: HealedInbox, first: Node): NextFiring {
    const matters: SoupEntry[] = []
    let node: Node | undefined = first
    while (node?.kind === 'asks') {
      matters.push(...openTo(inbox, node))
      node = this.#answered(inbox, node)
    }
    return { leaf: node?.kind === 'fires' ? node : undefined, matters }
  }

  #answered({ words }: HealedInbox, question: Question): Node | undefined {
    const { ask } = question.ask
    const chosen = new Map<Id, number>()
    let senders = 0
    for (const { from, message } of words) {
      if (isMetBy(ask.q, senders)) break
      if (chosen.has(from) || (question.ask.mask(message) & (1 << from)) === 0) continue
      chosen.set(from, message)
      senders |= 1 << from
    }
    if (!isMetBy(ask.q, senders)) return undefined
    const messages = [...chosen.values()]
    return ask.kind === 'need' ? satisfied(question) : this.#table.take(question, messages)
  }
}

/** By content, then by sender: the order in which the coalition's messages are offered. */
function byWord(a: SoupEntry, b: SoupEntry): number {
  return byText(a.content, b.content) || a.from - b.from
}

/** Adds what was tried next: it fires, or the open words that would make it fire matter to all that comes after. */
function add(firing: Fires, { leaf, matters }: NextFiring): void {
  firing.matters.push(...matters)
  if (!leaf) return
  firing.found.push({ leaf, matters: [...new Set(firing.matters)] })
  firing.matters = []
}

/** The open words that would change how a question is answered. */
function openTo({ words, correct, open }: HealedInbox, { ask }: Question): readonly SoupEntry[] {
  const matching = open.filter(({ from, message }) => (ask.mask(message) & (1 << from)) !== 0)
  if (matching.length === 0) return matching
  const { kind } = ask.ask
  // Chosen are the first that there are, those of the correct first.
  const isSure = areEnough(words.slice(0, kind === 'need' ? words.length : correct), ask)
  return !isSure && areEnough([...words, ...matching], ask) ? matching : []
}

/** An open word, where a rule would do something on it; or the others that would have to be there, too. */
function wouldFire({ words, open }: HealedInbox, local: number, first: Node, word: SoupEntry): readonly SoupEntry[] {
  let node = first
  while (node.kind === 'asks') {
    const { ask } = node
    if (!areEnough([...words, word], ask)) {
      const others = open.filter((one) => one !== word && (ask.mask(one.message) & (1 << one.from)) !== 0)
      return areEnough([...words, word, ...others], ask) ? others : []
    }
    if (ask.ask.kind === 'take') return [word]
    node = satisfied(node)
  }
  if (node.kind === 'dead') return []
  return node.local !== local || node.sent.length + node.outputs.length + node.notes.length > 0 ? [word] : []
}

/** Are the senders whose words a question matches enough? */
function areEnough(words: readonly SoupEntry[], ask: AskTable): boolean {
  let senders = 0
  for (const { from, message } of words) senders |= ask.mask(message) & (1 << from)
  return ask.isMetBy(senders)
}
