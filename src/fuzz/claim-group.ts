import { type Record, SENDERS, type World } from '../kernel/index.ts'
import { type Claim, canonical, type Id, type Invariant, isHeeded, type Sometimes } from '../model/index.ts'
import type { Violation } from '../system/index.ts'

/** What the claims of a group say of what they see. */
export interface Verdict {
  readonly violations: readonly Violation[]
  /** Guards that were reached. */
  readonly met: readonly string[]
}

/** A set of messages with their senders. The same object wherever the set is the same. */
export interface Heard {
  readonly words: readonly number[]
  readonly next: Map<number, Heard>
  readonly verdicts: Map<string | number, Verdict>
}

/** Sets of messages that are remembered. */
const MOST_SETS = 20_000

/**
 * Claims that look at the same: at the same notes besides the outputs, and at the same types of messages. They are
 * judged where that has changed, and what they said of the same before is remembered for all runs of a setting.
 */
export class ClaimGroup {
  readonly invariants: Invariant<any>[] = []
  readonly sometimes: Sometimes<any>[] = []
  /** Do they look at what is said? */
  readonly listens: boolean
  readonly start: Heard = { words: [], next: new Map(), verdicts: new Map() }
  readonly #types: readonly string[] | undefined
  readonly #world: World
  readonly #one: Claim<any>
  readonly #matters: boolean[] = []
  readonly #sets = new Map<string, Heard>()
  readonly #views: number[] = []
  readonly #numbers = new Map<string, number>()

  constructor(world: World, one: Claim<any>) {
    this.#world = world
    this.#one = one
    this.listens = one.reads.includes('soup')
    this.#types = one.words
  }

  /** Claims with equal keys look at the same. */
  static key({ reads, words, notes, counts }: Claim<any>): string {
    const heard = reads.includes('soup') ? (words ?? 'all') : null
    return canonical([heard, reads.includes('notes') ? (notes ?? 'all') : null, counts ?? null])
  }

  /** In groups, for what they look at. */
  static of(world: World, claims: readonly (Invariant<any> | Sometimes<any>)[]): ClaimGroup[] {
    const groups = new Map<string, ClaimGroup>()
    for (const claim of claims) {
      const key = ClaimGroup.key(claim)
      let group = groups.get(key)
      if (!group) {
        group = new ClaimGroup(world, claim)
        groups.set(key, group)
      }
      if (claim.kind === 'invariant') group.invariants.push(claim)
      else group.sometimes.push(claim)
    }
    return [...groups.values()]
  }

  /** A number for what these claims see of a record: the same for the same. */
  view(record: Record): number {
    let view = this.#views[record.number]
    if (view === undefined) {
      const { values } = this.#world.table.outputs
      const seen = [...record.outputs, ...record.notes].filter((number) => isHeeded(this.#one, values[number]!))
      const key = seen.join()
      view = this.#numbers.get(key) ?? this.#numbers.size
      this.#numbers.set(key, view)
      this.#views[record.number] = view
    }
    return view
  }

  /** What has been heard once this is said, too; the very set where that does not matter. */
  after(heard: Heard, from: Id, message: number): Heard {
    this.#matters[message] ??= this.#types?.includes(this.#world.table.messages.values[message]!.type) ?? true
    if (!this.#matters[message]) return heard
    const word = message * SENDERS + from
    let next = heard.next.get(word)
    if (!next) {
      next = heard.words.includes(word) ? heard : this.#with(heard, word)
      heard.next.set(word, next)
    }
    return next
  }

  #with(heard: Heard, word: number): Heard {
    const words = [...heard.words, word].sort((a, b) => a - b)
    const key = words.join()
    let known = this.#sets.get(key)
    if (!known) {
      if (this.#sets.size >= MOST_SETS) this.#forget()
      known = { words, next: new Map(), verdicts: new Map() }
      this.#sets.set(key, known)
    }
    return known
  }

  #forget(): void {
    this.#sets.clear()
    this.start.next.clear()
  }
}
