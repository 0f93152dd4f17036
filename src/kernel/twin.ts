import { type AnyMessage, begin, type Id, type Program } from '../model/index.ts'
import type { Kernel } from './kernel.ts'
import type { Row } from './row.ts'

/**
 * The protocol's own reducer under the id of a coalition's member. It can prove what it sends, by construction. Two of
 * one member are twins (Bano et al., "Twins: BFT systems made robust", OPODIS 2021).
 */
export interface Twin {
  readonly member: Id
  /** Whose messages it gets, and who gets its messages. Those with a common side receive each other's messages. */
  readonly side: readonly Id[]
  /** Which of its messages reach whom on its side. Absent: all. */
  readonly reaches?: (message: AnyMessage, to: Id) => boolean
  /** What it is offered as input. */
  readonly inputs: readonly string[]
  /** Its firings end after so many. */
  readonly stopsAfter?: number
  /** Its messages are held back until so many steps were taken. */
  readonly withheldUntil?: number
}

/** How a twin begins. */
export interface TwinStart {
  readonly row: Row
  /** Envelopes that it sends from the start, by number. */
  readonly says: Int32Array
}

/** @param fires do messages fire its rules whenever they can? */
export function startOf({ member, inputs }: Twin, kernel: Kernel, program: Program, fires: boolean): TwinStart {
  const { local, effects } = begin(program, member)
  const { messages } = kernel.table
  const sent = effects.sent.map(({ to, message }) => ({ to, message: messages.number(message) }))
  return { row: kernel.profile(member, inputs, fires).start(local), says: kernel.envelopes.numbers(sent) }
}
