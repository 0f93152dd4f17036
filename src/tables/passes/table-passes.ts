import { BySlot } from '../automaton/by-slot.ts'
import { bigSteps } from './big-step.ts'
import { Forget } from './forget.ts'
import { Layers } from './layers.ts'
import { lazily } from './lazy.ts'
import { quotient } from './quotient.ts'
import { Relaxation } from './relaxation.ts'
import { symmetry } from './symmetry.ts'

/** The reductions of closed tables, as functions. Tests put unsound ones in their place, to see that the laws notice. */
export interface TablePasses {
  readonly quotient: typeof quotient
  readonly forget: typeof Forget
  readonly bigStep: typeof bigSteps
  readonly lazy: typeof lazily
  readonly symmetry: typeof symmetry
  readonly layers: typeof Layers
  readonly relaxation: typeof Relaxation
  readonly bySlot: typeof BySlot
  /** So many local states of a participant are quicker closed in full. */
  readonly fewLocals: number
}

export const TABLE_PASSES: TablePasses = {
  quotient,
  forget: Forget,
  bigStep: bigSteps,
  lazy: lazily,
  symmetry,
  layers: Layers,
  relaxation: Relaxation,
  bySlot: BySlot,
  fewLocals: 10_000,
}
