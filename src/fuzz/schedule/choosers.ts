import { byPlan } from './by-plan.ts'
import { byView } from './by-view.ts'
import type { Chooser } from './chooser.ts'
import { delayBounded } from './delay-bounded.ts'
import { goalDirected } from './goal-directed.ts'
import { partialOrderSampling } from './partial-order-sampling.ts'
import { pct } from './pct.ts'
import { randomWalk } from './random-walk.ts'

/** Every way to choose the next step. Each run draws one of them. */
export const choosers: readonly Chooser[] = [
  partialOrderSampling,
  randomWalk,
  byView,
  pct,
  delayBounded,
  goalDirected,
  byPlan,
]
