/**
 * The protocol as tables of integers. Every local state, message and output gets a number, and every reducer call is
 * made once: (local state, rule, message) → a small tree of the questions that the rule asks of its inbox, with the
 * reaction at its leaves. immer is 6 to 100 times slower than an assignment; behind these tables it no longer matters.
 *
 * Numbers depend on what was seen first, so nothing that a run decides may depend on their order.
 */
import {
  type AnyMessage,
  type Ask,
  type Event,
  type Id,
  type Inbox,
  type Json,
  type Local,
  type Program,
  partAt,
  placeOf,
  plainText,
  type Rule,
  remembered,
  textOfTallies,
  UsageError,
} from '../model/index.ts'
import { assertListed } from './alphabet.ts'
import { AskTable } from './ask-table.ts'
import { fire } from './fire.ts'
import { Interner } from './interner.ts'
import {
  answered,
  COUNTS_NOTHING,
  CUT,
  DEAD,
  isKnown,
  lookAhead,
  type Node,
  type Question,
  textOfNode,
} from './nodes.ts'
import { ReadSet, type SharedWords, type Sharing } from './read-set.ts'
import { sorted } from './sent-messages.ts'

/** One program's tables. Shared by all runs of one setting; grows as states are met. */
export class Table {
  readonly program: Program
  readonly messages: Interner<AnyMessage>
  readonly locals: Interner<Local & object>
  readonly outputs: Interner<Json & object>
  /** Reducer calls made so far. */
  calls = 0
  /** With which handlers are run. */
  readonly #asking: Program
  readonly #rows: Map<number, Map<number, Node>>[]
  readonly #common: readonly Map<number, Map<number, Node>>[] = [new Map(), new Map()]
  readonly #asks = new Map<string, AskTable>()
  /** Every rule of replicas and clients by name. */
  readonly #ruleNumbers: ReadonlyMap<string, number>
  readonly #aloneNumbers = new Map<string, number>()
  /** A number that is not a participant's: stands for any sender. */
  readonly #anybody: number
  readonly #shared: SharedWords<Node> | undefined
  /**
   * @param share for a rule to be run once for all messages that are equal where it looks
   * @param numbers those of another table, to be shared
   */
  constructor(program: Program, share?: Sharing<Node>, numbers?: Pick<Table, 'messages' | 'locals' | 'outputs'>) {
    this.program = { ...program, copies: true, splits: false }
    this.#asking = { ...program, copies: true }
    this.messages = numbers?.messages ?? new Interner()
    this.locals = numbers?.locals ?? new Interner(localText)
    this.outputs = numbers?.outputs ?? new Interner()
    const { n, clients } = program.setting
    const count = n + clients
    this.#shared = share?.(this.messages.values, (at) => (at < n ? 'replica' : 'client'))
    this.#rows = Array.from({ length: count }, () => new Map())
    this.#anybody = count
    const rules = [...program.replica.rules, ...(program.client?.rules ?? [])]
    const lists = [this.program.replica, this.program.client].flatMap((part) => [...(part?.byType.values() ?? [])])
    this.mostRules = Math.max(1, ...lists.map((list) => list.length))
    this.#ruleNumbers = new Map([...new Set(rules.map(({ name }) => name))].map((name, number) => [name, number]))
  }

  /** The most rules that wait for messages of one type. */
  readonly mostRules: number

  /** The rules that wait for a message of this type at a participant. */
  rulesFor(at: Id, message: number): readonly Rule[] {
    return partAt(this.program, at).byType.get(this.messages.values[message]!.type) ?? NO_RULES
  }

  /** What a rule does on a message. The sender only matters where the rule looks at it. */
  onMessage(at: Id, local: number, rule: Rule, message: number, from: Id): Node {
    const base = this.#base(rule, message)
    const row = this.#rows[at]!.get(local)
    const known = row?.get(base + this.#anybody) ?? row?.get(base + from)
    if (known) return known
    const common = this.#commonRows(at).get(local)
    const found = common?.get(base + this.#anybody) ?? common?.get(base + from)
    if (found) return found
    const isWatched = this.#shared?.isWatched(rule.name) ?? false
    const shared = isWatched ? this.#shared!.find(at, local, rule.name, message, from) : undefined
    if (shared) {
      rowIn(this.#rows[at]!, local).set(base + (shared.sawSender ? from : this.#anybody), shared.node)
      return shared.node
    }
    const readSet = new ReadSet()
    const value = this.messages.values[message]!
    const event = {
      kind: 'message' as const,
      rule: rule.name,
      from,
      message: isWatched ? readSet.watched(value) : value,
    }
    const node = this.#grow(at, local, event, [], readSet, isWatched ? value : undefined)
    const isAll = isKnown(node)
    readSet.isForAll = isAll
    const isKept = isWatched && this.#shared!.keep(readSet, isAll, node, at, local, rule.name, message, from)
    const rows = readSet.sawSelf || !isAll ? this.#rows[at]! : this.#commonRows(at)
    rowIn(rows, local).set(base + (readSet.sawSender || !(isAll || isKept) ? from : this.#anybody), node)
    return node
  }

  /** Rules that were run once for messages on which they do different things: what was found with them is void. */
  get misread(): ReadonlySet<string> {
    return this.#shared?.misread ?? new Set()
  }

  /** Is the rule known not to look at the sender here? Known after the first `onMessage`. */
  anySender(at: Id, local: number, rule: Rule, message: number): boolean {
    const number = this.#base(rule, message) + this.#anybody
    return (this.#rows[at]!.get(local)?.has(number) || this.#commonRows(at).get(local)?.has(number)) ?? false
  }

  onTimeout(at: Id, local: number, timer: string): Node {
    return this.alone(at, local, { kind: 'timeout', timer })
  }

  onInput(at: Id, local: number, value: string): Node {
    return this.alone(at, local, { kind: 'input', value })
  }

  onCoin(at: Id, local: number, coin: string, value: 0 | 1): Node {
    return this.alone(at, local, { kind: 'coin', coin, value })
  }

  /** What an event does that needs no message. */
  alone(at: Id, local: number, event: AloneEvent): Node {
    const row = rowIn(this.#rows[at]!, local)
    const number = remembered(this.#aloneNumbers, keyOfEvent(event), () => this.#aloneNumbers.size)
    return remembered(row, -1 - number, () => this.#grow(at, local, event, [], new ReadSet()))
  }

  /** What rules do at every participant of the role, where they do not look at whose they are. */
  #commonRows(at: Id): Map<number, Map<number, Node>> {
    return this.#common[at < this.program.setting.n ? 0 : 1]!
  }

  /** Where the answers to a message begin in a row: one place for each sender, and one for all of them. */
  #base({ name }: Rule, message: number): number {
    return (message * this.#ruleNumbers.size + this.#ruleNumbers.get(name)!) * (this.#anybody + 1)
  }

  /**
   * Runs the rule on the answers so far, up to its next question or its end.
   *
   * @param plain the message that triggers it, where the one in the event notes what is looked at
   */
  #grow(
    at: Id,
    local: number,
    event: Event,
    answers: readonly (true | readonly AnyMessage[])[],
    readSet: ReadSet,
    plain?: AnyMessage,
  ): Node {
    let next = 0
    let open: Ask | undefined
    const inbox: Inbox = (ask) => {
      const answer = answers[next++]
      if (answer !== undefined) return answer
      open = ask
      return false
    }
    this.calls++
    const before = this.locals.values[local]!
    const { reaction, cut } = fire(this.#asking, at, before, event, inbox)
    readSet.saw(reaction)
    // It may have thrown because the message only looked like one, which nothing that is made may hold on to.
    if (plain && reaction.local.threw !== undefined) readSet.sawAll()
    const again = (): Node => this.#grow(at, local, { ...event, message: plain! } as Event, answers, readSet)
    if (plain && readSet.whole) return again()
    if (open) {
      readSet.watch(open, this.program)
      const resume = (answer: true | readonly AnyMessage[]) =>
        this.#grow(at, local, event, [...answers, answer], readSet, plain)
      const compare = open.kind === 'take' && this.program.audit ? this.#comparing(event, resume) : undefined
      const known = { ask: this.#askTable(open), answers: new Map(), choices: new Map(), resume }
      const question: Question = { kind: 'asks', ...known, ...(compare ? { compare } : {}) }
      if (open.kind === 'need') lookAhead(question)
      return plain && readSet.whole ? again() : question
    }
    if (cut) return CUT
    const { effects } = reaction
    for (const { message } of effects.sent) assertListed(this.program, at, message)
    const silent = effects.sent.length + effects.outputs.length + effects.notes.length === 0
    if (reaction.local === before && silent) return DEAD
    return {
      kind: 'fires',
      local: this.locals.number(reaction.local as Local & object),
      sent: effects.sent.map(({ to, message }) => ({ to, message: this.messages.number(message) })),
      outputs: effects.outputs.map((output) => this.outputs.number(output as Json & object)),
      notes: effects.notes.map((note) => this.outputs.number({ note } as Json & object)),
      factors: effects.factors,
      threw: reaction.local.threw !== undefined,
      silent,
      counts: COUNTS_NOTHING,
    }
  }

  /** What a rule does on one choice of messages for its `take`. Choices with one summary are one answer. */
  take(question: Question, chosen: readonly number[]): Node {
    const key = [...chosen].sort((a, b) => a - b).join()
    let next = question.choices.get(key)
    if (!next) {
      const messages = sorted(chosen.map((number) => this.messages.values[number]!))
      next = answered(question, question.ask.textOfSummary(messages), () => messages)
      question.choices.set(key, next)
    }
    return next
  }

  /** What a handler learns of the choice besides its summary is in no key: it must do the same on all of them. */
  #comparing(event: Event, resume: Question['resume']): NonNullable<Question['compare']> {
    return (known, answer) => {
      if (!this.program.audit!.wantsChoice()) return
      if (textOfNode(resume(answer())) === textOfNode(known)) return
      throw new UsageError(
        `${placeOf(this.program, event)}: on two choices of messages with one summary it does two different things`,
        'let the function that you give to take return all that the rule needs, and keep nothing outside of it',
      )
    }
  }

  #askTable(ask: Ask): AskTable {
    const { n, clients } = this.program.setting
    const key = ask.match.key && ask.kind === 'need' ? `${ask.q} ${ask.role} ${ask.match.key}` : undefined
    if (key === undefined) return new AskTable(ask, this.messages, n, clients)
    return remembered(this.#asks, key, () => new AskTable(ask, this.messages, n, clients))
  }
}

/** The text under which a local state is known. Its largest part is mostly known already. */
export function localText({ state, timers, coins, timeouts, restarts, threw, tallies }: Local): string {
  const counts = `${timeouts} ${restarts}`
  return `${plainText(state as object)} ${timers} ${coins} ${counts} ${threw} ${tallies && textOfTallies(tallies)}`
}

/** An event that needs no message. */
export type AloneEvent = Extract<Event, { readonly kind: 'timeout' | 'input' | 'coin' | 'restart' }>

/** Names an event that needs no message. */
export function keyOfEvent(event: AloneEvent): string {
  if (event.kind === 'timeout') return `t${event.timer}`
  if (event.kind === 'restart') return 'r'
  return event.kind === 'input' ? `i${event.value}` : `c${event.value}${event.coin}`
}

function rowIn(rows: Map<number, Map<number, Node>>, local: number): Map<number, Node> {
  return remembered(rows, local, () => new Map())
}

const NO_RULES: readonly Rule[] = []
