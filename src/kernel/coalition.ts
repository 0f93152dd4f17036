import { type Id, type Program, range, remembered } from '../model/index.ts'
import { coalitionSpeaksAs, triggersItself } from '../system/index.ts'
import { Numbers } from './bits.ts'
import type { Instance } from './instance.ts'
import { flight } from './network.ts'
import type { Proofs } from './proofs.ts'
import { Provable } from './provable.ts'

/** A message of the coalition that is held ready for a receiver, with the number of steps taken before. */
export interface HeldMessage {
  readonly to: Id
  readonly from: Id
  readonly message: number
  readonly step: number
}

/** What the coalition holds ready: from whom, for whom, what, as numbers one after another. */
export type Offers = readonly number[]

/** How a run begins in which a proof may build on nothing but what the coalition goes on to hold ready. */
export const NOTHING_KNOWN: Offers = []

/** Returns what is offered once a correct participant has sent something. */
export type Hears = (from: Id, message: number) => Offers

/** May the coalition go on to send this under one of its ids? */
export type Permits = (from: Id, message: number) => boolean

/** What the coalition of one run can send, and what it offers to whom. */
export class Coalition {
  /** Called with what correct participants send. */
  readonly hears: Hears[] = []
  readonly #provable: Provable
  readonly #proofs: Proofs
  /** By id: may the coalition send under it, and does a message under the receiver's own id trigger something there? */
  readonly #speaksAs: readonly boolean[]
  readonly #triggersItself: readonly boolean[]
  readonly #arrivals: boolean
  readonly #correct: readonly (Instance | undefined)[]
  /** To, from, message and step, one after another. */
  readonly #offered = new Numbers()
  /** Offers by message that cannot be proved yet: from and to, one after another. */
  readonly #pending = new Map<number, number[]>()
  /** The same, of what was there when the run began. */
  #waiting: Waiting = NOTHING_WAITS
  /** Steps taken so far. */
  step = 0
  /** What binds it in this run, if anything does: what it may not send it does not hold ready, and proves nothing with. */
  permits: Permits | undefined

  constructor(proofs: Proofs, program: Program, arrivals: boolean, correct: readonly (Instance | undefined)[]) {
    let members = 0
    for (const id of program.setting.byzantine) members |= 1 << id
    this.#provable = new Provable(proofs, members)
    this.#proofs = proofs
    const ids = range(program.setting.n + program.setting.clients)
    this.#speaksAs = ids.map((id) => coalitionSpeaksAs(program, id))
    this.#triggersItself = ids.map((id) => triggersItself(program, id))
    this.#arrivals = arrivals
    this.#correct = correct
  }

  clear(): void {
    if (this.hears.length > 0) this.hears.length = 0
    const { values, length } = this.#offered
    for (let i = 0; i < length; i += 4) this.#correct[values[i]!]!.offered.clear(values[i + 2]!)
    this.#offered.clear()
    this.#provable.clear()
    this.#waiting = NOTHING_WAITS
    if (this.#pending.size > 0) this.#pending.clear()
    this.step = 0
    this.permits = undefined
  }

  save() {
    const pending: Waiting = new Map([...this.#pending].map(([message, offers]) => [message, [...offers]]))
    return {
      pending,
      provable: this.#provable.save(),
      offered: this.#offered.save(),
    }
  }

  restore({ provable, pending, offered }: ReturnType<Coalition['save']>): void {
    this.#provable.restore(provable)
    this.#waiting = pending
    this.#offered.restore(offered)
    this.#release()
  }

  /** The run may use this message in proofs from now on. */
  know(message: number): void {
    this.#provable.know(message)
    this.#release()
  }

  /** A correct participant has sent something to somebody. */
  hear(from: Id, message: number): void {
    this.#provable.said(from, message)
    this.#release()
    for (let i = 0; i < this.hears.length; i++) this.offerAll(this.hears[i]!(from, message))
  }

  offerAll(offers: Offers): void {
    for (let i = 0; i < offers.length; i += 3) this.offer(offers[i]!, offers[i + 1]!, offers[i + 2]!)
  }

  /** It holds a message ready for somebody; what it cannot prove yet waits until it can. */
  offer(from: Id, to: Id, message: number): void {
    if (this.permits && this.#speaksAs[from] && !this.permits(from, message)) return
    this.know(message)
    if (this.#speaksAs[from] && !this.#provable.canSay(message)) {
      remembered(this.#pending, message, () => []).push(from, to)
      return
    }
    this.#hand(from, to, message)
  }

  /** All that it has held ready, in order. */
  offered(): HeldMessage[] {
    const list: HeldMessage[] = []
    for (let i = 0; i < this.#offered.length; i += 4) {
      const [to, from, message, step] = this.#offered.values.subarray(i, i + 4)
      list.push({ to: to!, from: from!, message: message!, step: step! })
    }
    return list
  }

  /** What waited for a proof and can be sent now. */
  #release(): void {
    this.#provable.drain(this.#handOver)
  }

  readonly #handOver = (message: number): void => {
    const before = this.#waiting.get(message)
    if (before) for (let i = 0; i < before.length; i += 2) this.#hand(before[i]!, before[i + 1]!, message)
    const waiting = this.#pending.get(message)
    if (!waiting) return
    this.#pending.delete(message)
    for (let i = 0; i < waiting.length; i += 2) this.#hand(waiting[i]!, waiting[i + 1]!, message)
  }

  #hand(from: Id, to: Id, message: number): void {
    // What somebody sent itself triggers nothing there, unless it arrives under a name that anybody can use.
    if (to === from && !this.#triggersItself[to]) return
    // What is bound to its receiver is no use to anybody else, and is not accepted a second time.
    if (!this.#speaksAs[from] && this.#proofs.isAddressed(message)) return
    const instance = this.#correct[to]
    const bit = 1 << from
    if (!instance || (instance.offered.get(message) & bit) !== 0) return
    instance.offered.or(message, bit)
    this.#offered.push(to)
    this.#offered.push(from)
    this.#offered.push(message)
    this.#offered.push(this.step)
    if (this.#arrivals) instance.mail.offer(flight(instance.index, from, message))
    else instance.hear(message, from, 'byzantine')
  }
}

type Waiting = ReadonlyMap<number, readonly number[]>

const NOTHING_WAITS: Waiting = new Map()
