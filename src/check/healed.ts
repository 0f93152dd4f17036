import {
  byText,
  canonical,
  correctIds,
  HarnessError,
  type Id,
  type Json,
  type Liveness,
  type Local,
  type Outcome,
  type Program,
  partAt,
  type Said,
  textOf,
} from '../model/index.ts'
import {
  answered,
  type Leaf,
  type Node,
  type Question,
  reaches,
  sorted,
  Table,
  unbounded,
  YES,
} from '../system/index.ts'
import { ownCounts } from './choices.ts'
import { type Firing, isConfluent } from './confluent.ts'

/** Firings in one healed run before we call it endless. */
const MOST_FIRINGS = 100_000

/** A word with its receivers, as numbers of the healing table. */
export interface Entry {
  readonly from: Id
  readonly message: number
  readonly to: Id | 'all'
  /** The canonical text of the envelope: what a soup is sorted by. */
  readonly text: string
  /** That of the message. */
  readonly content: string
}

/** Where a healed run starts: by participant id. */
export interface Wounded {
  readonly locals: readonly (Local | null)[]
  readonly soup: readonly Entry[]
  /** What each has used of the coalition's words, in order. */
  readonly used: readonly (readonly Entry[])[]
  readonly outputs: readonly (readonly Json[])[]
  readonly notes: readonly (readonly Json[])[]
}

/**
 * The canonical healed run on numbers: what `heal` does on the global state, several hundred times faster, because an
 * exhaustive search asks for it in every state. A law holds the two against each other.
 */
export class Healer {
  readonly #program: Program
  readonly #table: Table
  readonly #healing: Liveness['healing']
  readonly #ids: readonly Id[]
  readonly #entries = new Map<string, Entry>()
  #locals: number[] = []
  #soup: Entry[] = []
  #used: readonly (readonly Entry[])[] = []
  #outputs: Json[][] = []
  #notes: Json[][] = []
  #words: (readonly Entry[] | undefined)[] = []
  #left = 0
  #start: number[] = []

  constructor(program: Program, healing: Liveness['healing']) {
    this.#program = { ...unbounded(program), copies: true }
    this.#table = new Table(unbounded(program))
    this.#healing = healing
    this.#ids = correctIds(program.setting)
  }

  /** The one entry for a word and its receivers. */
  entry(from: Id, message: object, to: Id | 'all'): Entry {
    const text = canonical({ from, message, to } as never)
    let entry = this.#entries.get(text)
    if (!entry) {
      entry = { from, message: this.#table.messages.number(message as never), to, text, content: textOf(message) }
      this.#entries.set(text, entry)
    }
    return entry
  }

  /** What claims may see at the end of the healed run. */
  outcome({ locals, soup, used, outputs, notes }: Wounded): Outcome<any> {
    this.#locals = locals.map((local) => (local ? this.#table.locals.number(local as never) : -1))
    this.#soup = [...soup].sort((a, b) => (a.text < b.text ? -1 : 1))
    this.#used = used
    this.#outputs = outputs.map((list) => [...list])
    this.#notes = notes.map((list) => [...list])
    this.#words = []
    this.#left = MOST_FIRINGS
    this.#start = [...this.#locals]
    this.#settle()
    const most = this.#healing === 'full' ? this.#program.setting.n + 1 : 0
    for (let round = 0; round < most && this.#expire(); round++) this.#settle()
    return this.#seen()
  }

  /** What each participant has put out at the end of the last run, by id. */
  puts(): readonly { readonly outputs: readonly Json[]; readonly notes: readonly Json[] }[] {
    return this.#outputs.map((outputs, id) => ({ outputs, notes: this.#notes[id]! }))
  }

  /**
   * Would the last run have ended the same in any other order? Looked at is, for each participant, all that could have
   * fired on all that there was to hear in the end: if no firing ever disables or changes another, order is nothing.
   * Said only of runs without timeouts, inputs and coins.
   */
  isDeterminate(): boolean {
    if (this.#healing === 'full') return false
    return this.#ids.every((at) => isConfluent(this.#start[at]!, (local) => this.#firings(at, local)))
  }

  /** What could fire in a local state on all that is heard in the end; nothing where a choice would be made. */
  #firings(at: Id, local: number): Firing[] | undefined {
    const firings: Firing[] = []
    for (const rule of partAt(this.#program, at).rules) {
      for (const { from, message } of this.#heard(at)) {
        if (this.#table.messages.values[message]!.type !== rule.type || from === at) continue
        const asks: object[] = []
        let node: Node | undefined = this.#table.onMessage(at, local, rule, message, from)
        while (node?.kind === 'asks') {
          if (node.ask.ask.kind === 'take') return undefined
          asks.push(node.ask)
          node = this.#answered(at, node)
        }
        if (node?.kind !== 'fires') continue
        const { outputs, notes, sent, local: target } = node
        if (target === local && outputs.length + notes.length + sent.length === 0) continue
        firings.push({ rule: rule.name, message, asks, target, puts: outputs.length + notes.length, leaf: node })
      }
    }
    return firings
  }

  #seen(): Outcome<any> {
    const { setting } = this.#program
    const list = (of: readonly (readonly Json[])[]): Said<Json>[] =>
      this.#ids.flatMap((at) => of[at]!.map((output) => ({ at, output })))
    const both = [...list(this.#outputs), ...list(this.#notes.map((l) => l.map((note) => ({ note }))))]
    const message = (number: number) => this.#table.messages.values[number]!
    const soup = this.#soup.map((entry) => ({ from: entry.from, message: message(entry.message) }))
    return { setting, correct: this.#ids, outputs: both, fresh: both, soup }
  }

  #settle(): void {
    for (let changed = true; changed; ) {
      changed = false
      for (const at of this.#ids) {
        while (this.#once(at)) {
          changed = true
          if (--this.#left < 0) throw new HarnessError('a healed run does not come to rest')
        }
      }
    }
  }

  #expire(): boolean {
    const { n } = this.#program.setting
    const local = (at: Id): Local => this.#table.locals.values[this.#locals[at]!]!
    const armed = this.#ids.filter((at) => local(at).timers.length > 0)
    const view = (at: Id): number =>
      at >= n ? Number.NEGATIVE_INFINITY : (this.#program.protocol.definition.viewOf?.(local(at).state) ?? 0)
    const lowest = Math.min(...armed.map(view))
    let fired = false
    for (const at of armed.filter((id) => view(id) === lowest)) {
      for (const timer of local(at).timers) {
        if (this.#take(at, this.#table.onTimeout(at, this.#locals[at]!, timer))) fired = true
      }
    }
    return fired
  }

  #once(at: Id): boolean {
    const number = this.#locals[at]!
    if (this.#healing === 'full') {
      for (const value of this.#program.setting.inputs[at] ?? []) {
        if (this.#take(at, this.#table.onInput(at, number, value))) return true
      }
      for (const coin of this.#table.locals.values[number]!.coins) {
        if (this.#take(at, this.#table.onCoin(at, number, coin, 0))) return true
      }
    }
    const network = this.#program.protocol.definition.selfDelivery === 'network'
    for (const rule of partAt(this.#program, at).rules) {
      for (const { from, message } of this.#heard(at)) {
        if (this.#table.messages.values[message]!.type !== rule.type || (from === at && !network)) continue
        if (this.#take(at, this.#table.onMessage(at, number, rule, message, from))) return true
      }
    }
    return false
  }

  /** What a participant has in its inbox: its own words, those of the correct, the coalition's that it has used. */
  #heard(at: Id): readonly Entry[] {
    const known = this.#words[at]
    if (known) return known
    const { program, seen } = { program: this.#program, seen: new Set<string>() }
    const network = program.protocol.definition.selfDelivery === 'network'
    const own = ownCounts(program) && !network && at < program.setting.n
    const correct = this.#soup.filter(({ from }) => this.#ids.includes(from))
    const words = [
      ...(own ? this.#soup.filter(({ from, to }) => from === at && to === 'all') : []),
      ...correct.filter(({ from, message, to }) => {
        const value = this.#table.messages.values[message]!
        return from !== at && reaches(program, { from, message: value, to }, at)
      }),
      ...[...(program.setting.network.gossip ? this.#used.flat() : (this.#used[at] ?? []))].sort(byWord),
    ].filter(({ from, message }) => {
      const key = `${from} ${message}`
      return !seen.has(key) && seen.add(key)
    })
    this.#words[at] = words
    return words
  }

  #take(at: Id, first: Node): boolean {
    let node = first
    while (node.kind === 'asks') {
      const next = this.#answered(at, node)
      if (!next) return false
      node = next
    }
    return node.kind === 'fires' && this.#absorb(at, node)
  }

  #answered(at: Id, question: Question): Node | undefined {
    const { ask } = question.ask
    const chosen = new Map<Id, number>()
    for (const { from, message } of this.#heard(at)) {
      if (chosen.size === ask.q) break
      if (!chosen.has(from) && (question.ask.mask(message) & (1 << from)) !== 0) chosen.set(from, message)
    }
    if (chosen.size < ask.q) return undefined
    const messages = [...chosen.values()]
    const key = ask.kind === 'need' ? YES : messages.join()
    const values = () => messages.map((number) => this.#table.messages.values[number]!)
    return answered(question, key, () => (ask.kind === 'need' ? true : sorted(values())))
  }

  #absorb(at: Id, leaf: Leaf): boolean {
    let changed = this.#locals[at] !== leaf.local
    this.#locals[at] = leaf.local
    for (const { to, message } of leaf.sent) {
      const entry = this.entry(at, this.#table.messages.values[message]!, to)
      if (this.#soup.includes(entry)) continue
      const index = this.#soup.findIndex((other) => other.text > entry.text)
      this.#soup.splice(index < 0 ? this.#soup.length : index, 0, entry)
      this.#words = []
      changed = true
    }
    const value = (number: number): Json => this.#table.outputs.values[number]! as Json
    for (const number of leaf.outputs) if (append(this.#outputs[at]!, value(number))) changed = true
    for (const number of leaf.notes) {
      if (append(this.#notes[at]!, (value(number) as { note: Json }).note)) changed = true
    }
    return changed
  }
}

/** By content, then by sender: the order in which the coalition's words are offered. */
function byWord(a: Entry, b: Entry): number {
  return byText(a.content, b.content) || a.from - b.from
}

/** Equal outputs saturate at two. */
function append(list: Json[], item: Json): boolean {
  const text = canonical(item)
  if (list.filter((other) => canonical(other) === text).length >= 2) return false
  list.push(item)
  return true
}
