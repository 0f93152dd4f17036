import type { Id } from '../model/index.ts'
import { IDS, packed } from '../system/index.ts'
import type { Row } from './row.ts'

/** A message on its way to an instance. */
export interface Flight {
  readonly to: number
  readonly from: Id
  readonly message: number
  /** For choosers, who keep here what they drew for it. */
  priority: number
  /** How far the receiver was when that was drawn. */
  drawnAt: number
  /** The row of the receiver's in which it is known to come to nothing. */
  deadIn: Row | undefined
}

export function flight(to: number, from: Id, message: number): Flight {
  return { to, from, message, priority: 0, drawnAt: -1, deadIn: undefined }
}

/** What may arrive at an instance. The order of each list is no part of a result. */
export class Arrivals {
  /** What can arrive next of what was sent. */
  readonly flights: Flight[] = []
  /** What the coalition may let arrive. */
  readonly offers: Flight[] = []
  /** The same, but it was tried, and comes to nothing until something happens to the instance. */
  readonly idle: Flight[] = []
  /** Grows whenever one of the lists changes. */
  changes = 0

  clear(): void {
    if (this.flights.length > 0) this.flights.length = 0
    if (this.offers.length > 0) this.offers.length = 0
    if (this.idle.length > 0) this.idle.length = 0
    this.changes++
  }

  /** Another offer of the coalition. */
  offer(offer: Flight): void {
    this.offers.push(offer)
    this.changes++
  }

  /** An offer is not to be tried again before `wake`. */
  park(offer: Flight): void {
    this.withdraw(offer)
    this.idle.push(offer)
  }

  withdraw(offer: Flight): void {
    removeAt(this.offers, this.offers.indexOf(offer))
    this.changes++
  }

  /** Something has happened to the instance: what may not be idle any more is tried again. */
  wake(isIdle: (offer: Flight) => boolean = NOBODY): void {
    const { idle, offers } = this
    let left = 0
    for (let i = 0; i < idle.length; i++) {
      const offer = idle[i]!
      if (isIdle(offer)) idle[left++] = offer
      else offers.push(offer)
    }
    if (left === idle.length) return
    idle.length = left
    this.changes++
  }

  add(sent: Flight): void {
    this.flights.push(sent)
    this.changes++
  }

  remove(index: number): Flight {
    const removed = this.flights[index]!
    removeAt(this.flights, index)
    this.changes++
    return removed
  }
}

const NOBODY = (): boolean => false

/** What is on its way, where arrivals are steps. On first-in-first-out links only the first of each can arrive. */
export class Flights {
  /** Where to put what can arrive next, by receiver. */
  readonly #receivers: readonly { readonly mail: Arrivals }[]
  /** What came to a place that did not take it: it stays on its way. */
  readonly #stranded: Flight[] = []
  readonly #fifo: boolean
  readonly #behind = new Map<number, Flight[]>()

  constructor(fifo: boolean, receivers: readonly { readonly mail: Arrivals }[]) {
    this.#fifo = fifo
    this.#receivers = receivers
  }

  /** The mail of the receivers is forgotten with them. */
  clear(): void {
    if (this.#stranded.length > 0) this.#stranded.length = 0
    if (this.#fifo) this.#behind.clear()
  }

  send(sent: Flight): void {
    const queue = this.#fifo ? this.#behind.get(linkOf(sent)) : undefined
    if (queue) {
      queue.push(sent)
      return
    }
    this.#receivers[sent.to]!.mail.add(sent)
    if (this.#fifo) this.#behind.set(linkOf(sent), [])
  }

  /** Takes a flight off the network, if it is there; on a first-in-first-out link the next one follows. */
  land(flight: Flight): boolean {
    return this.#take(flight, this.#receivers[flight.to]!.mail.flights.indexOf(flight))
  }

  #take({ to }: Pick<Flight, 'to'>, index: number): boolean {
    if (index < 0) return false
    const { mail } = this.#receivers[to]!
    const landed = mail.remove(index)
    if (!this.#fifo) return true
    const next = this.#behind.get(linkOf(landed))!.shift()
    if (next) mail.add(next)
    else this.#behind.delete(linkOf(landed))
    return true
  }

  /** Puts back what has just landed, never to arrive in this run; what is behind it on its link cannot pass it. */
  strand(landed: Flight): void {
    this.#stranded.push(landed)
    if (!this.#fifo) return
    const { mail } = this.#receivers[landed.to]!
    const next = mail.flights.findIndex((one) => one.from === landed.from)
    if (next < 0) this.#behind.set(linkOf(landed), [])
    else this.#behind.get(linkOf(landed))!.unshift(mail.remove(next))
  }

  /** Takes off a copy of this message that can arrive now. Says whether there was one. */
  overtake({ to, from, message }: Pick<Flight, 'to' | 'from' | 'message'>): boolean {
    const { flights } = this.#receivers[to]!.mail
    for (let i = 0; i < flights.length; i++) {
      if (flights[i]!.message === message && flights[i]!.from === from) return this.#take({ to }, i)
    }
    return false
  }

  /** Everything on its way, link by link in sending order. */
  all(): Flight[] {
    const next = this.#receivers.flatMap(({ mail }) => mail.flights)
    return [...this.#stranded, ...next, ...[...this.#behind.values()].flat()]
  }
}

function linkOf({ to, from }: Flight): number {
  return packed(to, from, IDS)
}

/** Removes from a list whose order does not matter. */
function removeAt<T>(list: T[], index: number): void {
  const last = list.pop()!
  if (index < list.length) list[index] = last
}
