import {
  appended,
  correctIds,
  type Facts,
  FEWEST_COUNTED,
  type Id,
  type Json,
  type Liveness,
  type Local,
  type Program,
  remembered,
  type Said,
  type SentMessage,
} from '../../model/index.ts'
import { expireLowest, type Leaf, type Node, Rest, settleInTurn, Table, unbounded } from '../../system/index.ts'
import { isConfluent } from './confluent.ts'
import { Inboxes, NONE_USED, type UsedWords, usedWords } from './inboxes.ts'

import { type End, type HealedInbox, passing, type Soup, type SoupEntry } from './soups.ts'

/** Outputs, or notes, as numbers of the healing table. */
export type PutNumbers = Pick<Leaf, 'outputs' | 'notes'>

/** Where a healed run starts: by participant id, in numbers of the healing table. */
export interface BrokenAfterRecovery {
  /** −1 where nobody correct is. */
  readonly locals: readonly number[]
  readonly soup: Soup
  readonly used: readonly UsedWords[]
  readonly puts: readonly PutNumbers[]
}

/** Nothing was put out. */
export const NOTHING_PUT: PutNumbers = { outputs: [], notes: [] }

/**
 * The canonical healed run on numbers: what `heal` does on the global state, several hundred times faster, because an
 * exhaustive search asks for it in every state. A law holds the two against each other.
 */
export class Healer {
  readonly inboxes: Inboxes
  readonly #program: Program
  readonly #table: Table
  readonly #healing: Liveness['healing']
  readonly #ids: readonly Id[]
  #locals: number[] = []
  #soup: Soup
  /** What had been said when the last run first came to rest. */
  #rested: Soup
  #used: readonly UsedWords[] = []
  #usedByAll: UsedWords = NONE_USED
  #outputs: (readonly number[])[] = []
  #notes: (readonly number[])[] = []
  readonly #rest: Rest
  #fired: Leaf | undefined
  /** Will other runs come to what is said now? */
  #isKept = true
  #start: readonly number[] = []
  readonly #ends = new Map<string, Facts>()
  readonly #words = new Map<SoupEntry, SentMessage>()

  /** @param numbers the table that states are given in numbers of */
  constructor(program: Program, healing: Liveness['healing'], numbers: Table) {
    this.#program = { ...unbounded(program), copies: true }
    this.#table = new Table(unbounded(program), undefined, numbers)
    this.#healing = healing
    this.#ids = correctIds(program.setting)
    this.#rest = new Rest(program)
    this.inboxes = new Inboxes(this.#program, this.#table)
    this.#soup = this.inboxes.soups.empty()
    this.#rested = this.#soup
  }

  /** What claims may see at the end of the healed run. */
  outcome({ locals, soup, used, puts }: BrokenAfterRecovery): Facts {
    this.#locals = [...locals]
    this.#soup = soup
    this.#used = used
    if (this.#program.setting.network.gossip) this.#usedByAll = usedWords(used.flatMap(({ words }) => words))
    this.#outputs = puts.map(({ outputs }) => [...outputs])
    this.#notes = puts.map(({ notes }) => [...notes])
    this.#start = locals
    this.#isKept = true
    this.#rest.reached()
    this.#settle()
    this.#rested = this.#soup
    const { outputs, notes, facts } = this.#endFromRest()
    this.#outputs = [...outputs]
    this.#notes = [...notes]
    return facts
  }

  /** Runs that have come to rest alike, however they began, end in the same way. */
  #endFromRest(): End {
    const { ends } = this.#soup
    const used = this.#program.setting.network.gossip ? this.#usedByAll.key : this.#used.map(({ key }) => key).join(';')
    const key = `${this.#locals.join()} ${used} ${this.#putsKeys()}`
    return remembered(ends, key, () => {
      this.#isKept = false
      const most = this.#healing === 'full' ? this.#program.setting.n + 1 : 0
      for (let round = 0; round < most && this.#expire(); round++) {
        this.#rest.reached()
        this.#settle()
      }
      this.#isKept = true
      this.inboxes.soups.count()
      return { outputs: this.#outputs, notes: this.#notes, facts: this.#seen() }
    })
  }

  /** All that correct participants hold at the end of the last run, which was one of deliveries alone. */
  held(): SentMessage[] {
    // What a participant that may crash has said, or has acted on, is in nobody's hands for sure.
    const said = this.#soup.entries.filter(({ from }) => this.#ids.includes(from))
    const entries = [...said, ...this.#ids.flatMap((at) => this.#usedBy(at).words)]
    return [...new Set(entries)].map((entry) =>
      remembered(this.#words, entry, () => {
        const message = this.#table.messages.values[entry.message]!
        return { from: entry.from, message }
      }),
    )
  }

  /** What a participant has put out at the end of the last run. */
  puts(id: Id): { readonly outputs: readonly Json[]; readonly notes: readonly Json[] } {
    return { outputs: this.#outputs[id]!.map(this.#value), notes: this.#notes[id]!.map(this.#note) }
  }

  /** The same as a text: equal ones for equal values. */
  putsKey(id: Id): string {
    return `${this.#outputs[id]!.join()};${this.#notes[id]!.join()}`
  }

  #putsKeys(): string {
    return this.#ids.map((at) => this.putsKey(at)).join(' ')
  }

  /**
   * Would the last run have come to its first rest in the same way in any other order? Looked at is, for each
   * participant, all that could have fired on all that there was to hear then: if no firing ever disables or changes
   * another, order is nothing.
   */
  restsAlike(): boolean {
    return this.#ids.every((at) => {
      const [inbox, start] = [this.inboxes.of(at, this.#rested, this.#usedBy(at)), this.#start[at]!]
      return remembered(inbox.confluent, start, () => {
        this.inboxes.soups.count()
        return isConfluent(start, (local) => this.inboxes.firings(at, local, inbox, this.#alone(at, local)))
      })
    })
  }

  /** Would it have ended the same? Said only of runs without timeouts, inputs and coins. */
  isDeterminate(): boolean {
    return this.#healing !== 'full' && this.restsAlike()
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

  readonly #value = (number: number): Json => this.#table.outputs.values[number]! as Json
  readonly #note = (number: number): Json => (this.#value(number) as { note: Json }).note

  /** Runs that end alike end in one object: what is known of it is known of all of them. */
  #seen(): Facts {
    const key = this.#putsKeys()
    return remembered(this.#ends, key, () => this.#facts())
  }

  #facts(): Facts {
    const { setting, seen = setting } = this.#program
    const list = (of: readonly (readonly number[])[]): Said<Json>[] =>
      this.#ids.flatMap((at) => of[at]!.map((number) => ({ at, output: this.#value(number) })))
    const both = [...list(this.#outputs), ...list(this.#notes)]
    // Claims that read what was said are judged state by state, on the reference.
    return { setting: seen, correct: this.#ids, outputs: both, fresh: [], soup: [] }
  }

  #settle(): void {
    settleInTurn(this.#ids, (at) => {
      const isTaken = this.#once(at)
      if (isTaken) this.#rest.fired(at, this.#made(at), this.#what(at))
      return isTaken
    })
  }

  #expire(): boolean {
    const local = (at: Id): Local => this.#table.locals.values[this.#locals[at]!]!
    return expireLowest(this.#program, this.#ids, local, (at, timer) =>
      this.#take(at, this.#table.onTimeout(at, this.#locals[at]!, timer)),
    )
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
    const inbox = this.#heard(at)
    for (let i = 0; ; i++) {
      const leaf = this.inboxes.fires(at, number, inbox, i)
      if (!leaf) return false
      if (this.#absorb(at, leaf)) return true
    }
  }

  readonly #made = (at: Id) => () => ({
    local: this.#table.locals.values[this.#locals[at]!]!,
    sent: this.#fired!.sent.map(({ message }) => this.#table.messages.values[message]!),
    said: this.#soup.entries.length,
  })

  readonly #what = (at: Id) => () => this.inboxes.firedBy(at, this.#heard(at), this.#fired!)

  #heard(at: Id): HealedInbox {
    return this.inboxes.of(at, this.#soup, this.#usedBy(at))
  }

  #usedBy(at: Id): UsedWords {
    return this.#program.setting.network.gossip ? this.#usedByAll : (this.#used[at] ?? NONE_USED)
  }

  #take(at: Id, first: Node): boolean {
    const leaf = this.inboxes.leafOf(this.#heard(at), first)
    return leaf !== undefined && this.#absorb(at, leaf)
  }

  #absorb(at: Id, leaf: Leaf): boolean {
    let changed = this.#locals[at] !== leaf.local
    this.#locals[at] = leaf.local
    this.#fired = leaf
    for (const { to, message } of leaf.sent) {
      const before = this.#soup
      const entry = this.inboxes.entry(at, message, to)
      this.#soup = this.#isKept ? this.inboxes.soups.plus(before, entry) : passing(before, entry)
      changed ||= this.#soup !== before
    }
    const { counts = FEWEST_COUNTED } = this.#program.setting
    const [outputs, notes] = [this.#outputs[at]!, this.#notes[at]!]
    this.#outputs[at] = appended(outputs, leaf.outputs, counts)
    this.#notes[at] = appended(notes, leaf.notes, counts)
    return changed || outputs !== this.#outputs[at] || notes !== this.#notes[at]
  }
}
