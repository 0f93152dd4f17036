/**
 * Pass 2, close: every local state that a participant can reach on any messages that can ever exist.
 *
 * Sound because it only ever over-approximates: what one participant says in some local state is offered to all others
 * in every local state, as often and as late as they like, and a quorum counts as met once enough senders could have
 * said matching messages in some run. Conditions: a message may arrive any number of times, at any time, or never;
 * and rules fire one at a time. What is reached here need not be reachable; the search decides that.
 */
import { type AnyMessage, begin, type Event, type Id, type Program, type Rule, runningIds } from '../model/index.ts'
import {
  type AskTable,
  answered,
  coalitionSpeaksAs,
  type Leaf,
  type Node,
  reaches,
  satisfied,
  sorted,
  Table,
} from '../system/index.ts'
import { bySummary, matchingIn } from './answers.ts'
import { bits, type Matching, ownCounts } from './choices.ts'
import { ANYBODY, type Closed, type CloseLimits, crashed, isCrashed, Stopped, TooLarge } from './closed.ts'
import { type Draft, inputsAt, Part, type Waiting } from './part.ts'
import { Sayings } from './sayings.ts'

/** Local states, questions and choices of answers looked at between two calls of `onProgress`. */
const PROGRESS_EVERY = 64

export function close(program: Program, words: readonly AnyMessage[], limits: CloseLimits): Closed {
  return new Closure(program, words, limits).run()
}

class Closure {
  readonly #program: Program
  readonly #table: Table
  readonly #limits: CloseLimits
  /** Those that run the protocol, then the seats of the Byzantine ones, if they are looked at too. */
  readonly #parts: Part[]
  readonly #running: number
  readonly #sayings = new Sayings()
  /** By message: bits of the participants who may have said it where the key's participant can get it. */
  readonly #heard: Map<number, number>[]
  readonly #initial: { says: number[]; outputs: number[] }[] = []
  readonly #universe: number[]
  readonly #fired = new Set<string>()
  #cut = false
  #news = 0
  #looks = 0
  #told = 0
  #lookups = 0

  constructor(program: Program, words: readonly AnyMessage[], limits: CloseLimits) {
    this.#program = program
    this.#table = new Table(program)
    this.#limits = limits
    const running = runningIds(program.setting)
    const seats = limits.seats ? [...this.#ids()].filter((id) => !running.includes(id)) : []
    this.#running = running.length
    this.#parts = [...running, ...seats].map((at) => new Part(at))
    this.#heard = this.#parts.map(() => new Map())
    this.#universe = words.map((message) => this.#table.messages.number(message))
    const voices = [...this.#ids()].filter((id) => coalitionSpeaksAs(program, id))
    for (const message of this.#universe) {
      if (limits.anybodyLies) for (const from of this.#ids()) this.#say(from, message, 'all')
      for (const from of voices) for (const [p] of this.#parts.entries()) this.#hear(p, message, from)
    }
    for (const part of this.#parts) this.#begin(part)
  }

  *#ids(): Generator<Id> {
    const { n, clients } = this.#program.setting
    for (let id = 0; id < n + clients; id++) yield id
  }

  #begin(part: Part): void {
    const { local, effects } = begin(this.#program, part.at)
    const bounded = this.#program.setting.bounds['timeouts'] === undefined ? {} : { timeouts: 0 }
    this.#state(part, this.#table.locals.number({ ...local, ...bounded }))
    this.#initial.push({
      says: effects.sent.map(({ to, message }) => this.#say(part.at, this.#table.messages.number(message), to)),
      outputs: effects.outputs.map((output) => this.#table.outputs.number(output as never)),
    })
  }

  run(): Closed {
    for (let before = -1; before !== this.#news; ) {
      before = this.#news
      for (const part of this.#parts) {
        for (let state = 0; state < part.locals.length; state++) {
          this.#tell()
          this.#expand(part, state)
        }
        for (const waiting of [...part.waiting]) {
          this.#tell()
          this.#retry(part, waiting)
        }
      }
    }
    return {
      table: this.#table,
      participants: this.#parts.slice(0, this.#running).map(({ at, locals, options }) => ({ at, locals, options })),
      sayings: this.#sayings.list,
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

  #state(part: Part, local: number): number {
    let index = part.indexOf.get(local)
    if (index === undefined) {
      index = part.locals.length
      if (index >= this.#limits.maxLocals) throw new TooLarge(`more than ${this.#limits.maxLocals} local states`)
      part.indexOf.set(local, index)
      part.locals.push(local)
      part.options.push([])
      part.tried.push(0)
      part.done.push(new Set())
      this.#news++
      if (!isCrashed(local)) this.#alone(part, index)
    }
    return index
  }

  #say(from: Id, message: number, to: Id | 'all'): number {
    const saying = this.#sayings.number(message, to)
    const value = this.#table.messages.values[message]!
    for (const [p, { at }] of this.#parts.entries()) {
      if (reaches(this.#program, { from, message: value, to }, at)) this.#hear(p, message, from)
    }
    return saying
  }

  /** Participant number `p` may hear this from somebody. */
  #hear(p: number, message: number, from: Id): void {
    const heard = this.#heard[p]!
    const before = heard.get(message) ?? 0
    if (before & (1 << from)) return
    heard.set(message, before | (1 << from))
    this.#news++
    const part = this.#parts[p]!
    part.heard++
    const network = this.#program.protocol.definition.selfDelivery === 'network'
    if (from !== part.at || network) part.words.push({ message, from })
  }

  /** Events that need no message. */
  #alone(part: Part, state: number): void {
    const { at } = part
    const { setting } = this.#program
    const number = part.locals[state]!
    const { timers, coins, threw } = this.#table.locals.values[number]!
    if (threw !== undefined) return
    const draft = (event: Event): Draft => ({ event, trigger: null, conditions: [] })
    for (const value of inputsAt(setting, at)) {
      this.#follow(part, state, this.#table.onInput(at, number, value), draft({ kind: 'input', value }))
    }
    for (const timer of timers) {
      this.#follow(part, state, this.#table.onTimeout(at, number, timer), draft({ kind: 'timeout', timer }))
    }
    for (const coin of coins) {
      for (const value of [0, 1] as const) {
        this.#follow(part, state, this.#table.onCoin(at, number, coin, value), draft({ kind: 'coin', coin, value }))
      }
    }
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
  }

  #runs({ at }: Part): boolean {
    return !this.#program.setting.byzantine.includes(at)
  }

  #expand(part: Part, state: number): void {
    const local = part.locals[state]!
    if (isCrashed(local) || this.#table.locals.values[local]!.threw !== undefined) return
    const done = part.done[state]!
    for (; part.tried[state]! < part.words.length; part.tried[state]!++) {
      const { message, from } = part.words[part.tried[state]!]!
      for (const [r, rule] of this.#table.rulesFor(part.at, message).entries()) {
        const key = message * 64 + r
        if (!done.has(key)) this.#onMessage(part, state, rule, { message, from }, key)
      }
    }
  }

  #onMessage(part: Part, state: number, rule: Rule, word: { message: number; from: Id }, key: number): void {
    const { at } = part
    const local = part.locals[state]!
    this.#lookups++
    const node = this.#table.onMessage(at, local, rule, word.message, word.from)
    const anybody = this.#table.anySender(at, local, rule, word.message)
    if (anybody) part.done[state]!.add(key)
    const message = this.#table.messages.values[word.message]!
    const event: Event = { kind: 'message', rule: rule.name, from: word.from, message }
    const trigger = { message: word.message, from: anybody ? ANYBODY : word.from }
    this.#follow(part, state, node, { event, trigger, conditions: [] })
  }

  #follow(part: Part, state: number, node: Node, draft: Draft): void {
    if (node.kind === 'dead') {
      this.#cut ||= node.cut && this.#runs(part)
    } else if (node.kind === 'fires') {
      this.#record(part, state, node, draft)
    } else {
      const waiting: Waiting = { state, node, draft, heard: -1, summaries: new Map() }
      part.waiting.add(waiting)
      this.#retry(part, waiting)
    }
  }

  #record(part: Part, state: number, leaf: Leaf, { event, trigger, conditions }: Draft): void {
    if (this.#runs(part)) this.#fired.add(event.kind === 'message' ? event.rule : event.kind)
    const value = this.#table.locals.values[leaf.local]!
    part.options[state]!.push({
      ...{ event, trigger, conditions },
      target: this.#state(part, leaf.local),
      says: leaf.sent.map(({ to, message }) => this.#say(part.at, message, to)),
      outputs: leaf.outputs,
      notes: leaf.notes,
      threw: leaf.threw ? (value.threw ?? null) : null,
    })
  }

  /** Looks again at a question, if more can have been heard since the last time. */
  #retry(part: Part, waiting: Waiting): void {
    if (waiting.heard === part.heard) return
    waiting.heard = part.heard
    const { node, state, draft } = waiting
    const { ask } = node.ask
    if (ask.kind === 'take') {
      this.#take(part, waiting)
      return
    }
    let senders = 0
    for (const { senders: more } of this.#matching(part, node.ask)) senders |= more
    if (bits(senders) < ask.q) return
    part.waiting.delete(waiting)
    const conditions = [...draft.conditions, { kind: 'need' as const, ask: node.ask }]
    this.#follow(part, state, satisfied(node), { ...draft, conditions })
  }

  #matching(part: Part, ask: AskTable): Matching[] {
    const heard = this.#heard[this.#parts.indexOf(part)]!
    return matchingIn(heard, ask, ownCounts(this.#program) ? -1 : ~(1 << part.at))
  }

  #take(part: Part, waiting: Waiting): void {
    const { node, state, draft, summaries } = waiting
    const found = bySummary(this.#table, node.ask, this.#matching(part, node.ask), this.#limits.maxChoices)
    for (const [key, choices] of found) {
      // Whoever bounds the closure by counting calls bounds its work: this is where most of it is.
      this.#looks += choices.length
      const known = summaries.get(key)
      if (known) {
        known.choices = choices
        continue
      }
      const condition = { kind: 'take' as const, ask: node.ask, choices }
      summaries.set(key, condition)
      const messages = sorted(choices[0]!.map((number) => this.#table.messages.values[number]!))
      const next = answered(node, key, () => messages)
      this.#follow(part, state, next, { ...draft, conditions: [...draft.conditions, condition] })
    }
  }
}
