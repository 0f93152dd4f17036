import type { Chooser } from './chooser.ts'
import { partialOrderSampling } from './partial-order-sampling.ts'
import { randomWalk } from './random-walk.ts'

/** Every chooser: one line each. */
export const choosers: readonly Chooser[] = [randomWalk, partialOrderSampling]
