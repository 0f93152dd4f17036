import { FEWEST_COUNTED, type Id, type Program, remembered } from '../model/index.ts'
import { type Leaf, Table } from '../system/index.ts'
import { BallotTable } from './ballot-table.ts'
import { Envelopes } from './envelopes.ts'
import { Proofs } from './proofs.ts'
import { Records } from './records.ts'
import { Profile } from './row.ts'

/**
 * Everything that settings share which differ only in who is faulty: messages, local states and what can happen in
 * them, as numbers and rows of edges. Grows as states are met, and is thrown away when it has become too large: no
 * result depends on what it knows.
 */
export class Kernel {
  readonly program: Program
  readonly table: Table
  readonly envelopes = new Envelopes()
  readonly records: Records
  readonly proofs: Proofs
  /** Groups of claims that look at its records. */
  views = 0
  /** Where votes are kept apart, what handlers do. */
  readonly ballots: BallotTable | undefined
  readonly #profiles = new Map<string, Profile>()
  readonly #says = new Map<Leaf, Int32Array>()

  constructor(program: Program) {
    this.program = program
    this.table = new Table(program)
    this.records = new Records(program.setting.counts ?? FEWEST_COUNTED)
    this.proofs = new Proofs(this.table)
    this.ballots = BallotTable.suits(program) ? new BallotTable(this.table) : undefined
  }

  /** @param fires do messages fire rules whenever they can? */
  profile(id: Id, inputs: readonly string[], fires: boolean): Profile {
    const key = `${id} ${fires} ${JSON.stringify(inputs)}`
    return remembered(this.#profiles, key, () => new Profile(this, id, inputs, fires))
  }

  /** Envelopes that a reaction sends, by number. */
  saysOf(leaf: Leaf): Int32Array {
    let says = this.#says.get(leaf)
    if (!says) {
      says = this.envelopes.numbers(leaf.sent)
      this.#says.set(leaf, says)
    }
    return says
  }

  /** Local states whose edges are known, over all participants. */
  get rows(): number {
    let rows = 0
    for (const profile of this.#profiles.values()) rows += profile.size
    return rows
  }
}
