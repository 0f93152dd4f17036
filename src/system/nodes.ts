/** What a rule does on one event, as a small tree: the questions that it asks, and what follows on each answer. */
import { type AnyMessage, type Effects, type Id, UsageError } from '../model/index.ts'
import type { AskTable } from './ask-table.ts'

/** A message that a rule sends. */
export interface SentNumber {
  readonly to: Id | 'all'
  readonly message: number
}

/** The rule fires: what becomes of the local state, and what is sent. */
export interface Leaf {
  readonly kind: 'fires'
  readonly local: number
  readonly sent: readonly SentNumber[]
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  /** Timers that the step starts, with the factor of the base timeout: of interest only where there is a clock. */
  readonly factors: Effects['factors']
  readonly threw: boolean
  /** Neither sends nor outputs: nobody else can tell. */
  readonly silent: boolean
  /** Where votes are no part of the local state: those that it counts, as fact and voter's bit, one after another. */
  readonly counts: readonly number[]
}

/** The rule does nothing in this local state, whatever else has been sent. `cut` if a bound forbids it. */
export interface Dead {
  readonly kind: 'dead'
  readonly cut: boolean
}

/** The rule asks its inbox. */
export interface Question {
  readonly kind: 'asks'
  readonly ask: AskTable
  /** For a `need`, what follows once it is satisfied; for a `take`, by the canonical text of the summary. */
  readonly answers: Map<string, Node>
  /** For a `take`, what follows on a choice of messages, by their numbers. */
  readonly choices: Map<string, Node>
  readonly resume: (answer: true | readonly AnyMessage[]) => Node
  /** For a `take`: holds what follows on one choice against what follows on another with the same summary. */
  readonly compare?: (known: Node, answer: () => true | readonly AnyMessage[]) => void
}

export type Node = Leaf | Dead | Question

export const COUNTS_NOTHING: readonly number[] = []
export const DEAD: Dead = { kind: 'dead', cut: false }
export const CUT: Dead = { kind: 'dead', cut: true }

/**
 * Answers a `need` in advance, to learn whether the rest of the rule looks at the sender. The evidence may never come,
 * so a mistake that only this answer brings out is left for the day when it does.
 */
export function lookAhead(question: Question): void {
  try {
    question.answers.set(YES, question.resume(true))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
  }
}

/** The key under which a `need` keeps what follows once it is satisfied. */
export const YES = 'yes'

/** What a rule does once its question is answered, worked out once for each key. */
export function answered(question: Question, key: string, answer: () => true | readonly AnyMessage[]): Node {
  let next = question.answers.get(key)
  if (next) question.compare?.(next, answer)
  else {
    next = question.resume(answer())
    question.answers.set(key, next)
  }
  return next
}

export function textOfNode(node: Node): string {
  if (node.kind !== 'asks') return JSON.stringify(node)
  const { kind, q, role, match } = node.ask.ask
  return JSON.stringify([kind, q, role, match.key])
}

/** What a rule does once a `need` of it is satisfied. */
export function satisfied(question: Question): Node {
  return answered(question, YES, () => true)
}

/** Is the whole tree below a node known, so that it is known what the rule looks at? */
export function isKnown(node: Node): boolean {
  if (node.kind !== 'asks') return true
  const next = node.answers.get(YES)
  return node.ask.ask.kind === 'need' && next !== undefined && isKnown(next)
}
