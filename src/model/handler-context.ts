import type { Collector } from './collector.ts'
import type { Ask, Context, Inbox } from './context.ts'
import { byContent, type Json } from './json.ts'
import type { AnyMessage, Match } from './message.ts'
import type { Role } from './proof.ts'
import type { Program } from './react.ts'
import type { Id } from './setting.ts'

/** Thrown by `need` and `take` to leave a handler that cannot fire yet. */
export const NOT_YET = Symbol('not yet')

/**
 * What a handler sees in one reaction. Reactions are made by the million, and most handlers touch little of it: so what
 * it can do is made when it is touched, and may be taken out of the context as any function may.
 */
export class HandlerContext implements Context<any> {
  readonly round: number
  readonly #program: Program
  readonly #self: Id
  readonly #from: Id
  readonly #collector: Collector
  readonly #inbox: Inbox

  constructor(program: Program, self: Id, from: Id, round: number, collector: Collector, inbox: Inbox) {
    this.#program = program
    this.#self = self
    this.#from = from
    this.round = round
    this.#collector = collector
    this.#inbox = inbox
  }

  get self(): Id {
    this.#collector.looks('self')
    return this.#self
  }

  get from(): Id {
    this.#collector.looks('sender')
    return this.#from
  }

  get n(): number {
    return this.#program.setting.n
  }

  get f(): number {
    return this.#program.setting.f
  }

  get clients(): number {
    return this.#program.setting.clients
  }

  get bounds(): Readonly<Record<string, number>> {
    return this.#program.setting.bounds
  }

  get rules(): any {
    return this.#program.rules
  }

  get broadcast(): (message: AnyMessage) => void {
    const { sent } = this.#collector.tree
    return (message) => void sent.push({ to: 'all', message })
  }

  get send(): (to: Id, message: AnyMessage) => void {
    const { sent } = this.#collector.tree
    return (to, message) => void sent.push({ to, message })
  }

  get output(): (output: unknown) => void {
    const { outputs } = this.#collector.tree
    return (output) => void outputs.push(output as Json)
  }

  get note(): (note: unknown) => void {
    const { notes } = this.#collector.tree
    return (note) => void notes.push(note as Json)
  }

  get setTimer(): (timer: string, factor?: number) => void {
    const collector = this.#collector
    return (timer, factor = 1) => {
      // A timer that is armed already keeps running; one that was cancelled before starts afresh.
      if (!collector.timers.has(timer)) collector.factors.push([timer, factor])
      collector.timers.add(timer)
    }
  }

  get cancelTimer(): (timer: string) => void {
    const collector = this.#collector
    return (timer) => void collector.timers.delete(timer)
  }

  get flip(): (coin: string) => void {
    const collector = this.#collector
    return (coin) => void collector.coins.add(coin)
  }

  get need(): (q: number, match: Match<any>, role?: Role) => void {
    const [inbox, looker] = [this.#inbox, this.#collector]
    return (q, match, role = 'replica') => {
      if (q > 0 && inbox({ kind: 'need', q, match, role, looker }) === false) throw NOT_YET
    }
  }

  get take(): Context<any>['take'] {
    const [inbox, looker] = [this.#inbox, this.#collector]
    return (q, match, summarise, role = 'replica') => {
      const ask: Ask = { kind: 'take', q, match, role, summarise, looker }
      const answer = inbox(ask)
      if (typeof answer === 'boolean') throw NOT_YET
      return summarise([...answer].sort(byContent) as any)
    }
  }
}
