import type { Id, Setting } from '../model/index.ts'
import type { AskTable, Question } from '../system/index.ts'
import type { Condition, Option } from './closed.ts'

/** One way through a rule that waits for more to be said. */
export interface Waiting {
  readonly state: number
  readonly node: Question
  readonly draft: Draft
  /** How much was heard when it was last looked at. */
  heard: number
  /** For a `take`: what it goes on with, by summary. */
  readonly summaries: Map<string, { kind: 'take'; ask: AskTable; choices: (readonly number[])[] }>
}

export interface Draft {
  readonly event: Option['event']
  readonly trigger: Option['trigger']
  readonly conditions: readonly Condition[]
}

/** One participant while its states are being found. */
export class Part {
  readonly at: Id
  readonly locals: number[] = []
  readonly indexOf = new Map<number, number>()
  readonly options: Option[][] = []
  /** How many of the words have been tried in each state, and the rules on messages whose sender does not matter. */
  readonly tried: number[] = []
  readonly done: Set<number>[] = []
  readonly words: { message: number; from: Id }[] = []
  readonly waiting = new Set<Waiting>()
  /** Grows with everything that can be heard here. */
  heard = 0
  constructor(at: Id) {
    this.at = at
  }
}

/** What a participant may be given; in the seat of a Byzantine one, any input. */
export function inputsAt({ n, clients, byzantine, inputs, values }: Setting, at: Id): readonly string[] {
  if (!byzantine.includes(at)) return inputs[at] ?? []
  return clients > 0 === at >= n ? values : []
}
