import type { Id } from '../model/index.ts'
import { IDS, packed } from '../system/index.ts'

/** A message on its way to an instance. */
export interface Flight {
  readonly to: number
  readonly from: Id
  readonly message: number
  /** For choosers, who keep here what they drew for it. */
  priority: number
  /** How far the receiver was when that was drawn. */
  drawnAt: number
}

export function flight(to: number, from: Id, message: number): Flight {
  return { to, from, message, priority: 0, drawnAt: -1 }
}

/** What is on its way, where arrivals are steps. On first-in-first-out links only the first of each can arrive. */
export class Network {
  /** What can arrive next. */
  readonly flights: Flight[] = []
  /** What came to a place that did not take it: it stays on its way. */
  readonly #stranded: Flight[] = []
  readonly #fifo: boolean
  readonly #behind = new Map<number, Flight[]>()

  constructor(fifo: boolean) {
    this.#fifo = fifo
  }

  clear(): void {
    this.flights.length = 0
    this.#stranded.length = 0
    if (this.#fifo) this.#behind.clear()
  }

  send(sent: Flight): void {
    const link = packed(sent.to, sent.from, IDS)
    const queue = this.#fifo ? this.#behind.get(link) : undefined
    if (queue) {
      queue.push(sent)
      return
    }
    this.flights.push(sent)
    if (this.#fifo) this.#behind.set(link, [])
  }

  /** Takes a flight off the network; on a first-in-first-out link the next one follows. */
  land(index: number): Flight {
    const landed = this.flights[index]!
    removeAt(this.flights, index)
    if (this.#fifo) {
      const link = packed(landed.to, landed.from, IDS)
      const next = this.#behind.get(link)!.shift()
      if (next) this.flights.push(next)
      else this.#behind.delete(link)
    }
    return landed
  }

  /** Puts back what has just landed, never to arrive in this run; what is behind it on its link cannot pass it. */
  strand(landed: Flight): void {
    this.#stranded.push(landed)
    if (!this.#fifo) return
    const link = packed(landed.to, landed.from, IDS)
    const next = this.flights.findIndex((one) => one.to === landed.to && one.from === landed.from)
    if (next < 0) this.#behind.set(link, [])
    else {
      this.#behind.get(link)!.unshift(this.flights[next]!)
      removeAt(this.flights, next)
    }
  }

  /** Takes off a copy of this message that can arrive now. Says whether there was one. */
  overtake({ to, from, message }: Pick<Flight, 'to' | 'from' | 'message'>): boolean {
    const index = this.flights.findIndex((one) => one.to === to && one.from === from && one.message === message)
    if (index >= 0) this.land(index)
    return index >= 0
  }

  /** Everything on its way, link by link in sending order. */
  all(): Flight[] {
    return [...this.#stranded, ...this.flights, ...[...this.#behind.values()].flat()]
  }
}

/** Removes from a list whose order does not matter. */
export function removeAt<T>(list: T[], index: number): void {
  const last = list.pop()!
  if (index < list.length) list[index] = last
}
