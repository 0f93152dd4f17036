/**
 * What a vote does that is counted, whoever it is from: tried with every sender, once among those who have voted and
 * once not.
 *
 * Where all do the same, two local events take the place of one for each sender: a vote from somebody who is not yet
 * counted, which needs one sender more than there are; and a vote from somebody who is. See tallies.ts.
 */

import { type Fact, factOf, tallyOf } from '../../kernel/facts.ts'
import { countedAs, type HandlerTable } from '../../kernel/handlers.ts'
import type { TriedEvent } from '../../kernel/offered-event.ts'
import type { Id, Tallies, TallyQuestion } from '../../model/index.ts'
import { type LocalEvent, seen } from './local-event.ts'
import type { Names } from './tallies.ts'

/** A message that a rule handles. */
export type MessageEvent = LocalEvent & { readonly event: { readonly kind: 'message' } }

/** What a message does if its sender is counted. */
export interface CountedMessage {
  readonly key: Fact
  /** What it does from somebody who is not counted yet, or is; nothing where everybody is counted, or nobody. */
  readonly fresh: TriedEvent | undefined
  readonly again: TriedEvent | undefined
  /** How many must have sent it, if it comes from somebody who is not counted yet. */
  readonly needed: number
  readonly sawSelf: boolean
}

export class Counting {
  readonly #handlers: HandlerTable
  readonly #names: Names
  /** What was tried with all senders, by whom, and whether that looked at whose it is: on the same answers all is the same again. */
  #tried = new WeakMap<TriedEvent, Map<Id, boolean>>()

  constructor(handlers: HandlerTable, names: Names) {
    this.#handlers = handlers
    this.#names = names
  }

  /** Nothing that was tried counts any more. */
  forget(): void {
    this.#tried = new WeakMap()
  }

  /** What a message does, if it is counted; otherwise, what it does from each sender that makes a difference. */
  on(at: Id, control: number, tallies: Tallies, word: MessageEvent): CountedMessage | readonly TriedEvent[] {
    const senders = this.#names.senders(at)
    const ran = (from: Id): TriedEvent => this.#run(at, control, tallies, word, from)
    const one = ran(senders[0]!)
    let keys = this.#asked(one, at, senders[0]!, word)
    if (!one.sawSender) return [one]
    if (keys.length === 0) {
      const all = senders.map(ran)
      keys = [...new Set(senders.flatMap((from, i) => this.#asked(all[i]!, at, from, word)))]
      if (keys.length === 0) return all
    }
    const [key, ...others] = keys as [Fact, ...Fact[]]
    this.several(others)
    // Those who are counted are the first ones.
    const size = this.#names.sizeOf(tallies, key, at)
    let sawSelf = false
    const tried = (has: boolean, ran: TriedEvent): TriedEvent => {
      const known = this.#tried.get(ran) ?? new Map<Id, boolean>()
      if (!known.has(at)) known.set(at, this.#try(at, control, tallies, word, key, has))
      this.#tried.set(ran, known)
      sawSelf ||= known.get(at)!
      return ran
    }
    const both = {
      fresh: size < senders.length ? tried(false, ran(senders.at(-1)!)) : undefined,
      again: size > 0 ? tried(true, one) : undefined,
    }
    return { ...both, key, needed: this.needed(size), sawSelf }
  }

  /** Tries every sender, in this state or one that differs by who is counted. Did any of them look at whose it is? */
  #try(at: Id, control: number, tallies: Tallies, word: MessageEvent, key: Fact, has: boolean): boolean {
    const senders = this.#names.senders(at)
    const runs = senders.map((from) =>
      this.#run(at, control, this.#names.shown(tallies, key, from, has, at), word, from),
    )
    const asked = runs.map((ran, i) => this.#asked(ran, at, senders[i]!, word))
    const texts = runs.map((ran, i) => textOf(ran, senders[i]!, key))
    if (!this.isSame(texts, asked, key)) this.#names.name(tallyOf(key))
    return runs.some((ran) => ran.sawSelf)
  }

  #run(at: Id, control: number, tallies: Tallies, word: MessageEvent, from: Id): TriedEvent {
    return this.#handlers.run(at, control, countedAs(tallies), this.#handlers.wordFrom(word, from))
  }

  #asked(ran: TriedEvent, at: Id, from: Id, { trigger }: MessageEvent): readonly Fact[] {
    return this.#names.asked(ran, at, from, trigger!.message)
  }

  /** How many must have sent a message that goes into a tally of some size? Those who are in it have sent it, too. */
  protected needed(size: number): number {
    return size + 1
  }

  /** Who is in one tally and not in another is more than counts tell. */
  protected several(others: readonly Fact[]): void {
    for (const other of others) this.#names.name(tallyOf(other))
  }

  /** Does the message do the same from every sender, and ask the same? */
  protected isSame(texts: readonly string[], asked: readonly (readonly Fact[])[], key: Fact): boolean {
    return texts.every((text, i) => text === texts[0] && asked[i]!.join() === key)
  }
}

/** What a run asks and does, whoever the sender is that it counts. */
function textOf(ran: TriedEvent, from: Id, key: Fact): string {
  const named = (list: readonly TallyQuestion[]) =>
    list.map((one) => [one.kind, factOf(one), factOf(one) === key && one.voter === from ? 's' : one.voter, one.answer])
  return JSON.stringify([named(ran.asked), named(ran.added), ran.cut, ran.control, seen(ran).label])
}
