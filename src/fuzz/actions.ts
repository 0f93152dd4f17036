import { COALITION, CORRECT, type Edge, type Flight, type Instance, KINDS, type World } from '../kernel/index.ts'
import type { Chosen } from './chooser.ts'

/** The steps that can be taken now. Choosers name them by instance and edge, never by a place in a list. */
export class Actions {
  /** How many there are of each kind, in the order of KINDS. */
  readonly counts = KINDS.map(() => 0)
  readonly instances: readonly Instance[]
  /** What can arrive of what correct participants have said; empty where arrivals are no steps. */
  readonly flights: readonly Flight[]
  /** What the coalition may let arrive. */
  offers: readonly Flight[] = NO_FLIGHTS
  readonly #world: World
  readonly #starved: (message: number, index: number) => boolean
  readonly #chosen: { -readonly [K in keyof Chosen]: Chosen[K] }

  /** @param starved is a message held back from an instance, to be used when little else is left? */
  constructor(world: World, starved: (message: number, index: number) => boolean) {
    this.#world = world
    this.#starved = starved
    this.instances = world.instances
    this.flights = world.arrivals ? world.network.flights : NO_FLIGHTS
    this.#chosen = { instance: world.instances[0]!, edge: undefined, flight: undefined }
  }

  /**
   * Brings it up to date.
   * @param offering may the coalition let something arrive?
   * @returns how many there are
   */
  refresh(offering: boolean): number {
    const { counts, instances } = this
    this.offers = offering && this.#world.arrivals ? this.#world.offers : NO_FLIGHTS
    counts.fill(0)
    counts[CORRECT] = this.flights.length
    counts[COALITION] = this.offers.length
    for (let i = 0; i < instances.length; i++) {
      for (let kind = 0; kind < counts.length; kind++) counts[kind]! += instances[i]!.counts[kind]!
    }
    return counts[0]! + counts[1]! + counts[2]! + counts[3]!
  }

  /** One of a kind, by number; valid until the next call. */
  step(kind: number, number: number): Chosen {
    let left = number
    for (let i = 0; i < this.instances.length; i++) {
      const instance = this.instances[i]!
      const count = instance.counts[kind]!
      if (left < count) return this.edge(instance, instance.enabled[kind]![left]!)
      left -= count
    }
    return this.arrival((kind === CORRECT ? this.flights : this.offers)[left]!)
  }

  /** Is there a step for it? */
  canMove({ index, counts }: Instance): boolean {
    if (counts[0]! + counts[1]! + counts[2]! + counts[3]! > 0) return true
    return this.flights.some(({ to }) => to === index) || this.offers.some(({ to }) => to === index)
  }

  /** How many steps some instances can take, by kind. */
  count(isOne: (instance: Instance) => boolean, counts: number[]): void {
    for (const instance of this.instances) {
      if (isOne(instance)) for (let kind = 0; kind < counts.length; kind++) counts[kind]! += instance.counts[kind]!
    }
    for (const { to } of this.flights) if (isOne(this.instances[to]!)) counts[CORRECT]!++
    for (const { to } of this.offers) if (isOne(this.instances[to]!)) counts[COALITION]!++
  }

  /** One of these, by number; valid until the next call. */
  stepAmong(isOne: (instance: Instance) => boolean, kind: number, number: number): Chosen {
    let left = number
    for (const instance of this.instances) {
      if (!isOne(instance)) continue
      if (left < instance.counts[kind]!) return this.edge(instance, instance.enabled[kind]![left]!)
      left -= instance.counts[kind]!
    }
    const arriving = kind === CORRECT ? this.flights : this.offers
    return this.arrival(arriving.filter(({ to }) => isOne(this.instances[to]!))[left]!)
  }

  edge(instance: Instance, edge: Edge): Chosen {
    this.#chosen.instance = instance
    this.#chosen.edge = edge
    this.#chosen.flight = undefined
    return this.#chosen
  }

  arrival(flight: Flight): Chosen {
    this.#chosen.instance = this.instances[flight.to]!
    this.#chosen.edge = undefined
    this.#chosen.flight = flight
    return this.#chosen
  }

  isStarved({ instance, edge, flight }: Chosen): boolean {
    if (flight) return this.#starved(flight.message, instance.index)
    return edge!.message >= 0 && this.#starved(edge!.message, instance.index)
  }
}

const NO_FLIGHTS: readonly Flight[] = []
