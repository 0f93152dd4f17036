import { Commitments, offends, type Restriction } from '../../adversary/index.ts'
import type { Law, Program, Setting } from '../../model/index.ts'
import type { Step } from '../../system/index.ts'

/**
 * What binds the coalition of a campaign. No two messages that it holds ready in one run offend. But a proof may be shown
 * with more than those, so the steps of a violation are looked at once more, with all that is in its certificates.
 */
export class Restrained {
  readonly #never: readonly Restriction[]
  readonly #law: Law | undefined

  private constructor(never: readonly Restriction[], law: Law | undefined) {
    this.#never = never
    this.#law = law
  }

  /** Nothing where nothing is forbidden. */
  static of(never: readonly Restriction[] = [], law?: Law): Restrained | undefined {
    return never.length > 0 ? new Restrained(never, law) : undefined
  }

  /** What binds it in one run. */
  commitments(setting: Setting): Commitments {
    return new Commitments(this.#never, this.#law, setting)
  }

  /** Has the coalition of these steps done what it never does? Then they count for nothing here. */
  offends(program: Program, steps: readonly Step[]): boolean {
    return offends(program, steps, this.#never, this.#law)
  }
}
