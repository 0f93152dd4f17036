import { type Ask, byText, headsOf, type Id, leastOf, textOf, weightOf } from '../../model/index.ts'
import { hasRole } from '../../system/index.ts'
import type { Arrived, InstanceInbox } from './instance-inbox.ts'

const NONE: readonly Arrived[] = []

/**
 * The words at one instance that answer one question, counted as they come: each word is looked at once, and only where
 * somebody asks.
 */
export class QuestionTally {
  /** The deepest of the first words that are enough. */
  depth = 0
  readonly #ask: Ask
  readonly #inbox: InstanceInbox
  /** Distinct senders in order of arrival, with the first matching message of each. */
  readonly #first = new Map<Id, number>()
  /** For how much those count. */
  #arrived = 0
  /** The first of its own broadcasts that matches, by content. */
  #own: number | undefined
  #looked = 0
  #lookedOwn = 0

  constructor(ask: Ask, inbox: InstanceInbox) {
    this.#ask = ask
    this.#inbox = inbox
  }

  /** Have enough distinct participants said something that matches? */
  get isEnough(): boolean {
    this.#catchUp()
    return this.#weight >= leastOf(this.#ask.q)
  }

  /** The first q senders to arrive, with the first matching message of each; its own broadcast comes last. */
  chosen(): number[] {
    const all = [...this.#first.values()]
    if (this.#own !== undefined && !this.#first.has(this.#inbox.self)) all.push(this.#own)
    return all.slice(0, headsOf(this.#ask.q))
  }

  get #weight(): number {
    const { self } = this.#inbox
    return this.#arrived + (this.#own !== undefined && !this.#first.has(self) ? weightOf(this.#ask.q, self) : 0)
  }

  #catchUp(): void {
    const { match, q } = this.#ask
    const { messages, own, self } = this.#inbox
    const list = match.type === undefined ? this.#inbox.arrived : (this.#inbox.byType.get(match.type) ?? NONE)
    for (; this.#looked < list.length; this.#looked++) {
      const { message, from, depth } = list[this.#looked]!
      if (this.#first.has(from) || !this.#counts(from) || !match(messages[message]!, from)) continue
      if (this.#weight < leastOf(q)) this.depth = Math.max(this.depth, depth)
      this.#first.set(from, message)
      this.#arrived += weightOf(q, from)
    }
    for (; this.#lookedOwn < own.length; this.#lookedOwn++) {
      const message = own[this.#lookedOwn]!
      if (!this.#counts(self) || !match(messages[message]!, self)) continue
      if (this.#own === undefined || byText(textOf(messages[message]!), textOf(messages[this.#own]!)) < 0) {
        this.#own = message
      }
    }
  }

  #counts(from: Id): boolean {
    return hasRole(this.#inbox.program, from, this.#ask.role) && weightOf(this.#ask.q, from) > 0
  }
}
