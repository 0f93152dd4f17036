import type { AnyMessage, Program } from '../../model/index.ts'
import { candidates, coalitionSpeaksAs, type ProvedMessage, prove, type System } from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import type { Closed } from '../../tables/closure/closed.ts'

/** What the coalition can send along a schedule that was found in the tables, with the proofs. */
export class CoalitionWords {
  readonly list: ProvedMessage[] = []
  readonly #program: Program
  readonly #closed: Closed
  readonly #atoms: Atoms
  readonly #proved = new Set<number>()

  constructor(closed: Closed, atoms: Atoms) {
    this.#program = closed.table.program
    this.#closed = closed
    this.#atoms = atoms
    for (const message of closed.universe) {
      if (!atoms.provable.some((one) => one.message === message)) this.#offer(message, undefined)
    }
  }

  get proved(): ReadonlySet<number> {
    return this.#proved
  }

  #offer(message: number, proof: ProvedMessage['proof']): void {
    const { n, clients } = this.#program.setting
    const value = this.#closed.table.messages.values[message]!
    for (let from = 0; from < n + clients; from++) {
      if (coalitionSpeaksAs(this.#program, from)) this.list.push({ from, message: value, ...(proof ? { proof } : {}) })
    }
  }

  /**
   * Looks for the proofs of messages that have become provable.
   *
   * @param isProvable by index of a provable message: is it worth looking? Called for each that was proved
   */
  proveMore({ soup }: System, isProvable: (index: number) => boolean, told?: (index: number) => void): void {
    for (let changed = true; changed; ) {
      changed = false
      for (const [index, { message }] of this.#atoms.provable.entries()) {
        if (this.#proved.has(index) || !isProvable(index)) continue
        const asked = this.#program.proofOf(this.#closed.table.messages.values[message] as AnyMessage)!
        const witness = prove(this.#program, asked, candidates(soup, this.list))
        if (!witness) continue
        changed = true
        this.#proved.add(index)
        this.#offer(message, witness)
        told?.(index)
      }
    }
  }
}
