import { Pairs, type Record, SENDERS, type World } from '../../kernel/index.ts'
import {
  type Claim,
  canonical,
  type Id,
  type Invariant,
  isHeeded,
  remembered,
  type Sometimes,
} from '../../model/index.ts'
import type { Violation } from '../../system/index.ts'

/** What the claims of a group say of what they see. */
export interface GroupVerdict {
  readonly violations: readonly Violation[]
  /** Guards that were reached. */
  readonly met: readonly string[]
}

/** Everything that the claims of a group see in one state. The same object wherever that is the same. */
export interface SeenByClaims {
  readonly number: number
  /** By correct participant, the number of what is seen of its outputs. */
  readonly views: readonly number[]
  /** What was sent, each message with its sender as one number. */
  readonly words: readonly number[]
  /** What the claims say where nothing was output just now, and where all of it was: when a run begins. */
  quiet: GroupVerdict | undefined
  first: GroupVerdict | undefined
}

/** What claims have seen that is remembered, over all settings with the same kernel. */
const MOST_SIGHTS = 60_000

/** How much is remembered of what claims have seen; when it has become too much, all of it is forgotten. */
export class Memory {
  /** Times that all was forgotten. */
  forgotten = 0
  #size = 0

  /** Something more is remembered. */
  count(): void {
    if (++this.#size < MOST_SIGHTS) return
    this.#size = 0
    this.forgotten++
  }
}

/**
 * Claims that look at the same: at the same notes besides the outputs, and at the same types of messages. They are
 * judged where that has changed, and their verdict on the same is remembered for all runs of a setting.
 */
export class ClaimGroup {
  readonly invariants: Invariant<any>[] = []
  readonly sometimes: Sometimes<any>[] = []
  /** Do they look at what is sent? */
  readonly listens: boolean
  readonly #types: readonly string[] | undefined
  readonly #world: World
  readonly #one: Claim<any>
  readonly #matters: boolean[] = []
  readonly #readSets = new Map<string, SeenByClaims>()
  readonly #list: SeenByClaims[] = []
  /** By number of what is seen, and what is output or sent then: what is seen next, and where its verdict is. */
  readonly #next = new Pairs()
  readonly #verdicts: GroupVerdict[] = []
  readonly #memory: Memory
  #forgotten = 0
  readonly #index: number
  readonly #numbers = new Map<string, number>()
  /** What is seen when a run begins, mostly. */
  #first: SeenByClaims | undefined

  constructor(world: World, one: Claim<any>, index: number, memory: Memory) {
    this.#memory = memory
    this.#index = index
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

  /**
   * In groups, for what they look at.
   * @param first the number of the first group, among all that look at the records of one kernel
   */
  static of(
    world: World,
    claims: readonly (Invariant<any> | Sometimes<any>)[],
    first: number,
    memory: Memory,
  ): ClaimGroup[] {
    const groups = new Map<string, ClaimGroup>()
    for (const claim of claims) {
      const key = ClaimGroup.key(claim)
      const group = remembered(groups, key, () => new ClaimGroup(world, claim, first + groups.size, memory))
      if (claim.kind === 'invariant') group.invariants.push(claim)
      else group.sometimes.push(claim)
    }
    return [...groups.values()]
  }

  /** A number for what these claims see of a record: the same for the same. */
  view(record: Record): number {
    let view = record.views[this.#index]
    if (view === undefined) {
      const { values } = this.#world.table.outputs
      const seen = [...record.outputs, ...record.notes].filter((number) => isHeeded(this.#one, values[number]!))
      view = remembered(this.#numbers, seen.join(), () => this.#numbers.size)
      record.views[this.#index] = view
    }
    return view
  }

  /** Do these claims see the same of both? */
  isSame(one: Record, other: Record): boolean {
    return one === other || this.view(one) === this.view(other)
  }

  /** What is seen when a run of these participants begins. */
  start(correct: readonly { readonly record: Record }[]): SeenByClaims {
    if (this.#forgotten !== this.#memory.forgotten) this.#forget()
    const known = this.#first
    if (known && this.#isSeen(known, correct)) return known
    this.#first = this.#readSet(
      correct.map(({ record }) => this.view(record)),
      [],
    )
    return this.#first
  }

  #isSeen({ views }: SeenByClaims, correct: readonly { readonly record: Record }[]): boolean {
    for (let i = 0; i < correct.length; i++) if (this.view(correct[i]!.record) !== views[i]) return false
    return true
  }

  /** What is seen once the participant in a place has output more. */
  seen(readSet: SeenByClaims, place: number, view: number): SeenByClaims {
    const key = keyOf(place, view)
    const known = this.#next.get(readSet.number, key)
    if (known >= 0) return this.#list[known]!
    const views = readSet.views.slice()
    views[place] = view
    const next = this.#readSet(views, readSet.words)
    this.#next.set(readSet.number, key, next.number)
    return next
  }

  /** What is seen once this is sent, too; the very same where that does not matter. */
  heard(readSet: SeenByClaims, from: Id, message: number): SeenByClaims {
    this.#matters[message] ??= this.#types?.includes(this.#world.table.messages.values[message]!.type) ?? true
    if (!this.#matters[message]) return readSet
    const word = message * SENDERS + from
    const known = this.#next.get(readSet.number, word)
    if (known >= 0) return this.#list[known]!
    const isKnown = readSet.words.includes(word)
    const words = isKnown ? readSet.words : [...readSet.words, word].sort((a, b) => a - b)
    const next = isKnown ? readSet : this.#readSet(readSet.views, words)
    this.#next.set(readSet.number, word, next.number)
    return next
  }

  /** What the claims say, as far as that is known, when the participant in a place has just output more: see `seen`. */
  freshVerdict(before: SeenByClaims, place: number, view: number): GroupVerdict | undefined {
    return this.#verdicts[this.#next.second(before.number, keyOf(place, view))]
  }

  rememberFresh(before: SeenByClaims, place: number, view: number, verdict: GroupVerdict): void {
    this.#next.setSecond(before.number, keyOf(place, view), this.#verdicts.push(verdict) - 1)
  }

  #readSet(views: readonly number[], words: readonly number[]): SeenByClaims {
    return remembered(this.#readSets, `${views}|${words}`, () => {
      this.#memory.count()
      const readSet = { number: this.#list.length, views, words, quiet: undefined, first: undefined }
      this.#list.push(readSet)
      return readSet
    })
  }

  #forget(): void {
    this.#forgotten = this.#memory.forgotten
    this.#readSets.clear()
    this.#list.length = 0
    this.#verdicts.length = 0
    this.#next.clear()
    this.#first = undefined
  }
}

/** What claims see before anything is there for them. */
export const NOTHING_SEEN: SeenByClaims = { number: -1, views: [], words: [], quiet: undefined, first: undefined }

/** Of something that is output; what is sent has numbers from 0 on. */
function keyOf(place: number, view: number): number {
  return -1 - (view * SENDERS + place)
}
