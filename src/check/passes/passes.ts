import { BySlot } from '../automaton/by-slot.ts'
import { closeSparsely } from '../counting/close-sparsely.ts'
import { bigSteps } from './big-step.ts'
import { Forget } from './forget.ts'
import { lazily } from './lazy.ts'
import { quotient } from './quotient.ts'
import { Relaxation } from './relaxation.ts'
import { symmetry } from './symmetry.ts'

/** The reductions as functions. Tests put unsound ones in their place, to see that the laws notice. */
export interface Passes {
  readonly quotient: typeof quotient
  readonly forget: typeof Forget
  readonly bigStep: typeof bigSteps
  readonly lazy: typeof lazily
  readonly symmetry: typeof symmetry
  readonly relaxation: typeof Relaxation
  readonly bySlot: typeof BySlot
  /** Big steps and lazy consumption while closing. */
  readonly sparse: typeof closeSparsely
  /** So many local states of a participant are quicker closed in full. */
  readonly fewLocals: number
}

export const PASSES_BY_NAME: Passes = {
  quotient,
  forget: Forget,
  bigStep: bigSteps,
  lazy: lazily,
  symmetry,
  relaxation: Relaxation,
  bySlot: BySlot,
  sparse: closeSparsely,
  fewLocals: 10_000,
}
