import type { Crime, Id } from '../model/index.ts'
import type { AskedFor } from '../view/run.ts'
import type { MadeOutput } from './breaking.ts'

/** Something put out that breaks the claim, and why its participant put it out. */
export interface Decision extends MadeOutput {
  /** The rule that fired. */
  readonly rule: string
  /** The question that decided: of the rule's, the one that asked for most senders. Nothing where a rule asks for none. */
  readonly quorum?: DecisiveQuorum
  /** Envelopes that it acted on where there was no question: the trigger, or what a round brought. */
  readonly heard: readonly number[]
}

export interface DecisiveQuorum extends AskedFor {
  readonly senders: readonly Id[]
  /** Of the senders, those under whose names the coalition speaks. */
  readonly false: readonly Id[]
  readonly envelopes: readonly number[]
  /** The name of the tally, where the participant keeps its votes itself. */
  readonly tally?: string
}

/** What two quorums behind two decisions have in common. */
export interface Intersection {
  readonly decisions: readonly [number, number]
  readonly common: readonly Id[]
  /** Of these, replicas that follow the protocol and said it themselves. */
  readonly correct: readonly Id[]
  /** The fewest that two quorums of these sizes share: q₁ + q₂ − n. */
  readonly guaranteed: number
}

/** Something that the coalition said. */
export interface ByzantineMessage {
  readonly envelope: number
  /** Steps that used it. */
  readonly steps: readonly number[]
  /** Without it, and what can then no longer happen, is the claim still broken? */
  readonly isNecessary: boolean
}

/** Two different things that one sender said where a correct one says one. */
export interface Equivocation {
  readonly by: Id
  readonly envelopes: readonly [number, number]
}

/** What a participant held to when the run ended, in the protocol's own words. */
export interface Lock {
  readonly at: Id
  readonly held: readonly string[]
  /** Types of the votes that are looked at where its state is not read. */
  readonly votes: readonly string[]
  /** Its votes of these types: envelopes. */
  readonly said: readonly number[]
}

/** A sender that the messages in the hands of correct participants prove to be Byzantine. */
export interface Conviction {
  readonly of: Id
  readonly crime: Crime
  readonly envelopes: readonly number[]
}

/** A question that was not answered: how many it asked for, and who said it. */
export interface Unanswered extends AskedFor {
  readonly senders: readonly Id[]
}

/** The same schedule on another variant of the protocol. */
export interface Other {
  readonly subject: string
  readonly about: string
  /** Is the claim still broken when all that can be taken is taken? */
  readonly isBroken: boolean
  /** The first step that it does not take. */
  readonly refused?: {
    readonly step: number
    readonly why: string
    readonly asked?: Unanswered
  }
}

/** Where somebody is stuck when nothing happens any more. */
export interface Waiting extends Unanswered {
  readonly at: Id
  readonly rule: string
}

/** Why a run breaks its claim: facts that are computed from its steps, all of them. */
export interface Explanation {
  readonly subject: string
  readonly claim: string
  readonly witness: string
  /** Does the claim promise anything in this setting? */
  readonly isPromised: boolean
  readonly decisions: readonly Decision[]
  readonly intersections: readonly Intersection[]
  readonly byzantineMessages: readonly ByzantineMessage[]
  readonly equivocations: readonly Equivocation[]
  /** Byzantine participants that say nothing: that is what is Byzantine about them. */
  readonly silent: readonly Id[]
  readonly locks: readonly Lock[]
  /** Steps without which the rest still breaks the claim. */
  readonly needless: readonly number[]
  readonly others: readonly Other[]
  /** What a correct participant can prove to others: nothing without signatures. */
  readonly evidence: 'signatures' | 'channels' | 'none'
  /** Is anything known of what a correct replica of this protocol never sends, besides what its proofs say? */
  readonly isLawKnown: boolean
  readonly convictions: readonly Conviction[]
  readonly waiting: readonly Waiting[]
}
