import type { Rule } from '../model/index.ts'
import { type AskTable, type Leaf, type Node, YES } from '../system/index.ts'
import type { Polls } from './ballot-table.ts'
import type { Row } from './row.ts'

/** Why a step can be taken: choosers weigh the kinds against each other. */
export const KINDS = ['correct', 'coalition', 'alone', 'timeout'] as const
export const CORRECT = 0
export const COALITION = 1
export const ALONE = 2
export const TIMEOUT = 3

/** An event that needs no message. */
export interface Alone {
  readonly kind: 'timeout' | 'input' | 'flip' | 'restart'
  readonly name: string
  readonly value: 0 | 1
}

/** Events that are no part of the protocol's code. */
const NAMELESS: readonly Alone['kind'][] = ['flip', 'restart']

/** What can happen in one local state: a rule on a message, or an event that needs none. */
export class Edge {
  /** Its place among the edges of its row in the order in which they were found: no part of a result. */
  readonly slot: number
  /** `CORRECT` for all messages: who sends them decides. */
  readonly kind: number
  /** -1 where it needs none. */
  readonly message: number
  /** Bits of the senders whose message it is for: all, where the rule does not look at the sender. */
  readonly senders: number
  readonly rule: Rule | undefined
  readonly event: Alone | undefined
  /** The rule, timer or input, where it counts as fired. */
  readonly label: string
  readonly node: Node | Polls
  /** Questions that have to be answered first, where they are known. */
  readonly needs: readonly AskTable[]
  /** What it does; nothing where that depends on what a `take` gets, or is not known yet. */
  readonly leaf: Leaf | undefined
  /** Envelopes that it sends, by number. */
  readonly says: Int32Array
  /** Leaves the local state as it is: whether it is a step depends on what was sent before. */
  readonly isEcho: boolean
  /** A bound forbids it. */
  readonly isCut: boolean
  /** Is it enabled wherever its message has come? */
  readonly isPlain: boolean
  /** The row that it leads to, once somebody has gone there. */
  target: Row | undefined = undefined
  /** For an engine that keeps names of what has fired: the last list that it is in. */
  firedIn: ReadonlySet<string> | undefined = undefined

  constructor(slot: number, trigger: Trigger, node: Node | Polls, outcome: Outcome, isEcho: boolean, says: Int32Array) {
    this.slot = slot
    this.kind = trigger.kind
    this.message = trigger.message
    this.senders = trigger.senders
    this.rule = trigger.rule
    this.event = trigger.event
    const { rule, event } = trigger
    this.label = rule ? rule.name : NAMELESS.includes(event!.kind) ? '' : `${event!.kind} ${event!.name}`
    this.node = node
    this.needs = outcome.needs
    this.leaf = outcome.leaf
    this.says = says
    this.isEcho = isEcho
    this.isCut = outcome.isCut
    this.isPlain = !isEcho && outcome.leaf !== undefined && outcome.needs.length === 0
  }
}

/** What an edge waits for. */
export type Trigger = Pick<Edge, 'kind' | 'message' | 'senders' | 'rule' | 'event'>

/** What comes of it, as far as that is known. */
type Outcome = Pick<Edge, 'needs' | 'leaf' | 'isCut'>

/** A rule on a message, with what it does. */
export interface Handling extends Pick<Edge, 'node'> {
  readonly rule: Rule
  /** As of an edge. */
  firedIn: ReadonlySet<string> | undefined
}

export function outcomeOf(node: Node | Polls): Outcome | undefined {
  // That depends on votes, which no row knows.
  if (node.kind === 'polls') return ASKS_VOTES
  const needs: AskTable[] = []
  let end = node
  while (end.kind === 'asks' && end.ask.ask.kind === 'need') {
    const next = end.answers.get(YES)
    // A mistake that only this answer brings out is left for the day when the evidence is there.
    if (!next) break
    needs.push(end.ask)
    end = next
  }
  if (end.kind === 'dead' && !end.cut) {
    // Nobody will ask these questions; a mistake in them is reported all the same.
    for (const need of needs) need.matching()
    return undefined
  }
  return {
    needs: needs.length === 0 ? NO_NEEDS : needs,
    leaf: end.kind === 'fires' ? end : undefined,
    isCut: end.kind === 'dead',
  }
}

const NO_NEEDS: readonly AskTable[] = []
const ASKS_VOTES: Outcome = { needs: NO_NEEDS, leaf: undefined, isCut: false }
