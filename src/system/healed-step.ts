import type { Event, Id, SentMessage } from '../model/index.ts'
import type { System } from './system.ts'

/** One event of the healed run at one participant, on the words that it has there. */
export interface HealedStep {
  readonly at: Id
  readonly event: Event
  readonly words: readonly SentMessage[]
  readonly before: System
  readonly after: System
}

/** Looks on while a run is healed. */
export type Watch = (step: HealedStep) => void
