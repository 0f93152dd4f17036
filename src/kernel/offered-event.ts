/** What may happen to a participant, and what a run of its handler does. */
import type { Event, Id, TallyQuestion } from '../model/index.ts'
import type { Leaf } from '../system/index.ts'

/** Something that may happen to a participant, whatever state it is in. */
export interface OfferedEvent {
  /** A number for it, the same at all participants; and one for it from any sender. */
  readonly number: number
  readonly common: number
  /** A number for the message and the rule, whatever is known of the sender. */
  readonly about: number
  readonly event: Event
}

/** A message that a rule handles. */
export interface HandledMessage extends OfferedEvent {
  readonly event: Event & { readonly kind: 'message' }
  readonly trigger: { readonly message: number; readonly from: Id }
}

/** What one run of a handler does, whatever votes there are that it has not asked for. */
export interface TriedEvent extends Pick<Leaf, 'sent' | 'outputs' | 'notes' | 'factors'> {
  readonly asked: readonly TallyQuestion[]
  /** The votes that were new: by their questions. */
  readonly added: readonly TallyQuestion[]
  readonly cut: boolean
  /** Number of the control state that it leads to, and whether it is another one. */
  readonly control: number
  readonly moves: boolean
  /** `silent`: it counts votes, and nothing else. `visible`: others may notice, or the state or a timer changes. */
  readonly kind: 'dead' | 'silent' | 'visible'
  readonly threw: string | null
  readonly sawSender: boolean
  readonly sawSelf: boolean
}
