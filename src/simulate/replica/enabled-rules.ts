import { partAt, type Rule, remembered } from '../../model/index.ts'
import { type AskTable, type Leaf, type Node, satisfied, type Table } from '../../system/index.ts'
import type { Arrived, InstanceInbox } from './instance-inbox.ts'
import { QuestionTally } from './question-tally.ts'

/** A step that an instance can take: what it does, and the depth of its causes. */
export interface EnabledFiring {
  readonly leaf: Leaf
  readonly depth: number
}

/** A rule and a message that it may fire on, with the tree of its questions in the present state. */
interface Trigger {
  readonly rule: number
  readonly word: Arrived
  readonly node: Node
  /** Types of messages that may change the answer; `*` is any. */
  readonly waitsFor: string[]
}

const ANY = '*'
const NOTHING: readonly never[] = []

/**
 * What can be done in an instance's state with what has come to it. Rules are looked at again only where a message, or
 * a change of the local state, can have changed what they do.
 */
export class EnabledRules {
  /** Has a bound forbidden a step? */
  cut = false
  readonly #table: Table
  readonly #inbox: InstanceInbox
  readonly #rules: readonly Rule[]
  readonly #tallies = new Map<AskTable, QuestionTally>()
  /** Rules that wait for evidence, by the type of message that they wait for. */
  readonly #waiting = new Map<string, Trigger[]>()
  #local: number
  #depth = 0

  constructor(table: Table, inbox: InstanceInbox, local: number) {
    this.#table = table
    this.#inbox = inbox
    this.#rules = partAt(table.program, inbox.self).rules
    this.#local = local
  }

  /** The state has become another one. */
  become(local: number, depth: number): void {
    this.#depth = depth
    if (local === this.#local) return
    // Questions that have no name are those of one state.
    for (const ask of this.#tallies.keys()) if (ask.ask.match.key === undefined) this.#tallies.delete(ask)
    this.#local = local
  }

  /** The inbox has lost a message again. */
  countAgain(): void {
    this.#tallies.clear()
  }

  /**
   * The first rule, in declared order, that changes something, on the first message in order of arrival: as `settle` of
   * the reference does. Everything is looked at anew.
   */
  first(isStep: (leaf: Leaf) => boolean): EnabledFiring | undefined {
    this.#waiting.clear()
    for (let rule = 0; rule < this.#rules.length; rule++) {
      const firing = this.#onEach(rule, isStep)
      if (firing) return firing
    }
    return undefined
  }

  /** The same, where nothing could be done before this message came. */
  firstAfter(word: Arrived, isStep: (leaf: Leaf) => boolean): EnabledFiring | undefined {
    const { type } = this.#inbox.messages[word.message]!
    const candidates = new Set([...(this.#waiting.get(type) ?? NOTHING), ...(this.#waiting.get(ANY) ?? NOTHING)])
    for (let rule = 0; rule < this.#rules.length; rule++) {
      if (this.#rules[rule]!.type !== type || this.#isRepeated(rule, word)) continue
      candidates.add(this.#trigger(rule, word))
    }
    const inOrder = candidates.size > 1 ? [...candidates].sort(byRule) : candidates
    for (const trigger of inOrder) {
      const firing = this.#try(trigger, isStep)
      if (firing) return firing
    }
    return undefined
  }

  /** One rule on all messages of its type, once on those on which it is known to do the same. */
  #onEach(rule: number, isStep: (leaf: Leaf) => boolean): EnabledFiring | undefined {
    for (const word of this.#inbox.byType.get(this.#rules[rule]!.type) ?? NOTHING) {
      if (this.#isRepeated(rule, word)) continue
      const firing = this.#try(this.#trigger(rule, word), isStep)
      if (firing) return firing
    }
    return undefined
  }

  /** Is it known that the rule does on this message what it does on an earlier one? */
  #isRepeated(rule: number, word: Arrived): boolean {
    const first = this.#inbox.firstLike(word)
    return first !== word && this.#isForAnybody(rule, first)
  }

  #isForAnybody(rule: number, word: Arrived): boolean {
    return this.#table.anySender(this.#inbox.self, this.#local, this.#rules[rule]!, word.message)
  }

  #trigger(rule: number, word: Arrived): Trigger {
    const node = this.#table.onMessage(this.#inbox.self, this.#local, this.#rules[rule]!, word.message, word.from)
    return { rule, word, node, waitsFor: [] }
  }

  #try(trigger: Trigger, isStep: (leaf: Leaf) => boolean): EnabledFiring | undefined {
    const firing = this.walk(trigger.node, trigger.word.depth, trigger)
    return firing && isStep(firing.leaf) ? firing : undefined
  }

  /** Goes down the tree of questions as far as the inbox has answers. */
  walk(root: Node, cause: number, trigger?: Trigger): EnabledFiring | undefined {
    let node = root
    let depth = Math.max(this.#depth, cause)
    while (node.kind === 'asks') {
      const tally = this.#tally(node.ask)
      const { ask } = node.ask
      const { isEnough } = tally
      // What a `take` gets may change as long as messages come.
      if (trigger && (!isEnough || ask.kind === 'take')) this.#wait(trigger, ask.match.type ?? ANY)
      if (!isEnough) return undefined
      depth = Math.max(depth, tally.depth)
      node = ask.kind === 'need' ? satisfied(node) : this.#table.take(node, tally.chosen())
    }
    if (node.kind === 'fires') return { leaf: node, depth }
    if (node.cut) this.cut = true
    return undefined
  }

  #wait(trigger: Trigger, type: string): void {
    if (trigger.waitsFor.includes(type)) return
    trigger.waitsFor.push(type)
    remembered(this.#waiting, type, () => []).push(trigger)
  }

  #tally(ask: AskTable): QuestionTally {
    let tally = this.#tallies.get(ask)
    if (!tally) {
      tally = new QuestionTally(ask.ask, this.#inbox)
      this.#tallies.set(ask, tally)
    }
    return tally
  }
}

/** Rules in declared order, for each the messages in order of arrival. */
function byRule(a: Trigger, b: Trigger): number {
  return a.rule - b.rule || a.word.order - b.word.order
}
