import {
  type AnyMessage,
  abstracted,
  begin,
  byContent,
  byText,
  headsOf,
  program as inSetting,
  isLockstep,
  mayRestart,
  type Program,
  partAt,
  range,
  runningIds,
  same,
  textOf,
} from '../model/index.ts'
import { alphabetOf, answered, type Node, satisfied, sorted, Table } from '../system/index.ts'
import { anyInputs } from './any-inputs.ts'
import { choicesOf } from './choices-of.ts'
import { known } from './known.ts'
import { type Extent, recombine } from './recombine.ts'

/** Every message that any replica could ever say within the bounds, recombined. */
export interface Universe {
  readonly messages: readonly AnyMessage[]
  /** Those that a correct replica was seen to say: recombination goes one change away from these, never further. */
  readonly said: readonly AnyMessage[]
  /** Was the search for what replicas can say exhausted? If not, more is learned from what a run says. */
  readonly closed: boolean
  /** Per type: is it the full product of the parts seen, or one change away from what a correct replica can say? */
  readonly extent: ReadonlyMap<string, Extent>
  /** Local states met on the way, over all participants. */
  readonly states: number
  /** Were choices of messages left out, because they are too many, in replicas that take any input? */
  readonly leftOut?: boolean
}

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

/**
 * Closes a protocol over everything that it can say: all participants, on all inputs, on all messages known so far in
 * any number from anybody, until nothing new is said; then recombines, and starts over, until that adds nothing.
 */
export function universe(program: Program, options: UniverseOptions = {}): Universe {
  const { maxCalls = 20_000, maxMessages = 5_000 } = options
  const { setting, protocol } = program
  const alphabet = alphabetOf(program)
  if (alphabet || isLockstep(protocol)) return listed(alphabet ?? [])
  const inputs = anyInputs(setting)
  // What one may say who restarts, a Byzantine replica may say too.
  const restart = setting.restart ? { restart: range(setting.n) } : {}
  const honest = inSetting(protocol, { ...setting, byzantine: [], crash: [], ...restart, inputs, steps: 'lazy' })
  // Whoever watches this program watches that one.
  const closure = new Closure({ ...program, ...honest }, { ...options, maxCalls, maxMessages })
  const hints = known(program)
  for (;;) {
    closure.rush()
    const closed = closure.close()
    const before = closure.messages.size
    const { messages, extent } = recombine([...closure.said.values()], hints)
    for (const message of messages) closure.know(message)
    if (!closed || closure.messages.size === before || closure.messages.size > maxMessages) {
      const all = [...closure.messages.values()].sort(byContent)
      const leftOut = closure.leftOut && !runningIds(setting).every((id) => same(setting.inputs[id], inputs[id]))
      const finished = closed && !closure.leftOut && closure.messages.size === before
      const said = [...closure.said.values()]
      return { messages: all, said, closed: finished, extent, states: closure.states, leftOut }
    }
  }
}

/** What correct replicas say, with everything that recombination makes of it. */
export function recombined(program: Program, said: readonly AnyMessage[]): Pick<Universe, 'messages' | 'extent'> {
  const { messages, extent } = recombine(said, known(program))
  const all = new Map([...said, ...messages].map((message) => [textOf(message), message]))
  return { messages: [...all.values()].sort(byContent), extent }
}

/** Types of messages that a protocol knows, and that are not among these. */
export function unsaid({ replica, client, protocol }: Program, messages: readonly AnyMessage[]): string[] {
  const proved = Object.keys(protocol.definition.proofs ?? {})
  const known = new Set([...replica.byType.keys(), ...(client?.byType.keys() ?? []), ...proved])
  for (const { type } of messages) known.delete(type)
  return [...known].sort(byText)
}

/** A protocol says itself what can be said, and what correct replicas say is held against it. */
function listed(messages: readonly AnyMessage[]): Universe {
  const types = [...new Set(messages.map(({ type }) => type))].sort()
  const extent = new Map(types.map((type): [string, Extent] => [type, 'declared']))
  return { messages, said: messages, closed: true, extent, states: 0 }
}

type Limits = UniverseOptions & Required<Pick<UniverseOptions, 'maxCalls' | 'maxMessages'>>

class Closure {
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

  #expand(at: number, local: number): void {
    const table = this.#table
    const { setting } = this.#program
    const { timers, coins } = table.locals.values[local]!
    for (const value of setting.inputs[at]!) this.#follow(at, table.onInput(at, local, value))
    for (const timer of timers) this.#follow(at, table.onTimeout(at, local, timer))
    if (mayRestart(setting, at, table.locals.values[local]!))
      this.#follow(at, table.alone(at, local, { kind: 'restart' }))
    for (const coin of coins)
      for (const value of [0, 1] as const) this.#follow(at, table.onCoin(at, local, coin, value))
    const { byType } = partAt(this.#program, at)
    for (const message of [...this.messages.values()]) {
      if (this.isStopped()) return
      const number = table.messages.number(message)
      for (const rule of byType.get(message.type) ?? []) {
        for (let from = 0; from < setting.n + setting.clients; from++) {
          this.#follow(at, table.onMessage(at, local, rule, number, from))
          if (table.anySender(at, local, rule, number)) break
        }
      }
    }
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
    const matches = (message: AnyMessage): boolean => node.ask.mask(this.#table.messages.number(message)) !== 0
    const matching = [...this.messages.values()].filter(matches)
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
