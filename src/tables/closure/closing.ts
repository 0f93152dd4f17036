import type { Id, Setting } from '../../model/index.ts'
import type { Node, Question } from '../../system/index.ts'
import type { Matching } from './choices.ts'
import type { Condition, Option } from './closed.ts'

/** What happens, by which message. */
export type StepCause = Pick<Option, 'event' | 'trigger'>

/** What a rule goes on with once its question is answered in one way, with all that it has asked on the way. */
export interface Way {
  readonly next: Node
  readonly conditions: readonly Condition[]
  /** The choices of messages that answer it so, for a `take`. */
  readonly choices: (readonly number[])[]
}

/** A question that a rule asks in some state, whichever messages trigger it. */
export interface WaitingQuestion {
  readonly state: number
  readonly node: Question
  readonly conditions: readonly Condition[]
  readonly drafts: StepCause[]
  /** How much was received when it was last looked at. */
  heard: number
  /** What matched then. */
  matching: readonly Matching[] | undefined
  /** Its answers, by the summary of a `take`. */
  readonly ways: Map<string, Way>
}

/** One participant while its states are being found. */
export class Closing {
  readonly at: Id
  readonly locals: number[] = []
  readonly indexOf = new Map<number, number>()
  readonly options: Option[][] = []
  /** How many of the messages have been tried in each state, and the rules on messages whose sender does not matter. */
  readonly tried: number[] = []
  readonly done: Set<number>[] = []
  readonly words: { message: number; from: Id }[] = []
  /** By state: the questions that are asked there. */
  readonly asked: Map<Question, WaitingQuestion>[] = []
  /** Those that may yet be answered in another way. */
  readonly waiting = new Set<WaitingQuestion>()
  /** By message: bits of the participants who may have sent it where it can be got. */
  readonly hears = new Map<number, number>()
  /** Grows with everything that can be received here. */
  heard = 0
  constructor(at: Id) {
    this.at = at
  }
}

/** What a participant may be given; in the instance of a Byzantine one, any input. */
export function inputsAt({ n, clients, byzantine, inputs, values }: Setting, at: Id): readonly string[] {
  if (!byzantine.includes(at)) return inputs[at] ?? []
  return clients > 0 === at >= n ? values : []
}
