/**
 * How soon, in a run that is told by rounds and not by steps, what is asked of several senders can be there. Of each
 * message it is known from which round on it can have been sent. Messages of correct senders that come after the first
 * state take a step each, and no two of one run are the same step: three that can be sent from round 2 on are all there
 * in round 4, and not before.
 */
import type { Threshold } from '../../model/index.ts'
import type { Atom, Senders } from './atom.ts'
import type { Formula } from './atoms.ts'
import type { RecordLayout } from './evaluate.ts'

/** Who can have sent what an atom counts. */
interface Wanted {
  readonly q: Threshold
  /** Identities of the coalition that can always send it. */
  readonly sure: number
  /** Fours: the place of a word, its bits, the bits of those who then have sent it, and whether that took a step. */
  readonly signs: readonly number[]
}

const IDENTITIES = 32

export class Earliest {
  readonly #atoms: readonly Atom[]
  readonly #places: RecordLayout
  readonly #wanted: Wanted[] = []
  #start: Int32Array
  /** By bit of a record: the round in which it was set, if it was not set at the start. */
  readonly #rounds: Int32Array
  readonly #free: number[] = []
  readonly #stepping: number[] = []
  readonly #soonest = new Float64Array(IDENTITIES)

  constructor(atoms: readonly Atom[], places: RecordLayout, words: number) {
    this.#atoms = atoms
    this.#places = places
    this.#rounds = new Int32Array(words * 32)
    this.#start = this.#rounds
  }

  /** Whatever is in this record needs no step any more. */
  begin(start: Int32Array): void {
    this.#start = start
  }

  /** Bits of a word of the record are set in a round. */
  sets(word: number, bits: number, round: number): void {
    for (let left = bits; left !== 0; left &= left - 1) this.#rounds[word * 32 + 31 - Math.clz32(left & -left)] = round
  }

  /** The first round after which an atom may hold; infinity where it does not hold in the record. */
  ofAtom(index: number, record: Int32Array): number {
    this.#wanted[index] ??= this.#wantedBy(this.#atoms[index]!)
    const { q, sure, signs } = this.#wanted[index]
    // One is there as soon as it is sent. Of those with weights, one may be enough.
    if (typeof q !== 'number' || q <= 1) return 0
    const [free, stepping, soonest] = [this.#free, this.#stepping, this.#soonest]
    free.length = 0
    stepping.length = 0
    soonest.fill(Number.POSITIVE_INFINITY)
    let steps = 0
    for (let i = 0; i < signs.length; i += 4) {
      const word = signs[i]!
      const set = record[word]! & signs[i + 1]!
      if (set === 0) continue
      const round = this.#first(word, set)
      if (signs[i + 3] === 1) steps |= signs[i + 2]!
      for (let left = signs[i + 2]!; left !== 0; left &= left - 1) {
        const id = 31 - Math.clz32(left & -left)
        if (round < soonest[id]!) soonest[id] = round
      }
    }
    for (let id = 0; id < IDENTITIES; id++) {
      if ((sure & (1 << id)) !== 0) free.push(0)
      else if (soonest[id]! === 0 || (soonest[id]! < Number.POSITIVE_INFINITY && (steps & (1 << id)) === 0))
        free.push(soonest[id]!)
      else if (soonest[id]! < Number.POSITIVE_INFINITY) stepping.push(soonest[id]!)
    }
    return least(q, free.sort(ascending), stepping.sort(ascending))
  }

  ofProof(formula: Formula, record: Int32Array): number {
    if (formula.kind === 'atom') return this.ofAtom(formula.atom, record)
    const rounds = formula.of.map((part) => this.ofProof(part, record))
    return formula.kind === 'all' ? Math.max(0, ...rounds) : Math.min(...rounds)
  }

  /** The round in which the first of these bits was set. */
  #first(word: number, bits: number): number {
    if ((this.#start[word]! & bits) !== 0) return 0
    let first = Number.POSITIVE_INFINITY
    for (let left = bits; left !== 0; left &= left - 1) {
      const round = this.#rounds[word * 32 + 31 - Math.clz32(left & -left)]!
      if (round < first) first = round
    }
    return first
  }

  /** A choice takes as many senders as it has messages, whoever they are. */
  #wantedBy(atom: Atom): Wanted {
    const parts = atom.kind === 'count' ? [atom.of] : atom.of
    const q = atom.kind === 'count' ? atom.q : (atom.choices[0]?.length ?? Number.POSITIVE_INFINITY)
    return {
      q,
      sure: parts.reduce((all, { sure }) => all | sure, 0),
      signs: parts.flatMap((of) => this.#signsOf(of)),
    }
  }

  #signsOf({ rows, maybe }: Senders): number[] {
    const { ids, rowWords, stride, sayable } = this.#places
    const signs: number[] = []
    for (const [i, bits] of rows.entries()) {
      const [p, r] = [Math.floor(i / rowWords), i % rowWords]
      if (bits !== 0) signs.push(p * stride + 2 + r, bits, 1 << ids[p]!, 1)
    }
    for (const { provable, identities } of maybe)
      signs.push(sayable + (provable >> 5), 1 << (provable & 31), identities, 0)
    return signs
  }
}

const ascending = (a: number, b: number): number => a - b

/** The earliest round in which q are there, of those that need no step, and of those that need one each. */
function least(q: number, free: readonly number[], stepping: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY
  let last = 0
  for (let j = 0; j <= stepping.length && j <= q; j++) {
    // The j-th comes after the others, and not before it can.
    if (j > 0) last = Math.max(last + 1, stepping[j - 1]!)
    if (q - j > free.length) continue
    best = Math.min(best, Math.max(last, q > j ? free[q - j - 1]! : 0))
  }
  return best
}
