import { byText, type Id, type Local, mayRestart, textOf } from '../model/index.ts'
import { type Node, packed, type Table } from '../system/index.ts'
import type { BallotTable, Polls } from './ballot-table.ts'
import { BitSet, lowest, Masks, SENDERS } from './bits.ts'
import { ALONE, type Alone, CORRECT, Edge, type Handling, outcomeOf, TIMEOUT, type Trigger } from './edge.ts'
import type { Envelopes } from './envelopes.ts'

const SAYS_NOTHING = new Int32Array(0)
const ALL = -1

/** What participants have in common. */
interface Shared {
  readonly table: Table
  readonly envelopes: Envelopes
  readonly ballots: BallotTable | undefined
}

/** Rows of edges of one participant that is offered certain inputs, by local state. Filled as messages come. */
export class Profile {
  readonly id: Id
  readonly inputs: readonly string[]
  /** Do messages fire rules whenever they can? Not where arrivals are steps. */
  readonly fires: boolean
  readonly table: Table
  readonly envelopes: Envelopes
  /** Where votes are kept apart: then rows are those of local states without them. */
  readonly ballots: BallotTable | undefined
  /** Every message that has come here in some run, with its sender, as one number. */
  readonly words: number[] = []
  /** By message, its place in that list; −1 where it is not there. */
  #indices = new Int32Array(0)
  readonly #rows: (Row | undefined)[] = []
  /** What is known by now, in rows and in rules on messages in one of them. */
  size = 0

  constructor({ table, envelopes, ballots }: Shared, id: Id, inputs: readonly string[], fires: boolean) {
    this.table = table
    this.envelopes = envelopes
    this.ballots = ballots
    this.id = id
    this.inputs = inputs
    this.fires = fires
  }

  /** @param local its number, without votes where they are kept apart */
  row(local: number): Row {
    return this.#rows[local] ?? this.#make(local)
  }

  #make(local: number): Row {
    const row = new Row(this, local)
    this.#rows[local] = row
    this.size++
    return row
  }

  /** Where somebody begins. */
  start(local: Local): Row {
    return this.row(this.ballots?.number(local) ?? this.table.locals.number(local as Local & object))
  }

  value(local: number): Local {
    return this.ballots?.value(local) ?? this.table.locals.values[local]!
  }

  /** What the rules on a message do in a local state, in declared order. */
  handling(local: number, message: number, from: Id): readonly Handling[] {
    this.size++
    const rules = this.table.rulesFor(this.id, message)
    const { id } = this
    return rules.map((rule) => ({
      rule,
      node: this.rules.onMessage(id, local, rule, message, from),
      firedIn: undefined,
    }))
  }

  get rules(): BallotTable | Table {
    return this.ballots ?? this.table
  }

  /** The number of a message from a sender among all that has come here. */
  indexOf(word: number): number {
    const index = word < this.#indices.length ? this.#indices[word]! : -1
    return index >= 0 ? index : this.#index(word)
  }

  #index(word: number): number {
    if (word >= this.#indices.length) {
      const more = new Int32Array(Math.max(word + 1, 2 * this.#indices.length)).fill(-1)
      more.set(this.#indices)
      this.#indices = more
    }
    const index = this.words.push(word) - 1
    this.#indices[word] = index
    return index
  }
}

/**
 * All that can happen in one local state. It is the table of reducer calls, laid out for being walked; what has not come
 * yet has not been tried. Edges are in the order of their content, so no result depends on what was met first.
 */
export class Row {
  readonly profile: Profile
  readonly local: number
  /** The view that the protocol says this state is in; 0 where it does not say. */
  readonly view: number
  readonly edges: Edge[] = []
  /** What bounds forbid. */
  readonly cuts: Edge[] = []
  readonly #tried = new BitSet()
  /** By message: bits of the senders for whom it can make a difference here, as far as it was worked out. */
  readonly #minded = new Masks()
  readonly #looked = new Masks()
  /** Rules on messages that are known to do the same whoever the sender is. */
  readonly #forAll = new Set<number>()
  readonly #handlings = new Map<number, readonly Handling[]>()

  constructor(profile: Profile, local: number) {
    this.profile = profile
    this.local = local
    this.view = this.#viewOf()
    this.#alone()
  }

  #viewOf(): number {
    const { table, id } = this.profile
    const { protocol, setting } = table.program
    const { state, threw } = this.profile.value(this.local)
    if (id >= setting.n || threw !== undefined) return 0
    return protocol.definition.viewOf?.(state) ?? 0
  }

  /** What the rules on a message do here, in declared order. */
  on(message: number, from: Id): readonly Handling[] {
    const word = message * SENDERS + from
    let handling = this.#handlings.get(word)
    if (!handling) {
      handling = this.profile.handling(this.local, message, from)
      this.#handlings.set(word, handling)
    }
    return handling
  }

  /** Was a message, by its number among all that has come here, tried in this local state? */
  hasTried(index: number): boolean {
    return this.#tried.has(index)
  }

  /** Tries what has come and was not tried in this local state before. */
  fill(come: BitSet): void {
    if (come.isWithin(this.#tried)) return
    // What is found now may depend on what nothing depended on before.
    this.#looked.reset()
    this.#minded.reset()
    for (const index of come.without(this.#tried)) {
      this.#tried.add(index)
      const word = this.profile.words[index]!
      this.#try(Math.floor(word / SENDERS), word % SENDERS)
    }
  }

  /** May it change what can be done here that a message has come from a sender? */
  minds(message: number, sender: number): boolean {
    if ((this.#looked.get(message) & sender) === 0) this.#look(message, sender)
    return (this.#minded.get(message) & sender) !== 0
  }

  #look(message: number, sender: number): void {
    const from = lowest(sender)
    const minds = (edge: Edge): boolean =>
      (edge.message === message && (edge.senders & sender) !== 0) ||
      (edge.leaf === undefined && !edge.isCut && edge.node.kind !== 'polls') ||
      edge.needs.some((need) => (need.mask(message) & sender) !== 0)
    const isNew = this.profile.fires && !this.#tried.has(this.profile.indexOf(message * SENDERS + from))
    if (isNew || this.edges.some(minds) || this.cuts.some(minds)) this.#minded.or(message, sender)
    // What was not tried is looked at again once it was.
    if (!isNew) this.#looked.or(message, sender)
  }

  #alone(): void {
    const { rules, id, inputs } = this.profile
    const { timers, coins } = this.profile.value(this.local)
    for (const name of inputs) {
      this.#addAlone(ALONE, rules.onInput(id, this.local, name), { kind: 'input', name, value: 0 })
    }
    for (const name of timers) {
      this.#addAlone(TIMEOUT, rules.onTimeout(id, this.local, name), { kind: 'timeout', name, value: 0 })
    }
    if (mayRestart(this.profile.table.program.setting, id, this.profile.value(this.local))) {
      const event = { kind: 'restart', name: '', value: 0 } as const
      this.#addAlone(TIMEOUT, this.profile.table.alone(id, this.local, event), event)
    }
    for (const name of coins) {
      for (const value of [0, 1] as const) {
        this.#addAlone(ALONE, rules.onCoin(id, this.local, name, value), { kind: 'flip', name, value })
      }
    }
  }

  #addAlone(kind: number, node: Node | Polls, event: Alone): void {
    this.#add({ kind, message: -1, senders: 0, rule: undefined, event }, node)
  }

  #try(message: number, from: Id): void {
    const { table, rules, id } = this.profile
    const handlers = table.rulesFor(id, message)
    for (let i = 0; i < handlers.length; i++) {
      const rule = handlers[i]!
      const key = packed(message, i, Math.max(1, table.mostRules))
      if (this.#forAll.has(key)) continue
      const node = rules.onMessage(id, this.local, rule, message, from)
      const isForAll = rules.anySender(id, this.local, rule, message)
      if (isForAll) this.#forAll.add(key)
      this.#add({ kind: CORRECT, message, senders: isForAll ? ALL : 1 << from, rule, event: undefined }, node)
    }
  }

  #add(trigger: Trigger, node: Node | Polls): void {
    const outcome = outcomeOf(node)
    if (!outcome) return
    const { leaf } = outcome
    const isEcho = leaf !== undefined && leaf.local === this.local
    if (isEcho && leaf.silent) return
    const says = leaf && leaf.sent.length > 0 ? this.profile.envelopes.numbers(leaf.sent) : SAYS_NOTHING
    const edge = new Edge(this.edges.length, trigger, node, outcome, isEcho, says)
    if (edge.isCut) this.cuts.push(edge)
    else if (edge.message < 0) this.edges.push(edge)
    else this.edges.splice(this.#place(edge), 0, edge)
  }

  /** Where an edge belongs: behind all that needs no message, by message, rule and sender. */
  #place(edge: Edge): number {
    let [low, high] = [0, this.edges.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(this.edges[middle]!, edge) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(one: Edge, other: Edge): number {
    if (one.message < 0) return -1
    if (one.message !== other.message) {
      const { values } = this.profile.table.messages
      return byText(textOf(values[one.message]!), textOf(values[other.message]!))
    }
    return byText(one.rule!.name, other.rule!.name) || one.senders - other.senders
  }
}
