import type { Setting } from '../model/index.ts'
import type { Step } from '../system/index.ts'

/** The length before and after a stage of shrinking. */
export interface Stage {
  readonly stage: string
  readonly before: number
  readonly after: number
}

/** What a search of less than everything knows about the length of a violation. */
type Partly = 'certified in its own vocabulary' | 'bound reached'

/**
 * What is known about the length of a violation. `certified`: nothing shorter exists within the bounds of its setting.
 * `certified in its own vocabulary`: nothing shorter is made of the same words. `bound reached`: a shorter one may exist.
 * Behind a semicolon stands where the search of everything stopped, if there was one.
 */
export type Shortest = 'certified' | Partly | `${Partly}; ${string}`

/** Does it also happen where every rule fires as soon as it can? `excluded` only by a finished search. */
export type Eager = 'reproduced' | 'not-found' | 'excluded'

/** What shrinking made of a violation. The claim is the one that was broken before. */
export interface Shrunk {
  readonly setting: Setting
  readonly steps: readonly Step[]
  readonly witness: string
  readonly stages: readonly Stage[]
  readonly shortest: Shortest
  /** Nothing where there was no time to look. */
  readonly eager?: Eager
  /**
   * There were Byzantine replicas, and the steps that are left break the claim without them, too: they are not what it
   * is about.
   */
  readonly uncorrupted?: boolean
}
