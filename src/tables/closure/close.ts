/**
 * Pass 2, close: every local state that a participant can reach by any messages that can ever exist.
 *
 * Sound because it over-approximates: a message that one participant sends in some local state can reach all others in
 * every local state, any number of times and at any time, and a quorum is there once enough senders could have sent
 * matching messages in some run. Only if a message may arrive any number of times, at any time, or never, and rules fire
 * one at a time. A state that is reached here need not be reachable; the search decides that.
 */
import {
  type AnyMessage,
  type Event,
  type Id,
  type Local,
  mayRestart,
  type Program,
  type Rule,
  runningIds,
  UsageError,
} from '../../model/index.ts'
import {
  begun,
  coalitionSpeaksAs,
  isForgeable,
  type Leaf,
  type Node,
  packed,
  reaches,
  SharedWords,
  Table,
  triggersItself,
} from '../../system/index.ts'
import { ownCounts } from './choices.ts'
import {
  ANYBODY,
  type Closed,
  type CloseLimits,
  type Condition,
  crashed,
  isCrashed,
  Stopped,
  TooLarge,
} from './closed.ts'
import { Closing, inputsAt, type StepCause } from './closing.ts'
import { EnvelopeTable } from './envelope-table.ts'
import { Questions } from './questions.ts'

/** Local states, questions and choices of answers looked at between two calls of `onProgress`. */
const PROGRESS_EVERY = 64
/** States that are gone through from within each other: each takes a dozen calls. */
const MOST_NESTED = 200

/** @param Shared runs a rule once for all messages that are equal where it looks; `null` for none of that */
export function close(
  program: Program,
  words: readonly AnyMessage[],
  limits: CloseLimits,
  Shared: typeof SharedWords<Node> | null = SharedWords,
): Closed {
  for (const apart = new Set<string>(); Shared; ) {
    const table = new Table(program, (messages, roleOf) => new Shared!(messages, roleOf, apart))
    try {
      const closed = new Closure(program, words, limits, table).run()
      if (table.misread.size === 0) return closed
    } catch (error) {
      if (error instanceof Stopped) throw error
      if (table.misread.size === 0) {
        if (error instanceof TooLarge || error instanceof UsageError) throw error
        // A match threw: perhaps at something that only looks like a message.
        break
      }
    }
    for (const rule of table.misread) apart.add(rule)
  }
  return new Closure(program, words, limits, new Table(program)).run()
}

class Closure {
  readonly #program: Program
  readonly #table: Table
  readonly #limits: CloseLimits
  /** Those that run the protocol, then the instances of the Byzantine ones, if they are looked at too. */
  readonly #parts: Closing[]
  readonly #running: number
  readonly #envelopes = new EnvelopeTable()
  readonly #questions: Questions
  readonly #initial: { says: number[]; outputs: number[] }[] = []
  readonly #universe: number[]
  readonly #fired = new Set<string>()
  #cut = false
  #news = 0
  #looks = 0
  #told = 0
  #lookups = 0
  /** States that are entered while what can be done in another one is gone through; those that wait for their turn. */
  #nested = 0
  readonly #postponed: { readonly part: Closing; readonly state: number }[] = []

  constructor(program: Program, words: readonly AnyMessage[], limits: CloseLimits, table: Table) {
    this.#program = program
    this.#table = table
    this.#limits = limits
    this.#questions = new Questions({
      table: this.#table,
      ownCounts: (at) => ownCounts(program) || isForgeable(program, at),
      maxChoices: limits.maxChoices,
      dead: (part, cut) => {
        this.#cut ||= cut && this.#runs(part)
      },
      record: (...args) => this.#record(...args),
      // Whoever bounds the closure by counting calls bounds its work: this is where most of it is.
      looked: (choices) => {
        this.#looks += choices
      },
    })
    const running = runningIds(program.setting)
    const instances = limits.instances ? [...this.#ids()].filter((id) => !running.includes(id)) : []
    this.#running = running.length
    this.#parts = [...running, ...instances].map((at) => new Closing(at))
    this.#universe = words.map((message) => this.#table.messages.number(message))
    const identities = [...this.#ids()].filter((id) => coalitionSpeaksAs(program, id))
    for (const message of this.#universe) {
      if (limits.anybodyIsByzantine) for (const from of this.#ids()) this.#say(from, message, 'all')
      for (const from of identities) for (const [p] of this.#parts.entries()) this.#hear(p, message, from)
    }
    for (const part of this.#parts) this.#begin(part)
  }

  *#ids(): Generator<Id> {
    const { n, clients } = this.#program.setting
    for (let id = 0; id < n + clients; id++) yield id
  }

  #begin(part: Closing): void {
    const { local, effects } = begun(this.#program, part.at)
    this.#state(part, this.#table.locals.number(local as Local & object))
    this.#initial.push({
      says: effects.sent.map(({ to, message }) => this.#say(part.at, this.#table.messages.number(message), to)),
      outputs: effects.outputs.map((output) => this.#table.outputs.number(output as never)),
    })
  }

  run(): Closed {
    for (let before = -1; before !== this.#news; ) {
      before = this.#news
      for (let one = this.#postponed.pop(); one; one = this.#postponed.pop()) {
        this.#tell()
        this.#alone(one.part, one.state)
      }
      for (const part of this.#parts) {
        for (let state = 0; state < part.locals.length; state++) {
          this.#tell()
          this.#expand(part, state)
        }
        for (const waiting of [...part.waiting]) {
          this.#tell()
          this.#questions.retry(part, waiting)
        }
      }
    }
    this.#questions.settle(this.#parts)
    return {
      table: this.#table,
      participants: this.#parts.slice(0, this.#running).map(({ at, locals, options }) => ({ at, locals, options })),
      envelopes: this.#envelopes.list,
      initial: this.#initial.slice(0, this.#running),
      universe: this.#universe,
      cut: this.#cut,
      fired: this.#fired,
      lookups: this.#lookups,
      states: this.#count(),
    }
  }

  #tell(): void {
    if (++this.#looks < this.#told) return
    this.#told = this.#looks + PROGRESS_EVERY
    if (this.#limits.onProgress?.(this.#count())) throw new Stopped('stopped while the local states were collected')
  }

  #count(): number {
    return this.#parts.reduce((sum, { locals }) => sum + locals.length, 0)
  }

  #state(part: Closing, local: number): number {
    let index = part.indexOf.get(local)
    if (index === undefined) {
      index = part.locals.length
      if (index >= this.#limits.maxLocals) throw new TooLarge(`more than ${this.#limits.maxLocals} local states`)
      part.indexOf.set(local, index)
      part.locals.push(local)
      part.options.push([])
      part.tried.push(0)
      part.done.push(new Set())
      part.asked.push(new Map())
      this.#news++
      if (isCrashed(local)) return index
      // What can be done without a message may go on for ever: the stack does not.
      if (this.#nested === MOST_NESTED) this.#postponed.push({ part, state: index })
      else this.#alone(part, index)
    }
    return index
  }

  #say(from: Id, message: number, to: Id | 'all'): number {
    const envelope = this.#envelopes.number(message, to)
    const value = this.#table.messages.values[message]!
    for (const [p, { at }] of this.#parts.entries()) {
      if (reaches(this.#program, { from, message: value, to }, at)) this.#hear(p, message, from)
    }
    return envelope
  }

  /** Participant number `p` may receive this from somebody. */
  #hear(p: number, message: number, from: Id): void {
    const part = this.#parts[p]!
    const before = part.hears.get(message) ?? 0
    if (before & (1 << from)) return
    part.hears.set(message, before | (1 << from))
    this.#news++
    part.heard++
    if (from !== part.at || triggersItself(this.#program, from)) part.words.push({ message, from })
  }

  /** Events that need no message. */
  #alone(part: Closing, state: number): void {
    const { at } = part
    const { setting } = this.#program
    const number = part.locals[state]!
    const { timers, coins, threw } = this.#table.locals.values[number]!
    if (threw !== undefined) return
    this.#nested++
    const table = this.#table
    const follow = (event: Event, node: Node): void =>
      this.#questions.follow(part, state, node, { event, trigger: null })
    for (const value of inputsAt(setting, at)) follow({ kind: 'input', value }, table.onInput(at, number, value))
    for (const timer of timers) follow({ kind: 'timeout', timer }, table.onTimeout(at, number, timer))
    for (const coin of coins)
      for (const value of [0, 1] as const) follow({ kind: 'coin', coin, value }, table.onCoin(at, number, coin, value))
    const restart = { kind: 'restart' } as const
    if (mayRestart(setting, at, table.locals.values[number]!)) follow(restart, table.alone(at, number, restart))
    if (setting.crash.includes(at)) {
      const option = { event: { kind: 'crash' as const }, trigger: null, conditions: [], threw: null }
      part.options[state]!.push({
        ...option,
        target: this.#state(part, crashed(number)),
        says: [],
        outputs: [],
        notes: [],
      })
    }
    this.#nested--
  }

  #runs({ at }: Closing): boolean {
    return !this.#program.setting.byzantine.includes(at)
  }

  #expand(part: Closing, state: number): void {
    const local = part.locals[state]!
    if (isCrashed(local) || this.#table.locals.values[local]!.threw !== undefined) return
    const done = part.done[state]!
    for (; part.tried[state]! < part.words.length; part.tried[state]!++) {
      const { message, from } = part.words[part.tried[state]!]!
      for (const [r, rule] of this.#table.rulesFor(part.at, message).entries()) {
        const key = packed(message, r, this.#table.mostRules)
        if (!done.has(key)) this.#onMessage(part, state, rule, { message, from }, key)
      }
    }
  }

  #onMessage(part: Closing, state: number, rule: Rule, word: { message: number; from: Id }, key: number): void {
    const { at } = part
    const local = part.locals[state]!
    this.#lookups++
    const node = this.#table.onMessage(at, local, rule, word.message, word.from)
    const anybody = this.#table.anySender(at, local, rule, word.message)
    if (anybody) part.done[state]!.add(key)
    const message = this.#table.messages.values[word.message]!
    const event: Event = { kind: 'message', rule: rule.name, from: word.from, message }
    const trigger = { message: word.message, from: anybody ? ANYBODY : word.from }
    this.#questions.follow(part, state, node, { event, trigger })
  }

  #record(part: Closing, state: number, leaf: Leaf, draft: StepCause, conditions: readonly Condition[]): void {
    const { event, trigger } = draft
    if (this.#runs(part)) this.#fired.add(event.kind === 'message' ? event.rule : event.kind)
    const value = this.#table.locals.values[leaf.local]!
    part.options[state]!.push({
      event,
      trigger,
      conditions,
      target: this.#state(part, leaf.local),
      says: leaf.sent.map(({ to, message }) => this.#say(part.at, message, to)),
      outputs: leaf.outputs,
      notes: leaf.notes,
      threw: leaf.threw ? (value.threw ?? null) : null,
    })
  }
}
