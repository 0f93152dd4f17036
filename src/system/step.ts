import { type Event, type Id, type SentMessage, textOf } from '../model/index.ts'

/** What stands behind a proof, part by part, so that replay checks evidence and never searches for it. */
export type Witness =
  | { readonly said: readonly ProvedMessage[] }
  | { readonly all: readonly Witness[] }
  | { readonly any: number; readonly of: Witness }

/** A message with its sender. One of the coalition has the witness of its proof, if its type needs a proof. */
export interface ProvedMessage extends SentMessage {
  readonly proof?: Witness
}

/**
 * Evidence for a rule's `need` or `take`: a message, or just the sender where it has sent only one message that
 * matches. The trigger itself always counts and is not repeated.
 */
export type Evidence = Id | ProvedMessage

/** What its handler asks is answered by evidence, where a step is the firing of one rule. */
interface Evident {
  readonly at: Id
  readonly with?: readonly Evidence[]
}

/** A rule fires. The message that triggers it, and the evidence, are checked against what was sent. */
export interface Firing extends Evident {
  readonly rule: string
  readonly on: ProvedMessage
}

/** A message arrives, and whatever it enables fires: the step of eager settings and of networks that deliver once. */
export interface Arrival {
  readonly at: Id
  readonly on: ProvedMessage
}

export interface Timeout extends Evident {
  readonly timeout: string
}

export interface Input extends Evident {
  readonly input: string
}

/** A coin falls. */
export interface Flip extends Evident {
  readonly flip: string
  readonly value: 0 | 1
}

/**
 * A replica of a lockstep protocol does a round, and so finishes it. What correct participants sent to it in the round
 * before arrives by itself; `with` is what the coalition sent to it then, at most one message of a type from each
 * member.
 */
export interface Round {
  readonly at: Id
  readonly round: number
  readonly with?: readonly ProvedMessage[]
}

/** A message on its way to one receiver is lost for ever. */
export interface Loss {
  readonly at: Id
  readonly lose: SentMessage
}

/** A replica that may crash stops for ever. */
export interface Crash {
  readonly at: Id
  readonly crash: true
}

/** A replica that may restart begins anew with what is durable of its state. What it had received is lost. */
export interface Restart {
  readonly at: Id
  readonly restart: true
}

/** One change of the global state. */
export type Step = Firing | Arrival | Round | Timeout | Input | Flip | Loss | Crash | Restart

/** A step in which one handler runs, on evidence that the step names. */
export type Acting = Firing | Timeout | Input | Flip

export function isActing(step: Step): step is Acting {
  return 'rule' in step || 'timeout' in step || 'input' in step || 'flip' in step
}

/** What the handler runs on. */
export function eventOf(step: Acting): Event {
  if ('rule' in step) return { kind: 'message', rule: step.rule, from: step.on.from, message: step.on.message }
  if ('timeout' in step) return { kind: 'timeout', timer: step.timeout }
  if ('input' in step) return { kind: 'input', value: step.input }
  return { kind: 'coin', coin: step.flip, value: step.value }
}

/** The message that triggers it; nothing where none does. */
export function triggerOf(step: Acting): readonly ProvedMessage[] {
  return 'rule' in step ? [step.on] : []
}

/** The same step on other evidence. */
export function withEvidence<S extends Acting>(step: S, evidence: readonly Evidence[]): S {
  const { with: _, ...rest } = step
  return { ...rest, ...(evidence.length > 0 ? { with: evidence } : {}) } as S
}

/** Is it the same message? */
export function sameWord(a: SentMessage, b: SentMessage): boolean {
  return a.from === b.from && textOf(a.message) === textOf(b.message)
}
