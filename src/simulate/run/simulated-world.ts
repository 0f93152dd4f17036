import type { Id, Program } from '../../model/index.ts'
import { deliversOnce, receivers, type SentNumber, type Step, type Table } from '../../system/index.ts'
import { Measurements } from '../measure/measurements.ts'
import { OutputJudge } from '../measure/output-judge.ts'
import type { SimulationRequest, TakenInput } from '../measure/simulated.ts'
import { DelayModel, MICROSECONDS } from '../network/delay-model.ts'
import { EventQueue } from '../network/event-queue.ts'
import { Links } from '../network/links.ts'
import type { Host, Item } from '../replica/host.ts'
import { Dice } from '../request/dice.ts'
import { type CoalitionMail, SimulatedCoalition } from './coalition.ts'
import { tableFor } from './tables.ts'

type Copy = Item & { readonly kind: 'copy' }

/** Something that happens at a time. */
export type TimedEvent =
  | { readonly kind: 'item'; readonly place: Host; readonly item: Item }
  /** A copy arrives at a Byzantine id. */
  | { readonly kind: 'heard'; readonly member: Id; readonly copy: Copy }
  | { readonly kind: 'finish'; readonly place: Host; readonly item: Item }
  | { readonly kind: 'ready' | 'crash'; readonly place: Host }
  /** A Byzantine replica that sends one message after the other may send the next. */
  | { readonly kind: 'turn'; readonly member: Id }
  /** The next request of a load is due. */
  | { readonly kind: 'request' }

/** The mutable state of one run: who is where, what is on its way, and what has been counted. */
export class SimulatedWorld {
  readonly request: SimulationRequest
  readonly program: Program
  readonly table: Table
  readonly dice: Dice
  readonly queue = new EventQueue<TimedEvent>()
  readonly coalition: SimulatedCoalition
  readonly measurements: Measurements
  readonly judge: OutputJudge
  /** Participants that run the protocol's code, by id; nothing at Byzantine ids. */
  readonly places: (Host | undefined)[]
  readonly taken: TakenInput[] = []
  /** In whole microseconds. */
  now = 0
  timeouts = 0
  byzantineMessages = 0
  lost = 0
  /** Copies sent, by message number. */
  readonly copies: number[] = []
  readonly #delayModel: DelayModel
  readonly #links: Links | undefined
  readonly #once: boolean
  readonly #fifo: boolean

  constructor(request: SimulationRequest) {
    const { program, conditions, seed, claims = [] } = request
    const { n, clients, network } = program.setting
    this.request = request
    this.program = program
    this.table = tableFor(program)
    this.dice = new Dice(seed)
    this.#delayModel = new DelayModel(conditions, this.dice, network.fifo, n + clients)
    this.coalition = new SimulatedCoalition(request, this.table, (mail) => this.#post(mail))
    this.measurements = new Measurements(request, () => {
      if (request.load.kind === 'closed') this.queue.put(this.now, { kind: 'request' })
    })
    this.judge = new OutputJudge(program, claims)
    // Only who watches the steps needs to know what is on its way.
    if (request.observe && (network.fifo || !network.duplicate)) this.#links = new Links(network.fifo, n + clients)
    this.places = Array.from({ length: n + clients }, () => undefined)
    this.#once = deliversOnce(program)
    this.#fifo = network.fifo
  }

  /** Times outside are in milliseconds. */
  get ms(): number {
    return this.now / MICROSECONDS
  }

  /** Somebody watches: a step was taken. */
  observe(step: Step): void {
    this.request.observe?.(step, this.ms)
  }

  /**
   * A correct participant sends something. Sending it again changes nothing where messages may arrive again and again;
   * but who does so on a timeout or an input means to send it again, and does.
   * @returns when the last copy has arrived
   */
  say(place: Host, sent: SentNumber, depth: number, isMeant: boolean): number {
    const from = place.instance.self
    const isNew = place.instance.says(sent)
    const { to, message } = sent
    if (isNew) {
      const value = this.table.messages.values[message]!
      this.judge.said(from, value)
      this.coalition.said(from, value)
    } else if (!this.#once && (this.#fifo || !isMeant)) return this.now
    const copy: Copy = { kind: 'copy', from, message, depth, isFromByzantine: false }
    let latest = this.now
    for (const id of receivers(this.program, from, to)) latest = Math.max(latest, this.#carry(copy, id))
    return latest
  }

  #carry(copy: Copy, to: Id): number {
    this.copies[copy.message] = (this.copies[copy.message] ?? 0) + 1
    const arrives = this.#delayModel.arrival(this.now, copy.from, to)
    if (arrives === undefined) this.lost++
    else this.#bring(arrives, copy, to)
    if (this.places[to]) this.#links?.send(copy.from, to, copy.message, arrives === undefined)
    return arrives ?? this.now
  }

  /**
   * A copy arrives; what is lost before it on a first-in-first-out link is reported first. Is it used up, so that this
   * is a step whatever it does?
   */
  usesUp(at: Id, from: Id, message: number): boolean {
    if (!this.#links) return false
    const { isUsed, lost } = this.#links.arrive(from, at, message)
    for (const one of lost) this.observe({ at, lose: { from, message: this.table.messages.values[one]! } })
    return isUsed
  }

  #bring(arrives: number, copy: Copy, to: Id): void {
    const place = this.places[to]
    if (place) this.queue.put(arrives, { kind: 'item', place, item: copy })
    else if (this.coalition.listens) this.queue.put(arrives, { kind: 'heard', member: to, copy })
  }

  #post({ from, by, to, message, depth, inTurn }: CoalitionMail): void {
    const copy: Copy = { kind: 'copy', from, message, depth, isFromByzantine: true }
    const receiver = typeof to === 'number' ? to : to.instance.self
    this.byzantineMessages++
    const arrives = this.#delayModel.arrival(this.now, by, receiver)
    if (arrives === undefined) this.lost++
    else if (typeof to === 'number') this.#bring(arrives, copy, to)
    else this.queue.put(arrives, { kind: 'item', place: to, item: copy })
    if (inTurn) this.queue.put(arrives ?? this.now, { kind: 'turn', member: by })
  }
}
