/** What may happen to a participant, and what comes of it. */
import { type Fact, factOf } from '../../kernel/facts.ts'
import type { OfferedEvent as Bare, TriedEvent } from '../../kernel/offered-event.ts'
import type { Id } from '../../model/index.ts'
import type { SentNumber } from '../../system/index.ts'
import type { ANYBODY } from '../closure/closed.ts'

/** Something that may happen to a participant, whatever state it is in. */
export interface LocalEvent extends Bare {
  /** The message that triggers it, and its sender; nothing where no message does. */
  readonly trigger: { readonly message: number; readonly from: Id | typeof ANYBODY } | null
  /** For a message from anybody who is not yet in the tally that it goes into, or who is. */
  readonly counts?: 'fresh' | 'again'
}

/** What an event does in a local state. */
export interface LocalOutcome {
  /** `silent`: it counts votes, and nothing else. `visible`: others may notice, or the state or a timer changes. */
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
  /** Does it matter who sent the message; and whom it happens to? */
  readonly sawSender: boolean
  readonly sawSelf: boolean
  /** Does anything change but votes? */
  readonly moves: boolean
  /** What was asked of tallies, and the votes that were added. */
  readonly reads: readonly Fact[]
  readonly writes: readonly Fact[]
  /** How many senders must have sent the message, where that is more than one. */
  readonly senders?: number
}

/** Nothing comes of it. */
export function dead(reads: readonly Fact[], sawSelf = false): LocalOutcome {
  const nothing = { sent: [], outputs: [], notes: [], threw: null, label: '', writes: [], cut: false, moves: false }
  return { ...nothing, kind: 'dead', target: -1, reads, sawSender: false, sawSelf }
}

/** What a run of a handler has looked at, and what others see of it. */
export type Seen = Pick<LocalOutcome, 'reads' | 'writes' | 'label'>

const known = new WeakMap<TriedEvent, Seen>()

export function seen(ran: TriedEvent): Seen {
  let made = known.get(ran)
  if (!made) {
    const { asked, added, sent, outputs, notes, threw } = ran
    const facts = (list: TriedEvent['asked']): Fact[] => [...new Set(list.map(factOf))]
    made = { reads: facts(asked), writes: facts(added), label: JSON.stringify([{ sent, outputs, notes }, threw]) }
    known.set(ran, made)
  }
  return made
}
