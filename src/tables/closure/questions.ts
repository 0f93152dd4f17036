/**
 * The questions that rules ask while a program is closed. Each is put again when more can have been heard, and only
 * the answers that were not possible before are looked at. A question that several words lead to is one question.
 */
import type { Id } from '../../model/index.ts'
import {
  type AskTable,
  answered,
  type Leaf,
  type Node,
  satisfied,
  sorted,
  type Table,
  YES,
} from '../../system/index.ts'
import { bySummary, isSameMatching, matchingIn } from './answers.ts'
import type { Matching } from './choices.ts'
import type { Condition } from './closed.ts'
import type { Closing, StepCause, WaitingQuestion, Way } from './closing.ts'

/** What the questions are part of. */
export interface Asker {
  readonly table: Table
  /** Do words in a participant's own name count? */
  ownCounts(at: Id): boolean
  /** Choices of messages for one `take`. */
  readonly maxChoices: number
  /** A bound may have forbidden something. */
  dead(part: Closing, cut: boolean): void
  record(part: Closing, state: number, leaf: Leaf, draft: StepCause, conditions: readonly Condition[]): void
  /** So many choices have been looked at. */
  looked(choices: number): void
}

export class Questions {
  readonly #asker: Asker

  constructor(asker: Asker) {
    this.#asker = asker
  }

  /** Goes on with a rule in one state, on one word: until it fires, or waits for an answer. */
  follow(part: Closing, state: number, node: Node, draft: StepCause, conditions: readonly Condition[] = []): void {
    if (node.kind === 'dead') {
      this.#asker.dead(part, node.cut)
    } else if (node.kind === 'fires') {
      this.#asker.record(part, state, node, draft, conditions)
    } else {
      const known = part.asked[state]!.get(node)
      if (known) {
        known.drafts.push(draft)
        for (const way of known.ways.values()) this.follow(part, state, way.next, draft, way.conditions)
        return
      }
      const kept = { state, node, conditions, drafts: [draft] }
      const waiting: WaitingQuestion = { ...kept, heard: -1, matching: undefined, ways: new Map() }
      part.asked[state]!.set(node, waiting)
      part.waiting.add(waiting)
      this.retry(part, waiting)
    }
  }

  /** Looks again at a question, if more can have been heard since the last time. */
  retry(part: Closing, waiting: WaitingQuestion): void {
    if (waiting.heard === part.heard) return
    waiting.heard = part.heard
    const { ask } = waiting.node
    const matching = this.#matching(part, ask)
    const before = waiting.matching
    if (before && isSameMatching(matching, before)) return
    waiting.matching = matching
    if (ask.ask.kind === 'take') {
      this.#take(part, waiting, matching, before)
      return
    }
    const senders = matching.reduce((all, { senders: more }) => all | more, 0)
    if (!ask.isMetBy(senders)) return
    part.waiting.delete(waiting)
    this.#goOn(part, waiting, YES, satisfied(waiting.node), { kind: 'need', ask }, [])
  }

  /**
   * At the end: puts choices into the order in which their messages were heard, and each question to all words, so
   * that nothing is left that a rule has not looked at yet.
   */
  settle(parts: readonly Closing[]): void {
    for (const part of parts) {
      const place = new Map([...part.hears.keys()].map((message, index) => [message, index]))
      for (const { node, ways } of part.asked.flatMap((asked) => [...asked.values()])) {
        node.ask.matching()
        for (const { choices } of ways.values()) choices.sort((one, other) => byPlace(one, other, place))
      }
    }
  }

  #matching(part: Closing, ask: AskTable): Matching[] {
    return matchingIn(part.hears, ask, this.#asker.ownCounts(part.at) ? -1 : ~(1 << part.at))
  }

  #take(
    part: Closing,
    waiting: WaitingQuestion,
    matching: readonly Matching[],
    before: readonly Matching[] | undefined,
  ): void {
    const { node, ways } = waiting
    const { table, maxChoices } = this.#asker
    for (const [key, choices] of bySummary(table, node.ask, matching, maxChoices, before)) {
      this.#asker.looked(choices.length)
      const known = ways.get(key)
      const messages = (choice: readonly number[]) => sorted(choice.map((number) => table.messages.values[number]!))
      const [next] = choices.map((choice) => answered(node, key, () => messages(choice)))
      if (known) {
        known.choices.push(...choices)
        continue
      }
      this.#goOn(part, waiting, key, next!, { kind: 'take', ask: node.ask, choices }, choices)
    }
  }

  /** A question can be answered in one more way. */
  #goOn(
    part: Closing,
    { state, conditions, drafts, ways }: WaitingQuestion,
    key: string,
    next: Node,
    condition: Condition,
    choices: (readonly number[])[],
  ): void {
    const way: Way = { next, conditions: [...conditions, condition], choices }
    ways.set(key, way)
    for (const draft of drafts) this.follow(part, state, next, draft, way.conditions)
  }
}

/** Choices in the order of their messages' places. */
function byPlace(one: readonly number[], other: readonly number[], place: ReadonlyMap<number, number>): number {
  const differs = one.findIndex((message, i) => message !== other[i])
  return differs < 0 ? 0 : place.get(one[differs]!)! - place.get(other[differs]!)!
}
