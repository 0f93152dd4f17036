import type { Setting } from '../model/index.ts'
import type { Step } from '../system/index.ts'

/** How a stage of the pipeline changed the length. */
export interface Stage {
  readonly stage: string
  readonly before: number
  readonly after: number
}

/** What shrinking made of a violation. The claim is the one that was broken before. */
export interface Shrunk {
  readonly setting: Setting
  readonly steps: readonly Step[]
  readonly witness: string
  readonly stages: readonly Stage[]
  /** `bound reached`: the search for something shorter was not exhausted, so a shorter one may exist. */
  readonly shortest: 'certified in its own vocabulary' | 'bound reached'
  /** Does it also happen where every rule fires as soon as it can? `excluded` only by a finished search. */
  readonly eager: 'reproduced' | 'not-found' | 'excluded'
}
