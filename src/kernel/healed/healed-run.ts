import {
  appended,
  correctIds,
  FEWEST_COUNTED,
  type Id,
  type Liveness,
  type Local,
  type Program,
  remembered,
} from '../../model/index.ts'
import { expireLowest, forHealing, type Leaf, type Node, Rest, settleInTurn, Table } from '../../system/index.ts'
import type { Guesses, Owed } from './guesses.ts'
import { Inboxes, NONE_USED, type UsedWords, usedWords, type Word } from './inboxes.ts'
import { type HealedInbox, passing, type Soup, type SoupEntry } from './soups.ts'

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

/** A local state that a participant may start from, and what it must have got of the coalition's words to be there. */
export interface SilentStart {
  readonly local: number
  readonly owed: readonly Owed[]
}

/** What starts silently come to, with what was asked of the coalition's words to find that out. */
interface SilentTurn {
  readonly inbox: HealedInbox
  readonly asked: ReadonlyMap<SoupEntry, boolean>
  readonly ends: readonly SilentStart[]
}

/** Silent turns that are kept for one list of starts. */
const MOST_TURNS = 64

/** What somebody did in a local state, and what came of it. */
export interface HealedFiring {
  readonly at: Id
  readonly from: number
  readonly leaf: Leaf
}

/** What a healed run does in its turns, on numbers. */
export class HealedRun {
  readonly inboxes: Inboxes
  readonly table: Table
  readonly ids: readonly Id[]
  locals: number[] = []
  soup: Soup
  outputs: (readonly number[])[] = []
  notes: (readonly number[])[] = []
  /** Will other runs come to what is said now? */
  isKept = true
  /** By participant, where it may start from several local states and has had no turn yet. */
  starts: (readonly SilentStart[] | undefined)[] = []
  guesses: Guesses
  readonly #program: Program
  readonly #healing: Liveness['healing']
  readonly #rest: Rest
  #used: UsedWords[] = []
  #usedByAll: UsedWords = NONE_USED
  #fired: Leaf | undefined
  /** What is known of turns that begin with silent firings. */
  readonly #turns = new WeakMap<readonly SilentStart[], SilentTurn[]>()

  constructor(program: Program, healing: Liveness['healing'], numbers: Table, open: readonly Word[], guesses: Guesses) {
    this.#program = { ...forHealing(program), copies: true }
    this.table = new Table(forHealing(program), undefined, numbers)
    this.#healing = healing
    this.guesses = guesses
    this.ids = correctIds(program.setting)
    this.#rest = new Rest(program)
    this.inboxes = new Inboxes(this.#program, this.table, healing, open)
    this.soup = this.inboxes.soups.empty()
  }

  begin({ locals, soup, used, puts }: BrokenAfterRecovery): void {
    this.locals = [...locals]
    this.soup = soup
    this.#used = [...used]
    this.#usedByAll = this.#program.setting.network.gossip ? usedWords(used.flatMap(({ words }) => words)) : NONE_USED
    this.outputs = puts.map(({ outputs }) => [...outputs])
    this.notes = puts.map(({ notes }) => [...notes])
    this.isKept = true
    this.#rest.reached()
  }

  usedBy(at: Id): UsedWords {
    return this.#program.setting.network.gossip ? this.#usedByAll : (this.#used[at] ?? NONE_USED)
  }

  /** Equal texts where the same was used. */
  get usedKey(): string {
    return this.#program.setting.network.gossip ? this.#usedByAll.key : this.#used.map(({ key }) => key).join(';')
  }

  /** From one rest to the next; says whether a timer did anything. */
  goOn(): boolean {
    if (this.#healing !== 'full' || !this.#expire()) return false
    this.#rest.reached()
    this.settle()
    return true
  }

  /** @param first has the first turn */
  settle(first = this.ids[0]): void {
    settleInTurn(this.#from(first), (at) => {
      const isTaken = this.#once(at)
      if (isTaken) this.#rest.fired(at, this.#made(at), this.#what(at))
      return isTaken
    })
  }

  /** The first of these who can do something does it. */
  fireFirst(ids: readonly Id[]): HealedFiring | undefined {
    for (const at of ids) {
      const starts = this.starts[at]
      if (starts) this.#startFrom(at, starts[this.guesses.choices.choose(starts.length)]!)
      const from = this.locals[at]!
      if (this.#once(at)) return { at, from, leaf: this.#fired! }
    }
    return undefined
  }

  #from(first: Id | undefined): readonly Id[] {
    const index = Math.max(0, this.ids.indexOf(first!))
    return [...this.ids.slice(index), ...this.ids.slice(0, index)]
  }

  #expire(): boolean {
    const local = (at: Id): Local => this.table.locals.values[this.locals[at]!]!
    return expireLowest(this.#program, this.ids, local, (at, timer) =>
      this.#take(at, this.table.onTimeout(at, this.locals[at]!, timer)),
    )
  }

  #once(at: Id): boolean {
    this.#startTurn(at)
    for (let i = 0; ; i++) {
      const { leaf, matters } = this.inboxes.fires(at, this.locals[at]!, this.#heard(at), i)
      if (this.#arrives(at, matters)) i = -1
      else if (leaf === undefined) return false
      else if (this.#absorb(at, leaf)) return true
    }
  }

  /** Of the words that would make a difference: has one arrived? It is heard from then on. */
  #arrives(at: Id, matters: readonly SoupEntry[]): boolean {
    const word = matters.length > 0 && matters.find((one) => this.guesses.has(at, one))
    if (!word) return false
    const heard = this.inboxes.plus(this.usedBy(at), word)
    if (this.#program.setting.network.gossip) this.#usedByAll = heard
    else this.#used[at] = heard
    return true
  }

  /** Where a participant may start from several local states, it is one of those that they silently come to. */
  #startTurn(at: Id): void {
    const starts = this.starts[at]
    if (!starts) return
    const inbox = this.#heard(at)
    const turns = remembered(this.#turns, starts, () => [])
    const isKnown = (turn: SilentTurn): boolean =>
      turn.inbox === inbox && [...turn.asked].every(([word, may]) => this.guesses.mayHave(at, word) === may)
    let turn = turns.find(isKnown)
    if (!turn) {
      turn = this.#silentTurn(at, starts, inbox)
      if (turns.length >= MOST_TURNS) turns.length = 0
      turns.push(turn)
    }
    const { ends } = turn
    this.#startFrom(at, ends[ends.length > 1 ? this.guesses.choices.choose(ends.length) : 0]!)
  }

  /** Silent firings are followed from each start as far as they are sure. What comes to the same is one start. */
  #silentTurn(at: Id, starts: readonly SilentStart[], inbox: HealedInbox): SilentTurn {
    const asked = new Map<SoupEntry, boolean>()
    const met = new Map<number, SilentStart[]>()
    /** By local state that is come to: from where. */
    const ends = new Map<number, SilentStart[]>()
    for (const start of starts) {
      const way = new Set<number>()
      let next: number | undefined = start.local
      for (; next !== undefined && !met.has(next) && !way.has(next); next = this.#silently(at, next, asked))
        way.add(next)
      // It stops where it goes on otherwise, or has gone round.
      const known = next === undefined ? undefined : met.get(next)
      const alike = known ?? []
      alike.push(start)
      if (!known) ends.set([...way].at(-1)!, alike)
      for (const local of way) met.set(local, alike)
    }
    return { inbox, asked, ends: [...ends].map(([local, alike]) => ({ local, owed: commonTo(alike) })) }
  }

  #startFrom(at: Id, { local, owed }: SilentStart): void {
    this.starts[at] = undefined
    this.locals[at] = local
    this.guesses.owe(at, owed)
  }

  /** Where the first firing in a local state leads to, if it is a silent one for sure: as far as is asked. */
  #silently(at: Id, local: number, asked: Map<SoupEntry, boolean>): number | undefined {
    const { leaf, matters } = this.inboxes.fires(at, local, this.#heard(at), 0)
    const mayHave = (word: SoupEntry): boolean => remembered(asked, word, () => this.guesses.mayHave(at, word))
    if (!leaf || leaf.local === local || matters.some(mayHave)) return undefined
    return leaf.sent.length + leaf.outputs.length + leaf.notes.length === 0 ? leaf.local : undefined
  }

  readonly #made = (at: Id) => () => ({
    local: this.table.locals.values[this.locals[at]!]!,
    sent: this.#fired!.sent.map(({ message }) => this.table.messages.values[message]!),
    said: this.soup.entries.length,
  })

  readonly #what = (at: Id) => () => this.inboxes.firedBy(at, this.#heard(at), this.#fired!)

  #heard(at: Id): HealedInbox {
    return this.inboxes.of(at, this.soup, this.usedBy(at))
  }

  #take(at: Id, node: Node): boolean {
    for (;;) {
      const { leaf, matters } = this.inboxes.answered(this.#heard(at), node)
      if (!this.#arrives(at, matters)) return leaf !== undefined && this.#absorb(at, leaf)
    }
  }

  #absorb(at: Id, leaf: Leaf): boolean {
    let changed = this.locals[at] !== leaf.local
    this.locals[at] = leaf.local
    this.#fired = leaf
    for (const { to, message } of leaf.sent) {
      const before = this.soup
      const entry = this.inboxes.entry(at, message, to)
      this.soup = this.isKept ? this.inboxes.soups.plus(before, entry) : passing(before, entry)
      changed ||= this.soup !== before
    }
    const { counts = FEWEST_COUNTED } = this.#program.setting
    const [outputs, notes] = [this.outputs[at]!, this.notes[at]!]
    this.outputs[at] = appended(outputs, leaf.outputs, counts)
    this.notes[at] = appended(notes, leaf.notes, counts)
    return changed || outputs !== this.outputs[at] || notes !== this.notes[at]
  }
}

/** What is owed wherever it started. */
function commonTo([first, ...others]: readonly SilentStart[]): readonly Owed[] {
  return first!.owed.filter((one) => others.every(({ owed }) => owed.includes(one)))
}
