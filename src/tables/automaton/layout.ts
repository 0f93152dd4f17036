import type { Id } from '../../model/index.ts'
import type { Atoms } from './atoms.ts'
import type { RecordLayout } from './evaluate.ts'
import type { Machine } from './machine.ts'

/**
 * A global state as a record of 32-bit words. For each participant: the state of its machine, what it has put out (as
 * a number), its row of envelopes, and which of its atoms are true; at the end, which messages the coalition can prove,
 * and the level that was reached, if there are layers.
 */
export interface Layout extends RecordLayout {
  readonly ids: readonly Id[]
  readonly truthWords: number
  readonly sayableWords: number
  /** Offset of the level. */
  readonly level: number
  /** Words of a whole record. */
  readonly words: number
}

export function layoutOf(atoms: Atoms, machines: readonly Machine[]): Layout {
  const { ids, rowWords } = atoms
  const truthWords = Math.max(1, ...machines.map((machine) => Math.ceil(machine.atoms.length / 32)))
  const stride = 2 + rowWords + truthWords
  const sayable = ids.length * stride
  const sayableWords = Math.ceil(atoms.provable.length / 32)
  const level = sayable + sayableWords
  return { ids, rowWords, truthWords, stride, sayable, sayableWords, level, words: level + 1 }
}
