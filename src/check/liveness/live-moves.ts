/**
 * What one participant can do in the search for liveness, which is every step of its own; or moves, which postpone.
 *
 * A quiet step, which is one on messages of the correct that nobody notices, then comes just before the next step of
 * the same participant that is not quiet; of two moves that others cannot tell apart, only that to y is kept where
 * quiet steps lead from y to where the other one leads to (passes 5 and 6, for liveness).
 *
 * Each state s is one that is looked at, r, and quiet steps that are possible in r: they need nothing that is said
 * later. Nobody has put out anything else in s than in r, and a healed run from r may begin with these steps. So where
 * its firings come to the same in any order, both healed runs end alike, and claims say of s what they say of r.
 * Where that is not seen, or where a claim fails, nothing is known but that all has to be searched step by step: what a
 * quiet step spoils, such as the first vote that wins, is seen only in the state that it leads to.
 */
import type { Id } from '../../model/index.ts'
import type { RecordLayout } from '../../tables/automaton/evaluate.ts'
import { Memo } from '../../tables/automaton/memo.ts'
import type { LiveClasses } from './live-classes.ts'
import type { Use, Uses } from './uses.ts'

/** A step, or several of which the last is not quiet. */
export interface LiveMove {
  readonly use: Use
  /** The class that it leads to. */
  readonly target: number
}

/** Moves that are remembered, before all of them are forgotten. */
const MOST_KNOWN = 100_000

export class LiveMoves {
  readonly #classes: LiveClasses
  readonly #places: RecordLayout
  readonly #uses: Uses
  readonly #isNothing: (state: Int32Array, use: Use) => boolean
  readonly #heard: readonly Id[] | undefined
  readonly #known: Memo<readonly LiveMove[]>

  /**
   * @param words of a whole record
   * @param isNothing is it no step, because all that it says or puts out is there already?
   * @param heard whose messages all arrive in a healed run: not those of a replica that may crash; without them, nothing
   * is postponed
   */
  constructor(
    classes: LiveClasses,
    places: RecordLayout,
    words: number,
    uses: Uses,
    isNothing: (state: Int32Array, use: Use) => boolean,
    heard: readonly Id[] | undefined,
  ) {
    this.#isNothing = isNothing
    this.#classes = classes
    this.#places = places
    this.#uses = uses
    this.#heard = heard
    this.#known = new Memo(3 + places.ids.length * places.rowWords + words - places.sayable, MOST_KNOWN)
  }

  of(state: Int32Array, p: number): readonly LiveMove[] {
    const here = state[p * this.#places.stride]!
    if (!this.#heard) return this.#steps(state, p, here)
    const { key, values } = this.#known
    const { ids, stride, rowWords, sayable } = this.#places
    let next = 0
    key[next++] = p
    key[next++] = here
    key[next++] = state[p * stride + 1]!
    for (let q = 0; q < ids.length; q++) {
      for (let r = 0; r < rowWords; r++) key[next++] = state[q * stride + 2 + r]!
    }
    for (let i = sayable; i < state.length; i++) key[next++] = state[i]!
    const number = this.#known.number()
    values[number] ??= this.#postponing(state, p, here)
    return values[number]
  }

  #steps(state: Int32Array, p: number, from: number): LiveMove[] {
    const uses = this.#uses.of(state, p, this.#classes.localOf(p, from))
    const taken = uses.filter((use) => !this.#isNothing(state, use))
    return taken.map((use) => ({ use, target: this.#classes.classOf(p, use.option.target) }))
  }

  #postponing(state: Int32Array, p: number, here: number): LiveMove[] {
    const alike = new Map<string, Map<number, LiveMove>>()
    for (const from of this.#quietly(state, p, here)) {
      for (const move of this.#steps(state, p, from)) {
        if (this.#isQuiet(move.use)) continue
        const { option, key } = move.use
        const { event, says, outputs, notes, threw } = option
        const kind = event.kind === 'crash' || event.kind === 'restart' ? event.kind : ''
        const text = `${kind}|${says}|${outputs}|${notes}|${threw}|${key}`
        if (!alike.has(text)) alike.set(text, new Map())
        alike.get(text)!.set(move.target, move)
      }
    }
    return [...alike.values()].flatMap((moves) => {
      const later = new Set<number>()
      for (const target of moves.keys()) {
        if (later.has(target)) continue
        for (const other of this.#quietly(state, p, target)) if (other !== target) later.add(other)
      }
      return [...moves.values()].filter(({ target }) => !later.has(target))
    })
  }

  /** The classes that quiet steps lead to. */
  #quietly(state: Int32Array, p: number, from: number): ReadonlySet<number> {
    const found = new Set([from])
    for (const one of found) {
      for (const { use, target } of this.#steps(state, p, one)) if (this.#isQuiet(use)) found.add(target)
    }
    return found
  }

  #isQuiet({ option: { event, says, outputs, notes, threw }, on, evidence, words }: Use): boolean {
    const isSilent = says.length + outputs.length + notes.length === 0 && threw === null
    if (!isSilent || event.kind !== 'message' || words.length > 0) return false
    return [on!, ...evidence].every(({ from }) => this.#heard!.includes(from))
  }
}
