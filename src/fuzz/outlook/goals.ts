import type { Conflicts } from '../../tables/automaton/conflicts.ts'
import type { PackedSpace } from '../../tables/space/packed-space.ts'

/** What plans lead to: an output that breaks a claim, or two that do. */
export class Goals {
  readonly #space: PackedSpace
  readonly #conflicts: Conflicts

  constructor(space: PackedSpace, conflicts: Conflicts) {
    this.#space = space
    this.#conflicts = conflicts
  }

  /** Does any claim depend on what a participant outputs? */
  isHeeded(p: number): boolean {
    return this.#conflicts.isHeeded(p)
  }

  /** Do the outputs of two participants break a claim? */
  isReached(p: number, output: number, q: number, other: number): boolean {
    return this.#conflicts.ofTwo(p, output, q, other) !== 0
  }

  /** Does a participant reach a goal by putting this out? */
  isGoal(record: Int32Array, p: number, outputs: readonly number[]): boolean {
    if (outputs.length === 0 || !this.#conflicts.isHeeded(p)) return false
    return outputs.some(
      (output) => this.#conflicts.ofOne(p, output) !== 0 || this.#conflictsWithPast(record, p, output),
    )
  }

  #conflictsWithPast(record: Int32Array, p: number, output: number): boolean {
    const { judge, layout, machines } = this.#space
    for (let q = 0; q < machines.length; q++) {
      if (!this.#conflicts.isHeeded(q)) continue
      const { outputs } = judge.putsOf(record[q * layout.stride + 1]!)
      for (const past of outputs) if (this.isReached(q, past, p, output)) return true
    }
    return false
  }
}
