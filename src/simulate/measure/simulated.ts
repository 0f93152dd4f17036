import type { Behaviour, Offer } from '../../adversary/index.ts'
import type { AnyMessage, Claim, Id, Json, Program } from '../../model/index.ts'
import type { Step } from '../../system/index.ts'
import type { Conditions } from '../request/conditions.ts'

/** A `Behaviour` of any strategy, and what only a simulation can ask of a coalition. */
export interface TimedBehaviour extends Behaviour {
  /**
   * What a member answers when a message reaches it, whoever sent it, the coalition included. `hears` is asked once for
   * each message of a correct participant; this is asked for every copy, and its answers are sent as often as it gives
   * them.
   */
  readonly receives?: (member: Id, from: Id, message: AnyMessage) => readonly Offer[]
}

/** How the faulty behave. */
export interface Faults {
  /** What the Byzantine ids do; `{}` is silence. */
  readonly behaviour: TimedBehaviour
  /** Are a member's opening messages sent one after the other, each once the one before has arrived or is lost? */
  readonly sequential?: boolean
  /** When replicas that may crash do so, in milliseconds. */
  readonly crashes?: readonly { readonly at: Id; readonly time: number }[]
}

/** Everybody is correct, or silent. */
export const SILENT: Faults = { behaviour: {} }

/**
 * What is asked of the replicas, or of the clients where there are clients. What cannot be used yet stays offered.
 * Requests are called `q0`, `q1`, …; without clients each is offered to every replica, with clients to one in turn.
 */
export type Load =
  /** The setting's own inputs, at time 0. */
  | { readonly kind: 'inputs' }
  /** One request after the other, whatever became of those before. */
  | { readonly kind: 'open'; readonly everyMs: number; readonly requests: number }
  /** So many at a time: the next one comes when one has been served. */
  | { readonly kind: 'closed'; readonly outstanding: number; readonly requests: number }

export interface SimulationRequest {
  readonly program: Program
  readonly conditions: Conditions
  readonly seed: number
  readonly faults: Faults
  readonly load: Load
  readonly until: Until
  /** Safety claims among these are judged; the first `sometimes` says what counts as a decision. */
  readonly claims?: readonly Claim<any>[]
  /** Is this output a decision? Default: what the first `sometimes` claim is satisfied with; else any output. */
  readonly decides?: (output: Json) => boolean
  /** Called with every step, in the order in which `apply` would take them under eager steps. */
  readonly observe?: (step: Step, time: number) => void
}

/** Every run is bounded, and says which bound it reached. */
export interface Until {
  readonly ms: number
  readonly events: number
  /** Decisions that each correct replica is to make of the setting's inputs. Default 1. */
  readonly decisions?: number
  /** Does the run go on once everybody has decided, until nothing is left to happen? */
  readonly goOn?: boolean
}

/** Ten virtual minutes, ten million events. */
export const FAR: Until = { ms: 600_000, events: 10_000_000 }

/** One decision of one correct replica, or one request served there. */
export interface Decided {
  readonly at: Id
  readonly output: Json
  /** The request that was served; nothing where inputs have no names. */
  readonly request?: string
  /** When, and when it was asked for, in milliseconds. */
  readonly time: number
  readonly asked: number
  /** Messages one after the other on the longest way from the request to here. */
  readonly delays: number
}

/** A message type with the number of copies sent. */
export interface Count {
  readonly type: string
  readonly count: number
}

/** An input that was taken, and until when the copies of what was sent on it were being put on their way. */
export interface TakenInput {
  readonly at: Id
  readonly input: string
  readonly time: number
  readonly sent: number
}

/** The result of one run. Plain JSON; the same request gives the same bytes. */
export interface Simulated {
  /** In the order in which they were made. */
  readonly decisions: readonly Decided[]
  /** Correct replicas that decided everything asked, and correct replicas. */
  readonly decided: number
  readonly of: number
  /** The most decisions that one correct replica made: what messages are divided by. */
  readonly slots: number
  readonly violated: readonly { readonly claim: string; readonly witness: string }[]
  /** Copies that the correct put on the network, those to themselves included where they go over it; by type. */
  readonly messages: readonly Count[]
  /** Copies that the coalition put on the network. */
  readonly byzantineMessages: number
  /** Of all these, copies that were lost. */
  readonly lost: number
  /** Inputs that a correct participant took. */
  readonly taken: readonly TakenInput[]
  /** Timers of correct participants that fired. */
  readonly timeouts: number
  /** The most view changes that one correct replica went through. */
  readonly viewChanges: number
  /** Was a step left out because a bound forbids it? */
  readonly cut: boolean
  /** When the run ended, in milliseconds, and after how many events. */
  readonly time: number
  readonly events: number
  /** Nothing was left to happen; everybody had decided; or a bound was reached. */
  readonly ended: 'quiet' | 'decided' | 'time' | 'events'
}
