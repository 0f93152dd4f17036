/** What may happen to a participant, and what comes of it. */
import type { Event, Id } from '../model/index.ts'
import type { SentNumber } from '../system/index.ts'
import type { ANYBODY } from './closed.ts'
import type { Fact } from './facts.ts'
import type { Reactions } from './reactions.ts'
import type { Place } from './tallies.ts'

/** Something that may happen to a participant, whatever state it is in. */
export interface Happening {
  /** A number for it, the same at all participants; and one for it from any sender. */
  readonly number: number
  readonly common: number
  readonly event: Event
  /** The message that triggers it, and its sender; nothing where no message does. */
  readonly trigger: { readonly message: number; readonly from: Id | typeof ANYBODY } | null
  /** For a message from anybody who is not yet in the tally that it goes into, or who is. */
  readonly counts?: 'fresh' | 'again'
}

/** What a happening does in a local state. */
export interface Outcome {
  /** `silent`: others do not notice. `visible`: they do, or claims may. */
  readonly kind: 'dead' | 'silent' | 'visible'
  /** Did a bound forbid it? */
  readonly cut: boolean
  /** Number of the local state that it leads to; no such number where it is dead. */
  readonly target: number
  readonly sent: readonly SentNumber[]
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  readonly threw: string | null
  /** Equal texts for what looks equal to others. */
  readonly label: string
  /** Does it matter who sent the message? */
  readonly sawSender: boolean
  readonly reads: readonly Fact[]
  readonly writes: readonly Fact[]
  /** Tallies that were asked for the sender, or that it was put into. */
  readonly tallies: readonly Place[]
  /** How many senders must have said the message, where that is more than one. */
  readonly senders?: number
}

/** The same, and whether it matters whose state it is. */
export interface Reacted {
  readonly outcome: Outcome
  readonly sawSelf: boolean
}

/** A message to be handled by a rule. */
export function wordOf(reactions: Reactions, rule: string, message: number, from: Id): Happening {
  const common = `m${rule} ${message}`
  const event: Event = { kind: 'message', rule, from, message: reactions.table.messages.values[message]! }
  const [number, any] = [reactions.numberOf(`${common} ${from}`), reactions.numberOf(common)]
  return { number, common: any, event, trigger: { message, from } }
}

/** Nothing comes of it. */
export function dead(reads: readonly Fact[]): Outcome {
  const nothing = {
    sent: [],
    outputs: [],
    notes: [],
    threw: null,
    label: '',
    sawSender: false,
    writes: [],
    tallies: [],
  }
  return { ...nothing, kind: 'dead', cut: false, target: -1, reads }
}
