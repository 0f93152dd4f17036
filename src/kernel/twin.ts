import { begin, type Id, type Program, rememberedAmong } from '../model/index.ts'
import type { Kernel } from './kernel.ts'
import type { Row } from './row.ts'

/**
 * The protocol's own reducer under the id of a coalition's member. What it says it can prove, by construction. Two of
 * one member are twins (Bano et al., "Twins: BFT systems made robust", OPODIS 2021).
 */
export interface Twin {
  readonly member: Id
  /** Whose messages it gets, and who gets its messages. Those with a common side hear each other. */
  readonly side: readonly Id[]
  /** What it is offered as input. */
  readonly inputs: readonly string[]
  /** Its firings end after so many. */
  readonly stopsAfter?: number
  /** Its messages are held back until so many steps were taken. */
  readonly withheldUntil?: number
}

/** How twins begin. */
interface Prepared {
  readonly row: Row
  /** Envelopes that it says from the start, by number. */
  readonly says: Int32Array
}

/** Twins whose beginning is remembered. */
const MOST_TWINS = 10_000

/** How the twins of a setting begin, each worked out once. */
export class TwinStarts {
  readonly #known = new Map<Twin, Prepared>()
  readonly #kernel: Kernel
  readonly #program: Program
  readonly #fires: boolean

  /** @param fires do messages fire their rules whenever they can? */
  constructor(kernel: Kernel, program: Program, fires: boolean) {
    this.#kernel = kernel
    this.#program = program
    this.#fires = fires
  }

  of(twin: Twin): Prepared {
    return rememberedAmong(this.#known, MOST_TWINS, twin, () => this.#prepare(twin))
  }

  #prepare({ member, inputs }: Twin): Prepared {
    const { local, effects } = begin(this.#program, member)
    const { messages } = this.#kernel.table
    const sent = effects.sent.map(({ to, message }) => ({ to, message: messages.number(message) }))
    const row = this.#kernel.profile(member, inputs, this.#fires).start(local)
    return { row, says: this.#kernel.envelopes.numbers(sent) }
  }
}
