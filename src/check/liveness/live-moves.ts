/**
 * What one participant can do in the search that proves liveness: moves, which are steps that somebody notices, and
 * before them silent ones, which were postponed. Of two moves that others cannot distinguish, only that to y is kept
 * where silent steps lead from y to where the other one leads to (passes 5 and 6, for liveness).
 *
 * Each state s is one that is looked at, r, and silent steps that are possible in r: they need nothing that is sent
 * later. A healed run from s may end otherwise than one from r, because a silent step may spoil something. So both are
 * judged, with all states that silent steps lead to from r.
 */
import { remembered } from '../../model/index.ts'
import type { RecordLayout } from '../../tables/automaton/evaluate.ts'
import { Memo } from '../../tables/automaton/memo.ts'
import type { Option } from '../../tables/closure/closed.ts'
import type { LiveClasses } from './live-classes.ts'
import type { LiveSpace } from './live-space.ts'
import type { Numbered, Uses } from './uses.ts'
import type { WordsBehind } from './words-behind.ts'
import { NOTHING_NEEDED, type WordsNeeded } from './words-needed.ts'

/** A step, or several of which the last is noticed. */
export interface LiveMove {
  readonly option: Option
  /** The message of the coalition that is noted with it. */
  readonly told: Numbered | undefined
  /** The class that it leads to. */
  readonly target: number
  /** The coalition's words without which it is not possible: a set of them, by number. */
  readonly needed: number
}

/** What a participant can do, and where it may be without anybody having noticed. */
export interface PossibleMoves {
  readonly moves: readonly LiveMove[]
  /** By class: the words without which it is not there. */
  readonly silently: ReadonlyMap<number, number>
}

/** Those that are remembered, before all of them are forgotten. */
const MOST_KNOWN = 20_000

export class LiveMoves {
  readonly #classes: LiveClasses
  readonly #places: RecordLayout
  readonly #uses: Uses
  readonly #behind: WordsBehind
  readonly #needed: WordsNeeded
  readonly #postpones: boolean
  readonly #known: Memo<PossibleMoves>

  constructor(
    { classes, places, words, uses }: LiveSpace,
    behind: WordsBehind,
    needed: WordsNeeded,
    postpones: boolean,
  ) {
    this.#classes = classes
    this.#places = places
    this.#uses = uses
    this.#behind = behind
    this.#needed = needed
    this.#postpones = postpones
    this.#known = new Memo(2 + places.ids.length * places.rowWords + words - places.sayable, MOST_KNOWN)
  }

  of(state: Int32Array, p: number): PossibleMoves {
    const { key, values } = this.#known
    const { ids, stride, rowWords, sayable } = this.#places
    const here = state[p * stride]!
    let next = 0
    key[next++] = p
    key[next++] = here
    for (let q = 0; q < ids.length; q++) {
      for (let r = 0; r < rowWords; r++) key[next++] = state[q * stride + 2 + r]!
    }
    for (let i = sayable; i < state.length; i++) key[next++] = state[i]!
    const number = this.#known.number()
    values[number] ??= this.#possible(state, p, here)
    return values[number]
  }

  #possible(state: Int32Array, p: number, here: number): PossibleMoves {
    const alike = new Map<string, Map<number, LiveMove>>()
    const silently = this.#silently(state, p, here)
    for (const [from, before] of silently) {
      for (const move of this.#steps(state, p, from)) {
        if (this.#isPostponed(move)) continue
        const { event, says, outputs, notes, threw } = move.option
        const kind = event.kind === 'crash' || event.kind === 'restart' ? event.kind : ''
        const text = `${kind}|${says}|${outputs}|${notes}|${threw}|${textOfTold(move.told)}`
        const some = remembered(alike, text, () => new Map())
        const needed = this.#needed.both(before, move.needed)
        const other = some.get(move.target)
        some.set(move.target, { ...move, needed: other ? this.#needed.either(other.needed, needed) : needed })
      }
    }
    return { moves: [...alike.values()].flatMap((some) => this.#earliest(state, p, some)), silently }
  }

  /** Those of which none leads on silently to another one that needs all that it needs, with the steps after it. */
  #earliest(state: Int32Array, p: number, alike: ReadonlyMap<number, LiveMove>): LiveMove[] {
    const later = new Set<number>()
    for (const { target, needed } of alike.values()) {
      if (later.has(target)) continue
      for (const [other, more] of this.#silently(state, p, target)) {
        const move = other === target ? undefined : alike.get(other)
        if (move && this.#needed.both(move.needed, this.#needed.both(needed, more)) === move.needed) later.add(other)
      }
    }
    return [...alike.values()].filter(({ target }) => !later.has(target))
  }

  *#steps(state: Int32Array, p: number, from: number): Generator<LiveMove> {
    for (const option of this.#uses.anyhow(state, p, this.#classes.localOf(p, from))) {
      const target = this.#classes.classOf(p, option.target)
      yield { option, told: this.#behind.toldOf(option), target, needed: this.#needed.of(state, p, option) }
    }
  }

  /** The classes that silent steps lead to, and what is needed on all ways there. */
  #silently(state: Int32Array, p: number, from: number): ReadonlyMap<number, number> {
    const found = new Map([[from, NOTHING_NEEDED]])
    const queue = [from]
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
      for (const move of this.#steps(state, p, one)) {
        if (!this.#isPostponed(move)) continue
        const needed = this.#needed.both(found.get(one)!, move.needed)
        const before = found.get(move.target)
        const after = before === undefined ? needed : this.#needed.either(before, needed)
        if (after === before) continue
        found.set(move.target, after)
        queue.push(move.target)
      }
    }
    return found
  }

  #isPostponed({ told, option: { event, says, outputs, notes, threw } }: LiveMove): boolean {
    if (!this.#postpones || told || event.kind === 'crash' || event.kind === 'restart' || threw !== null) return false
    return says.length + outputs.length + notes.length === 0
  }
}

/** Equal texts for equal messages. */
export function textOfTold(word: Numbered | undefined): string {
  return word ? `${word.from}.${word.message}` : ''
}
