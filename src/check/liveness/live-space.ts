import type { Claim, Program } from '../../model/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import { Evaluator, type RecordLayout } from '../../tables/automaton/evaluate.ts'
import { RecordJudge } from '../../tables/automaton/record-judge.ts'
import type { Closed, Option } from '../../tables/closure/closed.ts'
import { sortGroups } from '../../tables/passes/symmetry.ts'
import type { SearchLimits } from '../safety/search.ts'
import type { LiveClasses } from './live-classes.ts'
import { LiveForget } from './live-forget.ts'
import { UsedSets } from './used-sets.ts'
import { type Numbered, type Use, Uses } from './uses.ts'

/** What liveness claims are searched with. */
export interface LivenessOptions {
  readonly program: Program
  readonly claims: readonly Claim<any>[]
  readonly closed: Closed
  readonly atoms: Atoms
  readonly limits: SearchLimits
  /** May local states be merged, and messages forgotten? Only where no bound was hit: the healed run knows none. */
  readonly merges: boolean
  /** May interchangeable participants be sorted? */
  readonly sorts: boolean
  /** Is it tried to prove claims without telling apart what was used? */
  readonly proves: boolean
  /** May silent steps be postponed for that? */
  readonly postpones: boolean
}

/** States of a search for liveness, and what steps make of them. */
export class LiveSpace {
  readonly puts: RecordJudge
  readonly uses: Uses
  readonly used = new UsedSets()
  /**
   * A record is, for each participant: its class, what it has output, its row of envelopes, what it has used; and what
   * the coalition can prove.
   */
  readonly places: RecordLayout
  /** Words of a record. */
  readonly words: number
  readonly classes: LiveClasses
  readonly #closed: Closed
  readonly #atoms: Atoms
  readonly #evaluator: Evaluator
  readonly #forget: LiveForget | undefined
  readonly #together: boolean
  readonly #scratch: Int32Array

  /** @param together is it noted only what all have used, where what one has used reaches all? */
  constructor(program: Program, closed: Closed, atoms: Atoms, classes: LiveClasses, together: boolean) {
    this.#closed = closed
    this.#atoms = atoms
    this.classes = classes
    this.puts = new RecordJudge(program, closed, [])
    const stride = 3 + atoms.rowWords
    this.places = { ids: atoms.ids, rowWords: atoms.rowWords, stride, sayable: atoms.ids.length * stride }
    this.words = this.places.sayable + Math.ceil(atoms.provable.length / 32)
    this.uses = new Uses(program, closed, atoms, this.places)
    this.#evaluator = new Evaluator(atoms.list, this.places)
    this.#scratch = new Int32Array(this.words)
    const { gossip } = program.setting.network
    this.#together = together && gossip
    // What proofs rest on is not forgotten.
    if (classes.ahead && atoms.provable.length === 0)
      this.#forget = new LiveForget(closed, this.places, classes.ahead, gossip, this.used)
  }

  /** The first state, before it is made canonical. */
  initial(): Int32Array {
    const { stride } = this.places
    const state = new Int32Array(this.words)
    for (const [p, { says, outputs }] of this.#closed.initial.entries()) {
      state[p * stride] = this.classes.classOf(p, 0)
      state[p * stride + 1] = this.puts.append(0, { outputs, threw: null })
      for (const envelope of says) state[p * stride + 2 + (envelope >> 5)]! |= 1 << (envelope & 31)
    }
    this.#prove(state)
    return state
  }

  /** Notes, in place, what the coalition can prove now. */
  #prove(state: Int32Array): void {
    const { sayable } = this.places
    for (let changed = true; changed; ) {
      changed = false
      for (const [index, { proof }] of this.#atoms.provable.entries()) {
        const [word, bit] = [sayable + (index >> 5), 1 << (index & 31)]
        if ((state[word]! & bit) !== 0 || !this.#evaluator.isProved(proof, state)) continue
        state[word]! |= bit
        changed = true
      }
    }
  }

  /** Nothing is sent or output again, and no local state becomes another: whatever it would use, that is no step. */
  isNothing(state: Int32Array, { p, option, stays }: Use): boolean {
    if (!stays) return false
    const { stride } = this.places
    const isSaid = (envelope: number): boolean =>
      (state[p * stride + 2 + (envelope >> 5)]! & (1 << (envelope & 31))) !== 0
    return option.says.every(isSaid) && this.#putsAfter(state, p, option) === state[p * stride + 1]
  }

  #putsAfter(state: Int32Array, p: number, { outputs, notes, threw }: Option): number {
    const before = state[p * this.places.stride + 1]!
    if (outputs.length + notes.length === 0 && threw === null) return before
    return this.puts.append(before, { outputs: [...outputs, ...notes], threw })
  }

  /** Forgets what can move nobody any more, and sorts, in place. */
  canonical(state: Int32Array, order?: number[]): void {
    this.#forget?.forget(state)
    sortGroups(this.classes.groups, this.places, state, order)
  }

  /**
   * The record after a step, before it is made canonical; valid until the next call.
   *
   * @param messages the coalition's that it uses, where that is distinguished
   * @param key the same text for the same messages
   */
  after(
    state: Int32Array,
    p: number,
    option: Option,
    target: number,
    words: readonly Numbered[] = [],
    key = '',
  ): Int32Array {
    const { stride } = this.places
    const { event, says } = option
    const after = this.#scratch
    after.set(state)
    after[p * stride] = target
    after[p * stride + 1] = this.#putsAfter(state, p, option)
    for (const envelope of says) after[p * stride + 2 + (envelope >> 5)]! |= 1 << (envelope & 31)
    if (says.length > 0) this.#prove(after)
    const last = (p + 1) * stride - 1
    // What a replica had received is lost when it restarts.
    const used = event.kind === 'restart' ? 0 : this.used.plus(after[last]!, words, key)
    if (this.#together) for (let q = stride - 1; q < this.places.sayable; q += stride) after[q] = used
    else after[last] = used
    return after
  }
}
