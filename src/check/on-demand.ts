import type { closeSparsely } from '../tables/counting/close-sparsely.ts'
import type { playGame } from './game/game.ts'
import type { canSort, checkLiveness } from './liveness/liveness.ts'

/** The search for claims of that kind. */
export interface LivenessEngine {
  readonly canSort: typeof canSort
  readonly checkLiveness: typeof checkLiveness
}

/** What not every request needs, and who has none need not load. */
export interface OnDemand {
  /** Where there are liveness claims. */
  readonly live?: LivenessEngine | undefined
  /** Where a protocol declares tallies. */
  readonly sparse?: typeof closeSparsely | undefined
  /** Where a claim is one that the adversary would have to force. */
  readonly game?: typeof playGame | undefined
}
