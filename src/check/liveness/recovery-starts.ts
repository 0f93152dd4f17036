import {
  type BrokenAfterRecovery,
  type Healer,
  type IsElsewhere,
  NONE_USED,
  NOTHING_PUT,
  type Owed,
  type PutNumbers,
  type SilentStart,
  type SoupEntry,
  type UsedWords,
  usedWords,
  type Word,
} from '../../kernel/healed/index.ts'
import { type Facts, type Id, remembered } from '../../model/index.ts'
import type { RecordLayout } from '../../tables/automaton/evaluate.ts'
import type { RecordJudge } from '../../tables/automaton/record-judge.ts'
import { type Closed, isCrashed } from '../../tables/closure/closed.ts'
import type { LiveClasses } from './live-classes.ts'
import type { Numbered } from './uses.ts'
import type { Needed } from './words-needed.ts'

/** A class in which a participant may be, and what it must have used to be there. */
export interface Silent {
  readonly here: number
  readonly needed: readonly Needed[]
}

/** Reads states of the liveness search as starts of healed runs. */
export class RecoveryStarts {
  readonly healer: Healer
  readonly #closed: Closed
  readonly #classes: LiveClasses
  readonly #places: RecordLayout
  readonly #puts: RecordJudge
  /** By number of a set of used messages. */
  readonly #usedWords: UsedWords[] = []
  /** By position and saying. */
  readonly #entries: SoupEntry[][]
  readonly #owings = new Map<Needed, Owed>()

  constructor(closed: Closed, classes: LiveClasses, places: RecordLayout, puts: RecordJudge, healer: Healer) {
    this.#closed = closed
    this.#classes = classes
    this.#places = places
    this.#puts = puts
    this.healer = healer
    this.#entries = places.ids.map(() => [])
  }

  /**
   * What claims see once all is healed.
   *
   * @param order for each position, the position of the record whose participant stands there
   * @param used by number: sets of words that were used
   */
  healed(state: Int32Array, order: readonly number[], used: readonly (readonly Numbered[])[]): Facts {
    return this.healer.outcome(this.#brokenAfter(state, order, used))
  }

  /**
   * Does something hold at the ends of all healed runs from a state, and from those in which participants are elsewhere?
   *
   * @param silently by position of the record: the classes in which a participant may be, and what it has used there
   *   for sure
   * @param hasUsed by position of the record: has it used a word of the coalition? Nothing where that is not known
   */
  always(
    state: Int32Array,
    order: readonly number[],
    silently: readonly (readonly Silent[])[],
    hasUsed: (p: number, word: Word) => boolean | undefined,
    holds: (end: Facts) => boolean,
    isElsewhere?: IsElsewhere,
  ): boolean {
    const { soup, puts, locals: everybody } = this.#brokenAfter(state, order, undefined)
    const locals = everybody.map((): SilentStart[] => [])
    for (const [i, id] of this.#places.ids.entries()) {
      locals[id] = silently[order[i]!]!.map(({ here, needed }) => ({
        local: this.#local(i, here),
        owed: needed.map((one) => this.#owed(one)),
      }))
    }
    const { ids: all } = this.#places
    const { gossip } = this.#closed.table.program.setting.network
    const arrived = (at: Id, word: Word): boolean | undefined => {
      if (!gossip) return hasUsed(order[all.indexOf(at)]!, word)
      const answers = all.map((_, p) => hasUsed(p, word))
      return answers.includes(true) || (answers.includes(undefined) ? undefined : false)
    }
    return this.healer.always({ locals, soup, puts }, arrived, holds, isElsewhere)
  }

  #owed(needed: Needed): Owed {
    return remembered(this.#owings, needed, () => ({
      least: needed.least,
      words: needed.words.map(({ from, message }) => this.healer.inboxes.entry(from, message, 'all')),
    }))
  }

  #brokenAfter(
    state: Int32Array,
    order: readonly number[],
    used: readonly (readonly Numbered[])[] | undefined,
  ): BrokenAfterRecovery {
    const { ids, stride, rowWords } = this.#places
    const { soups } = this.healer.inboxes
    const count = Math.max(-1, ...ids) + 1
    const locals = new Array<number>(count).fill(-1)
    const usedBy = new Array<UsedWords>(count).fill(NONE_USED)
    const puts = new Array<PutNumbers>(count).fill(NOTHING_PUT)
    let soup = soups.empty()
    for (const [i, id] of ids.entries()) {
      const at = order[i]! * stride
      locals[id] = this.#local(i, state[at]!)
      puts[id] = this.#puts.putsOf(state[at + 1]!)
      for (let r = 0; r < rowWords; r++) {
        for (let row = state[at + 2 + r]!; row !== 0; row &= row - 1) {
          soup = soups.plus(soup, this.#entry(i, r * 32 + (31 - Math.clz32(row & -row))))
        }
      }
      if (used) usedBy[id] = this.#usedBy(state[at + stride - 1]!, used)
    }
    return { locals, soup, used: usedBy, puts }
  }

  #local(position: number, state: number): number {
    const local = this.#closed.participants[position]!.locals[this.#classes.localOf(position, state)]!
    return isCrashed(local) ? -1 : local
  }

  #entry(position: number, envelope: number): SoupEntry {
    const entries = this.#entries[position]!
    const { message, to } = this.#closed.envelopes[envelope]!
    entries[envelope] ??= this.healer.inboxes.entry(this.#places.ids[position]!, message, to)
    return entries[envelope]
  }

  #usedBy(number: number, used: readonly (readonly Numbered[])[]): UsedWords {
    this.#usedWords[number] ??= usedWords(
      used[number]!.map(({ from, message }) => this.healer.inboxes.entry(from, message, 'all')),
    )
    return this.#usedWords[number]
  }
}
