import type { AnyMessage, Id, Word } from '../model/index.ts'

/** What stands behind a proof, part by part, so that replay checks evidence and never searches for it. */
export type Witness =
  | { readonly said: readonly Spoken[] }
  | { readonly all: readonly Witness[] }
  | { readonly any: number; readonly of: Witness }

/** Somebody's word. What a coalition says carries the witness of its proof, where its type has one. */
export interface Spoken extends Word {
  readonly proof?: Witness
}

/**
 * Evidence for a rule's `need` or `take`: a word, or just the sender where it has said only one message that matches.
 * The trigger itself always counts and is not repeated.
 */
export type Evidence = Id | Spoken

/** A rule fires. The message that triggers it, and the evidence, are checked against what was said. */
export interface Firing {
  readonly at: Id
  readonly rule: string
  readonly on: Spoken
  readonly with?: readonly Evidence[]
}

/** A message arrives, and whatever it enables fires: the step of eager settings and of networks that deliver once. */
export interface Arrival {
  readonly at: Id
  readonly on: Spoken
}

export interface Timeout {
  readonly at: Id
  readonly timeout: string
}

export interface Input {
  readonly at: Id
  readonly input: string
}

/** A coin falls. */
export interface Flip {
  readonly at: Id
  readonly flip: string
  readonly value: 0 | 1
}

/**
 * A replica of a lockstep protocol does a round, and so finishes it. What the correct said to it in the round before
 * arrives by itself; `with` is what the coalition said to it then, at most one word of a type from each member.
 */
export interface Round {
  readonly at: Id
  readonly round: number
  readonly with?: readonly Spoken[]
}

/** A message on its way to one receiver is lost for ever. */
export interface Loss {
  readonly at: Id
  readonly lose: Word
}

/** A replica that may crash stops for ever. */
export interface Crash {
  readonly at: Id
  readonly crash: true
}

/** One change of the global state. */
export type Step = Firing | Arrival | Round | Timeout | Input | Flip | Loss | Crash

/** A message and one receiver of it. */
export interface Delivery extends Word {
  readonly to: Id
}

export type { AnyMessage }
