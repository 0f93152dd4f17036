import { type Id, type Program, range } from '../model/index.ts'
import { hearsItself, receivers, standingOf } from '../system/index.ts'
import type { Kernel } from './kernel.ts'

/** To whom things come that correct participants send, each worked out once. */
export class Audience {
  /** By id: is its own broadcast evidence for it? */
  readonly hearsItself: readonly boolean[]
  readonly #kernel: Kernel
  readonly #program: Program
  readonly #correct: readonly Id[]
  /** By who sends it, and envelope. */
  readonly #ids: (readonly Id[])[][]
  readonly #receivers: (readonly Id[])[][]

  /** @param correct the participants that run the protocol, in order */
  constructor(kernel: Kernel, program: Program, correct: readonly Id[]) {
    const ids = range(program.setting.n + program.setting.clients)
    this.hearsItself = ids.map((id) => hearsItself(program, id))
    this.#ids = ids.map(() => [])
    this.#receivers = ids.map(() => [])
    this.#kernel = kernel
    this.#program = program
    this.#correct = correct
  }

  /** Correct participants in whose rules it may trigger something. */
  of(from: Id, envelope: number): readonly Id[] {
    const known = this.#ids[from]!
    known[envelope] ??= this.#triggered(from, envelope)
    return known[envelope]
  }

  /** Correct participants to whom it is sent. */
  receivers(from: Id, envelope: number): readonly Id[] {
    const known = this.#receivers[from]!
    known[envelope] ??= receivers(this.#program, from, this.#kernel.envelopes.receivers[envelope]!).filter((id) =>
      this.#correct.includes(id),
    )
    return known[envelope]
  }

  #triggered(from: Id, envelope: number): Id[] {
    const { envelopes, table } = this.#kernel
    const message = table.messages.values[envelopes.messages[envelope]!]!
    const said = { from, to: envelopes.receivers[envelope]!, message }
    return this.#correct.filter((id) => standingOf(this.#program, said, id) === 'trigger')
  }
}
