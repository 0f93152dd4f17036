import {
  type AnyMessage,
  abstracted,
  begin,
  headsOf,
  mayRestart,
  type Program,
  partAt,
  range,
  textOf,
} from '../model/index.ts'
import { answered, type Node, satisfied, sorted, Table } from '../system/index.ts'
import { choicesOf } from './choices-of.ts'

export interface UniverseOptions {
  /** Reducer calls after which the search gives up: the universe is then not closed. */
  readonly maxCalls?: number
  /** Messages beyond which the search gives up. */
  readonly maxMessages?: number
  /** Called now and then; `true` ends the search as if it had given up. */
  readonly onProgress?: (messages: number) => boolean | undefined
}

/** Messages tried between two calls of `onProgress`. */
const PROGRESS_EVERY = 256

/** Orders in which `rush` feeds the messages. */
const MOST_TURNS = 12

/** Choices of q messages that are tried for one `take`; with more, the universe is not closed. */
const MOST_CHOICES = 5_000

type Limits = UniverseOptions & Required<Pick<UniverseOptions, 'maxCalls' | 'maxMessages'>>

/** What is said by participants that anybody may have told anything known. */
export class UniverseClosure {
  /** What a correct participant can say. */
  readonly said = new Map<string, AnyMessage>()
  /** That, and what recombination adds. */
  readonly messages = new Map<string, AnyMessage>()
  states = 0
  /** Were there more choices for some `take` than are tried? */
  leftOut = false
  readonly #program: Program
  readonly #table: Table
  readonly #locals: Set<number>[]
  /** By participant and local state: how many of the messages it has been given, in the order in which they came. */
  readonly #given: Map<number, number>[]
  /** Was there a `take` since this was last set? Its answers become more with the messages. */
  #takes = false
  readonly #abstracted = new Set<string>()
  #leftStates = false
  readonly #answered = new Map<Node, { readonly matching: number; readonly nodes: readonly Node[] }>()
  readonly #maxCalls: number
  readonly #maxMessages: number
  readonly #onProgress: UniverseOptions['onProgress']
  #looks = 0
  #stopped = false

  constructor(program: Program, { maxCalls, maxMessages, onProgress }: Limits) {
    this.#program = program
    this.#table = new Table({ ...program, splits: true })
    this.#maxCalls = maxCalls
    this.#maxMessages = maxMessages
    this.#onProgress = onProgress
    const { n, clients } = program.setting
    this.#locals = range(n + clients).map((at) => {
      const { local, effects } = begin(program, at)
      for (const { message } of effects.sent) this.#say(message)
      return new Set([this.#table.locals.number(local as never)])
    })
    this.#given = this.#locals.map(() => new Map())
  }

  know(message: AnyMessage): void {
    this.messages.set(textOf(message), message)
  }

  /** Does somebody want it to end? */
  isStopped(): boolean {
    if (this.#looks++ % PROGRESS_EVERY === 0) this.#stopped ||= this.#onProgress?.(this.messages.size) === true
    return this.#stopped
  }

  #say(message: AnyMessage): void {
    this.said.set(textOf(message), message)
    this.know(message)
  }

  /**
   * Goes deep before it goes wide: each participant gets every known message from everybody, one after the other, in
   * several orders. Where votes are counted in the state, the wide search may never get to a quorum; this does.
   */
  rush(): void {
    const { setting } = this.#program
    for (let before = -1; before < this.messages.size; ) {
      before = this.messages.size
      for (let at = 0; at < this.#locals.length; at++) {
        const [origin] = this.#locals[at]!
        for (let turn = 0; turn < Math.max(1, Math.min(before, MOST_TURNS)); turn++) {
          const messages = [...this.messages.values()]
          const turned = [...messages.slice(turn), ...messages.slice(0, turn)]
          this.#chain(at, origin!, setting.inputs[at]!, turned, turn % 2 === 1)
        }
      }
    }
  }

  /** One participant's way through inputs, messages and timeouts; the timeouts come first or last. */
  #chain(
    at: number,
    origin: number,
    inputs: readonly string[],
    messages: readonly AnyMessage[],
    timersFirst: boolean,
  ): void {
    const { setting } = this.#program
    let local = origin
    const go = (node: Node): void => {
      this.#follow(at, node)
      let here = node
      while (here.kind === 'asks' && here.ask.ask.kind === 'need') here = this.#answers(here)[0]!
      if (here.kind === 'fires') local = here.local
    }
    const expire = (): void => {
      for (const timer of this.#table.locals.values[local]!.timers) go(this.#table.onTimeout(at, local, timer))
    }
    for (const value of inputs) go(this.#table.onInput(at, local, value))
    if (timersFirst) expire()
    for (const message of messages) {
      const number = this.#table.messages.number(message)
      for (const rule of this.#table.rulesFor(at, number)) {
        for (let from = 0; from < setting.n + setting.clients; from++) {
          if (this.isStopped() || this.#table.calls > this.#maxCalls) return
          go(this.#table.onMessage(at, local, rule, number, from))
        }
      }
    }
    if (!timersFirst) expire()
  }

  /** One round after the other over all local states and messages, until nothing is new. Says whether it got there. */
  close(): boolean {
    for (;;) {
      const before = this.messages.size + this.states
      for (let at = 0; at < this.#locals.length; at++) {
        for (const local of this.#locals[at]!) {
          this.#expand(at, local)
          if (this.#stopped || this.#table.calls > this.#maxCalls || this.messages.size > this.#maxMessages)
            return false
        }
      }
      this.states = this.#locals.reduce((sum, set) => sum + set.size, 0)
      if (this.messages.size + this.states === before) return !this.#leftStates
    }
  }

  /** All that can happen in a local state; what was looked at before only where it may have more answers now. */
  #expand(at: number, local: number): void {
    const given = this.#given[at]!
    const before = given.get(local)
    const messages = [...this.messages.values()]
    this.#takes = false
    if (before === undefined) this.#expandAlone(at, local)
    const isDone = this.#expandOn(at, local, messages.slice(before ?? 0))
    if (isDone && !this.#takes) given.set(local, messages.length)
  }

  #expandAlone(at: number, local: number): void {
    const table = this.#table
    const { setting } = this.#program
    const { timers, coins } = table.locals.values[local]!
    for (const value of setting.inputs[at]!) this.#follow(at, table.onInput(at, local, value))
    for (const timer of timers) this.#follow(at, table.onTimeout(at, local, timer))
    if (mayRestart(setting, at, table.locals.values[local]!))
      this.#follow(at, table.alone(at, local, { kind: 'restart' }))
    for (const coin of coins)
      for (const value of [0, 1] as const) this.#follow(at, table.onCoin(at, local, coin, value))
  }

  /** Says whether it came to the end. */
  #expandOn(at: number, local: number, messages: readonly AnyMessage[]): boolean {
    const table = this.#table
    const { setting } = this.#program
    const { byType } = partAt(this.#program, at)
    for (const message of messages) {
      if (this.isStopped()) return false
      const number = table.messages.number(message)
      for (const rule of byType.get(message.type) ?? []) {
        for (let from = 0; from < setting.n + setting.clients; from++) {
          this.#follow(at, table.onMessage(at, local, rule, number, from))
          if (table.anySender(at, local, rule, number)) break
        }
      }
    }
    return true
  }

  /**
   * A program whose state is all that it was told is in a new one after each event, for ever. Where votes are kept in the
   * state, and an abstraction of it is declared, the wide search goes on from one of those that are alike.
   */
  #isWorthALook(at: number, local: number): boolean {
    const { protocol } = this.#program
    const { abstraction, inbox } = protocol.definition
    if (!abstraction || inbox !== false || this.#locals[at]!.has(local)) return true
    const before = this.#abstracted.size
    this.#abstracted.add(`${at} ${abstracted(protocol, this.#table.locals.values[local]!)}`)
    const isFirst = this.#abstracted.size > before
    this.#leftStates ||= !isFirst
    return isFirst
  }

  #follow(at: number, node: Node): void {
    if (node.kind === 'fires') {
      if (this.#isWorthALook(at, node.local)) this.#locals[at]!.add(node.local)
      for (const { message } of node.sent) this.#say(this.#table.messages.values[message]!)
    } else if (node.kind === 'asks') {
      for (const next of this.#answers(node)) this.#follow(at, next)
    }
  }

  /** Every way in which a question can be answered, if anybody may have said any message that is known. */
  #answers(node: Node & { kind: 'asks' }): readonly Node[] {
    const { ask } = node.ask
    if (ask.kind === 'need') return [satisfied(node)]
    this.#takes = true
    const matching = [...this.messages.values()].filter((message) =>
      node.ask.mask(this.#table.messages.number(message)),
    )
    const known = this.#answered.get(node)
    if (known?.matching === matching.length) return known.nodes
    const found: Node[] = []
    let left = MOST_CHOICES
    for (const chosen of choicesOf(matching, headsOf(ask.q))) {
      if (left-- === 0) {
        this.leftOut = true
        break
      }
      const messages = sorted(chosen)
      const key = node.ask.textOfSummary(messages)
      const next = answered(node, key, () => messages)
      if (!found.includes(next)) found.push(next)
    }
    this.#answered.set(node, { matching: matching.length, nodes: found })
    return found
  }
}
