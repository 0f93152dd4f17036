/** Atoms and proofs, evaluated in a state. */
import { bits } from '../../kernel/bits.ts'
import { HarnessError, type Id, isMetBy } from '../../model/index.ts'
import type { Atom, Senders } from './atom.ts'
import type { Formula } from './atoms.ts'

/** Where in a state's record rows and provable messages are. */
export interface RecordLayout {
  readonly ids: readonly Id[]
  readonly rowWords: number
  /** Words of one participant. */
  readonly stride: number
  /** Offset of the bits of the messages that the coalition can prove. */
  readonly sayable: number
}

/** What tells in a state's record who has said something. */
interface Signs {
  readonly sure: number
  /** Triples: the place of a word, the bits of it of which one is enough, and the bits of those who then have said it. */
  readonly signs: Int32Array
}

export class Evaluator {
  readonly #atoms: readonly Atom[]
  readonly #places: RecordLayout
  readonly #signs = new Map<Senders, Signs>()
  /** By atom: for each of its parts. */
  readonly #parts: Signs[][] = []
  /** Who has said each part of the atom that is looked at. */
  readonly #senders: number[] = []

  constructor(atoms: readonly Atom[], places: RecordLayout) {
    this.#atoms = atoms
    this.#places = places
  }

  /** Who has said it, as far as a state tells, as a bit mask of ids. */
  senders(of: Senders, state: Int32Array): number {
    let signs = this.#signs.get(of)
    if (!signs) {
      signs = this.#signsOf(of)
      this.#signs.set(of, signs)
    }
    return sendersBy(signs, state)
  }

  #signsOf({ rows, sure, maybe }: Senders): Signs {
    const { ids, rowWords, stride, sayable } = this.#places
    const signs: number[] = []
    for (const [i, bits] of rows.entries()) {
      const [p, r] = [Math.floor(i / rowWords), i % rowWords]
      if (bits !== 0) signs.push(p * stride + 2 + r, bits, 1 << ids[p]!)
    }
    for (const { provable, identities } of maybe)
      signs.push(sayable + (provable >> 5), 1 << (provable & 31), identities)
    return { sure, signs: Int32Array.from(signs) }
  }

  /** Does an atom hold in a state? */
  holds(index: number, state: Int32Array): boolean {
    const atom = this.#atoms[index]
    if (!atom) throw new HarnessError(`there is no atom ${index}`)
    this.#parts[index] ??= (atom.kind === 'count' ? [atom.of] : atom.of).map((of) => this.#signsOf(of))
    const parts = this.#parts[index]
    if (atom.kind === 'count') return isMetBy(atom.q, sendersBy(parts[0]!, state))
    const senders = this.#senders
    let all = 0
    for (let i = 0; i < parts.length; i++) {
      senders[i] = sendersBy(parts[i]!, state)
      all |= senders[i]!
    }
    // All choices are of as many messages.
    if (atom.choices.length === 0 || bits(all) < atom.choices[0]!.length) return false
    for (let i = 0; i < atom.choices.length; i++) if (fits(atom.choices[i]!, senders, 0, 0)) return true
    return false
  }

  /** Does a proof hold in a state? */
  isProved(formula: Formula, state: Int32Array): boolean {
    if (formula.kind === 'atom') return this.holds(formula.atom, state)
    const isAll = formula.kind === 'all'
    for (const part of formula.of) if (this.isProved(part, state) !== isAll) return !isAll
    return isAll
  }
}

function sendersBy({ sure, signs }: Signs, state: Int32Array): number {
  let senders = sure
  for (let i = 0; i < signs.length; i += 3) if ((state[signs[i]!]! & signs[i + 1]!) !== 0) senders |= signs[i + 2]!
  return senders
}

/** Can one sender be named for each part of a choice, no sender twice? */
function fits(choice: readonly number[], senders: readonly number[], next: number, taken: number): boolean {
  if (next === choice.length) return true
  for (let left = senders[choice[next]!]! & ~taken; left !== 0; left &= left - 1) {
    if (fits(choice, senders, next + 1, taken | (left & -left))) return true
  }
  return false
}
