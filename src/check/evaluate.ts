/** Atoms and proofs, evaluated in a state. */
import { HarnessError, type Id } from '../model/index.ts'
import type { Atom, Formula, Senders } from './atoms.ts'
import { bits, distinct } from './choices.ts'

/** Who has said it, as far as a state tells, as a bit mask of ids. */
export function sendersIn(
  { rows, sure, maybe }: Senders,
  ids: readonly Id[],
  rowWords: number,
  state: Int32Array,
  stride: number,
  sayable: number,
): number {
  let senders = sure
  for (let p = 0, at = 0; p < ids.length; p++) {
    for (let r = 0; r < rowWords; r++, at++) {
      if ((rows[at]! & state[p * stride + 2 + r]!) !== 0) senders |= 1 << ids[p]!
    }
  }
  for (const { provable, voices } of maybe) {
    if ((state[sayable + (provable >> 5)]! & (1 << (provable & 31))) !== 0) senders |= voices
  }
  return senders
}

/** Where in a state's record rows and provable messages are. */
export interface Places {
  readonly ids: readonly Id[]
  readonly rowWords: number
  /** Words of one participant. */
  readonly stride: number
  /** Offset of the bits of the messages that the coalition can prove. */
  readonly sayable: number
}

/** Does an atom hold in a state? */
export function holds(atom: Atom, places: Places, state: Int32Array): boolean {
  const { ids, rowWords, stride, sayable } = places
  if (atom.kind === 'count') {
    return bits(sendersIn(atom.of, ids, rowWords, state, stride, sayable)) >= atom.q
  }
  const senders = atom.of.map((one) => sendersIn(one, ids, rowWords, state, stride, sayable))
  return atom.choices.some((choice) => distinct(choice.map((index) => senders[index]!)))
}

/** Does a proof hold in a state? */
export function isProved(formula: Formula, atoms: readonly Atom[], places: Places, state: Int32Array): boolean {
  if (formula.kind === 'atom') {
    const atom = atoms[formula.atom]
    if (!atom) throw new HarnessError(`there is no atom ${formula.atom}`)
    return holds(atom, places, state)
  }
  const is = (part: Formula): boolean => isProved(part, atoms, places, state)
  return formula.kind === 'all' ? formula.of.every(is) : formula.of.some(is)
}
