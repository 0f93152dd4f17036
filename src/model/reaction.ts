import { deepFreeze, type Json } from './json.ts'
import type { AnyMessage, SentMessage } from './message.ts'
import type { Id } from './setting.ts'
import type { Tallies, TallyQuestion } from './tally.ts'

/** What a participant is between steps: its state, what it waits for, and the exception that stopped it, if any. */
export interface Local {
  readonly state: Json
  readonly timers: readonly string[]
  readonly coins: readonly string[]
  /** Votes that it has counted, if there are any. */
  readonly tallies?: Tallies
  /** Timeouts so far; counted only where a bound on them is set. */
  readonly timeouts?: number
  /** How often it has restarted; counted where it has. */
  readonly restarts?: number
  /** Rounds that it has finished; counted in lockstep protocols only. */
  readonly round?: number
  /** Present after a handler threw: the participant takes no further step. */
  readonly threw?: string
}

/** A message that was sent: to one participant, or to all replicas. */
export interface Sent {
  readonly to: Id | 'all'
  readonly message: AnyMessage
}

/** The effects of a step besides the new state: messages, outputs, notes, timers. */
export interface Effects {
  readonly sent: readonly Sent[]
  readonly outputs: readonly Json[]
  readonly notes: readonly Json[]
  /** Timers started in this step with the factor of the base timeout: of interest only where there is a clock. */
  readonly factors: readonly (readonly [timer: string, factor: number])[]
}

export const NO_EFFECTS: Effects = deepFreeze({ sent: [], outputs: [], notes: [], factors: [] })

/** An event at a participant. */
export type Event =
  | { readonly kind: 'message'; readonly rule: string; readonly from: Id; readonly message: AnyMessage }
  | { readonly kind: 'timeout'; readonly timer: string }
  | { readonly kind: 'input'; readonly value: string }
  | { readonly kind: 'coin'; readonly coin: string; readonly value: 0 | 1 }
  | { readonly kind: 'restart' }
  | { readonly kind: 'round'; readonly round: number; readonly inbox: readonly SentMessage[] }

/** The result of an event. If nothing changed, `local` is the same object as before and `effects` is NO_EFFECTS: that is no step. */
export interface Reaction {
  readonly local: Local
  readonly effects: Effects
  /** Did the rule look at who sent the message? If not, the reaction is the same whoever did. */
  readonly sawSender?: boolean
  /** Did it look at whose rule it is? If not, the reaction is the same at every participant of its role. */
  readonly sawSelf?: boolean
  /** What it asked of its tallies, in order. */
  readonly asked?: readonly TallyQuestion[]
}

/** What a participant's local state has become, and what it sent, in order. */
export interface Fired {
  readonly reaction: Reaction
  /** Did a bound forbid the step? */
  readonly cut: boolean
}
