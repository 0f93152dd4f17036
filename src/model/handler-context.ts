import type { Collector } from './collector.ts'
import type { Context, Tally } from './context.ts'
import { type Rank, takenHighest } from './highest.ts'
import type { AnyMessage, Match } from './message.ts'
import type { Program } from './program.ts'
import type { Role } from './proof.ts'
import type { Id } from './setting.ts'
import type { Threshold } from './threshold.ts'

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

  constructor(program: Program, self: Id, from: Id, round: number, collector: Collector) {
    this.#program = program
    this.#self = self
    this.#from = from
    this.round = round
    this.#collector = collector
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
    return (this.#program.seen ?? this.#program.setting).bounds
  }

  get rules(): any {
    return this.#program.rules
  }

  get broadcast(): (message: AnyMessage) => void {
    return (message) => this.#collector.say('all', message)
  }

  get send(): (to: Id, message: AnyMessage) => void {
    return (to, message) => this.#collector.say(to, message)
  }

  get output(): (output: unknown) => void {
    return (output) => this.#collector.output(output)
  }

  get note(): (note: unknown) => void {
    return (note) => this.#collector.note(note)
  }

  get setTimer(): (timer: string, factor?: number) => void {
    return (timer, factor = 1) => this.#collector.setTimer(timer, factor)
  }

  get cancelTimer(): (timer: string) => void {
    return (timer) => this.#collector.cancelTimer(timer)
  }

  get flip(): (coin: string) => void {
    return (coin) => this.#collector.flip(coin)
  }

  get tally(): Context<any>['tally'] {
    return (name) => this.#collector.tally(name) as Tally<any>
  }

  get need(): (q: Threshold, match: Match<any>, role?: Role) => void {
    return (q, match, role = 'replica') => this.#collector.need(q, match, role)
  }

  get take(): Context<any>['take'] {
    return (q, match, summarise, role = 'replica') =>
      this.#collector.take(q, match, summarise as (chosen: readonly AnyMessage[]) => unknown, role) as any
  }

  get takeHighest(): Context<any>['takeHighest'] {
    return (q, match, rank, role = 'replica') =>
      takenHighest(this.#collector, this.#program.splits === true, q, match, rank as Rank, role) as any
  }
}
