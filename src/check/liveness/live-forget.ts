import type { RecordLayout } from '../../tables/automaton/evaluate.ts'
import type { Closed } from '../../tables/closure/closed.ts'
import type { Ahead } from './live-classes.ts'
import type { UsedSets } from './used-sets.ts'

/** Forgets, in states of the liveness search, the messages that can move nobody any more. */
export class LiveForget {
  readonly #closed: Closed
  readonly #places: RecordLayout
  readonly #ahead: (p: number, state: number) => Ahead
  readonly #gossip: boolean
  readonly #used: UsedSets
  /** By position and state: the envelopes of each participant that it may still be moved by. */
  readonly #rows: Int32Array[][]
  /** By position, state and number of a set of used messages: that of those that matter. */
  readonly #kept: Map<number, number>[][]
  readonly #wanted: Int32Array

  constructor(
    closed: Closed,
    places: RecordLayout,
    ahead: (p: number, state: number) => Ahead,
    gossip: boolean,
    used: UsedSets,
  ) {
    this.#closed = closed
    this.#places = places
    this.#ahead = ahead
    this.#gossip = gossip
    this.#used = used
    this.#rows = places.ids.map(() => [])
    this.#kept = places.ids.map(() => [])
    this.#wanted = new Int32Array(places.ids.length * places.rowWords)
  }

  /** Works in place. */
  forget(state: Int32Array): void {
    const { ids, stride, rowWords } = this.#places
    const wanted = this.#wanted
    wanted.fill(0)
    for (let p = 0; p < ids.length; p++) {
      const rows = this.#rowsAhead(p, state[p * stride]!)
      for (let i = 0; i < wanted.length; i++) wanted[i]! |= rows[i]!
    }
    for (let p = 0; p < ids.length; p++) {
      for (let r = 0; r < rowWords; r++) state[p * stride + 2 + r]! &= wanted[p * rowWords + r]!
      const last = (p + 1) * stride - 1
      if (state[last] !== 0) state[last] = this.#gossip ? this.#usedByAny(state, last) : this.#usedBy(state, p, last)
    }
  }

  #rowsAhead(p: number, here: number): Int32Array {
    let rows = this.#rows[p]![here]
    if (!rows) {
      const { ids, rowWords } = this.#places
      const ahead = this.#ahead(p, here)
      rows = this.#saidAgain(p)
      for (const [envelope, { message }] of this.#closed.envelopes.entries()) {
        for (const [q, id] of ids.entries()) {
          if (ahead.has(message, id)) rows[q * rowWords + (envelope >> 5)]! |= 1 << (envelope & 31)
        }
      }
      this.#rows[p]![here] = rows
    }
    return rows
  }

  /** What a participant may send again without any change: whether it has sent that tells whether it takes a step. */
  #saidAgain(p: number): Int32Array {
    const { ids, rowWords } = this.#places
    const rows = new Int32Array(ids.length * rowWords)
    if (this.#closed.universe.length === 0) return rows
    for (const [local, options] of this.#closed.participants[p]!.options.entries()) {
      for (const { says, target } of options) {
        if (target !== local) continue
        for (const envelope of says) rows[p * rowWords + (envelope >> 5)]! |= 1 << (envelope & 31)
      }
    }
    return rows
  }

  #usedBy(state: Int32Array, p: number, last: number): number {
    const here = state[p * this.#places.stride]!
    this.#kept[p]![here] ??= new Map()
    const kept = this.#kept[p]![here]
    let number = kept.get(state[last]!)
    if (number === undefined) {
      const ahead = this.#ahead(p, here)
      number = this.#used.number(
        this.#used.values[state[last]!]!.filter(({ message, from }) => ahead.has(message, from)),
      )
      kept.set(state[last]!, number)
    }
    return number
  }

  /** Where what one has used reaches all, it matters as long as it may move anybody. */
  #usedByAny(state: Int32Array, last: number): number {
    const { ids, stride } = this.#places
    const matters = (p: number, message: number, from: number): boolean =>
      this.#ahead(p, state[p * stride]!).has(message, from)
    const kept = this.#used.values[state[last]!]!.filter(({ message, from }) =>
      ids.some((_, p) => matters(p, message, from)),
    )
    return this.#used.number(kept)
  }
}
