/** What may become true with an envelope, or with a proof of the coalition's. */
import type { Atom } from '../automaton/atom.ts'
import type { Atoms } from '../automaton/atoms.ts'
import type { Layout } from '../automaton/layout.ts'
import type { Machine } from '../automaton/machine.ts'
import { supportOf, supportOfProof } from '../passes/forget.ts'

/** Atoms of machines, or messages of the coalition, that may become true with an envelope or with a proof. */
export interface Affected {
  /** Pairs of a participant and an atom of its machine. */
  readonly atoms: readonly number[]
  readonly provable: readonly number[]
}

export const NOTHING_AFFECTED: Affected = { atoms: [], provable: [] }

export class AffectedAtoms {
  readonly #atoms: Atoms
  readonly #machines: readonly Machine[]
  readonly #layout: Layout

  constructor(atoms: Atoms, machines: readonly Machine[], layout: Layout) {
    this.#atoms = atoms
    this.#machines = machines
    this.#layout = layout
  }

  byEnvelope(p: number, envelope: number): Affected {
    const { list, provable } = this.#atoms
    const at = p * this.#layout.rowWords + (envelope >> 5)
    const bit = 1 << (envelope & 31)
    const found = this.#machineAtoms((atom) => (supportOf(atom).rows[at]! & bit) !== 0)
    const proved = provable.flatMap(({ proof }, index) =>
      (supportOfProof(proof, list, this.#layout).rows[at]! & bit) !== 0 ? [index] : [],
    )
    return found.length + proved.length === 0 ? NOTHING_AFFECTED : { atoms: found, provable: proved }
  }

  byProof(proved: number): Affected {
    const { list, provable } = this.#atoms
    return {
      atoms: this.#machineAtoms((atom) => supportOf(atom).provable.includes(proved)),
      provable: provable.flatMap(({ proof }, index) =>
        supportOfProof(proof, list, this.#layout).provable.includes(proved) ? [index] : [],
      ),
    }
  }

  #machineAtoms(affects: (atom: Atom) => boolean): number[] {
    return this.#machines.flatMap((machine, p) =>
      machine.atoms.flatMap((atom, i) => (affects(this.#atoms.list[atom]!) ? [p, i] : [])),
    )
  }
}
