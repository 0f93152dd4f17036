import type { Id } from '../model/index.ts'

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
