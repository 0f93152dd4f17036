import type { AnyMessage, Id, Json, Setting } from '../model/index.ts'

/** A participant, as a column of a diagram. */
export interface Lane {
  readonly id: Id
  /** `r0`, and `c4` for a client. */
  readonly name: string
  readonly role: 'replica' | 'client'
  /** `crash`: it follows the protocol until it stops; that it may stop makes it faulty. */
  readonly fault: 'correct' | 'byzantine' | 'crash'
}

/** One part of a local state that a step changed. */
export interface Change {
  /** Keys and indices from the outermost value inwards. */
  readonly path: readonly (string | number)[]
  /** `gains` and `loses` are about items of a list, with repetition, whatever their places. */
  readonly kind: 'set' | 'added' | 'removed' | 'gains' | 'loses'
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * A message with its sender: what was sent in one step, or one thing that a coalition says. Receivers that hear the same
 * broadcast hear the same envelope; what a coalition says to two receivers is two envelopes.
 */
export interface SentEnvelope {
  /** Its index in the run's list. */
  readonly id: number
  readonly from: Id
  readonly to: Id | 'all'
  readonly message: AnyMessage
  /** `forged`: the coalition says it under the name of a correct participant, where nothing is authenticated. */
  readonly origin: 'correct' | 'byzantine' | 'forged'
  /** The step that sent it; 0 before the first step. A coalition may have said its words at any time: null. */
  readonly sent: number | null
  /** The round in which it was sent, in lockstep protocols. */
  readonly round?: number
  /** Where it was first used, by receiver. */
  readonly arrivals: readonly { readonly at: Id; readonly step: number }[]
  /** Receivers that the network loses it for. */
  readonly lost: readonly Id[]
  /** Receivers, running the protocol, that have not got it by the last step of the run, those included. */
  readonly missing: readonly Id[]
  /** Envelopes inside the witness of its proof. */
  readonly restsOn: readonly number[]
}

/** How much a question asked for. */
export interface AskedFor {
  /** How many distinct senders, or how much weight. */
  readonly q: number
  /** By id, where senders do not all count the same. */
  readonly weights?: readonly number[]
}

/** A question that a rule asked of its inbox, and was answered. */
export interface Quorum extends AskedFor {
  /** `need` counts what is there, `take` is handed a choice of it; `count` looks into a tally of the participant's own. */
  readonly kind: 'need' | 'take' | 'count'
  /** Of a tally, how many it found. */
  readonly q: number
  /** Distinct senders of what matched, in the order in which they were found; of a `take`, those that were chosen. */
  readonly senders: readonly Id[]
  readonly tally?: { readonly name: string; readonly key: Json }
  /** What they said; not known of a tally. */
  readonly envelopes: readonly number[]
}

/** One rule that fired within a step, or another handler that ran. */
export interface Fire {
  /** The rule; `timeout view`, `input`, `coin x`, `round 2` elsewhere. */
  readonly rule: string
  /** The envelope that triggered it. */
  readonly on?: number
  readonly quorums: readonly Quorum[]
  readonly outputs: readonly Json[]
}

export type EventKind = 'rule' | 'arrival' | 'round' | 'timeout' | 'input' | 'coin' | 'loss' | 'crash' | 'restart'

/** What a claim says of the state after a step. `pending`: something that should be reached is not, yet. */
export interface Truth {
  readonly claim: string
  readonly is: 'holds' | 'violated' | 'reached' | 'pending' | 'not judged'
  /** How it is violated, in the claim's own words. */
  readonly witness?: string
}

/** One step of the run. */
export interface RunEvent {
  /** From 1. */
  readonly number: number
  readonly at: Id
  readonly kind: EventKind
  /** The rule, the timer, the coin, the input; the type of what arrives or is lost; the number of a round. */
  readonly name: string
  /** How a coin fell. */
  readonly value?: 0 | 1
  /** The envelope that triggers it, arrives or is lost. */
  readonly trigger?: number
  /** Envelopes that reach the participant for the first time, the trigger first. */
  readonly receives: readonly number[]
  readonly fires: readonly Fire[]
  readonly sends: readonly number[]
  readonly outputs: readonly Json[]
  readonly notes: readonly Json[]
  readonly changes: readonly Change[]
  /** Votes that it counts from now on, in tallies that it keeps itself. */
  readonly votes: readonly { readonly tally: string; readonly key: Json; readonly voters: readonly Id[] }[]
  readonly timers: { readonly started: readonly string[]; readonly stopped: readonly string[] }
  /** The exception that stops it for ever. */
  readonly threw?: string
  /** Index of its local state after the step, in the run's list. */
  readonly state: number
  /** Does it use something that the coalition said? */
  readonly byzantineMessage: boolean
  /** Steps that it directly follows from: the one before it at the same participant, and those that sent what it uses. */
  readonly causes: readonly number[]
  /** Claims that say something else from this step on. */
  readonly truths: readonly Truth[]
  readonly digest: string
}

/** A claim of the protocol. */
export interface ViewedClaim {
  readonly name: string
  readonly about: string
  readonly promised: string
  readonly kind: 'invariant' | 'sometimes' | 'liveness'
}

/** A run as data: what every picture, page and export of it is made from. Plain JSON, the same for the same trace. */
export interface RunView {
  readonly title: string
  readonly story?: string
  /** `pbft/commit-2f`. */
  readonly subject: string
  readonly about: string
  readonly setting: Setting
  readonly lanes: readonly Lane[]
  readonly claims: readonly ViewedClaim[]
  /** The claim that the run breaks; empty where it is not known to break any. */
  readonly claim: string
  /** How, in the claim's own words; null where the run parts from its file, and where nothing is broken. */
  readonly witness: string | null
  /** Why the run ends before the file does. */
  readonly divergence?: { readonly step: number; readonly why: string }
  readonly shortest: string
  /** The command that finds it again. */
  readonly command: string
  /** Claims before the first step. */
  readonly truths: readonly Truth[]
  /** By participant, before the first step: index into `states`; null for a Byzantine one. */
  readonly initial: readonly (number | null)[]
  readonly states: readonly Json[]
  readonly envelopes: readonly SentEnvelope[]
  readonly events: readonly RunEvent[]
  /** Of a liveness violation: what the healed run does from the last state, until nobody does anything any more. */
  readonly healed: readonly RunEvent[]
}
