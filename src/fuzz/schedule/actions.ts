import {
  COALITION,
  CORRECT,
  type Edge,
  type Flight,
  type Instance,
  KINDS,
  type Taken,
  type World,
} from '../../kernel/index.ts'
import { HarnessError } from '../../model/index.ts'

/** The steps that are enabled now. Choosers name them by instance and edge, never by a place in a list. */
export class Actions {
  /** How many there are of each kind, in the order of KINDS. */
  readonly counts = KINDS.map(() => 0)
  readonly world: World
  readonly instances: readonly Instance[]
  readonly #starved: (message: number, index: number) => boolean
  readonly #chosen: { -readonly [K in keyof Chosen]: Chosen[K] }

  /** @param starved is a message held back from an instance, to be used when little else is left? */
  constructor(world: World, starved: (message: number, index: number) => boolean) {
    this.#starved = starved
    this.world = world
    this.instances = world.instances
    this.#chosen = { instance: world.instances[0]!, edge: undefined, flight: undefined, taken: undefined }
  }

  /** Brings it up to date. Says how many there are. */
  refresh(): number {
    const { counts, instances } = this
    counts.fill(0)
    for (let i = 0; i < instances.length; i++) addSteps(counts, instances[i]!)
    return counts[0]! + counts[1]! + counts[2]! + counts[3]!
  }

  /** One of a kind, by number, among those of some instances; valid until the next call. */
  step(kind: number, number: number, isOne: (instance: Instance) => boolean = ANYBODY): Chosen {
    let left = number
    for (let i = 0; i < this.instances.length; i++) {
      const instance = this.instances[i]!
      if (!isOne(instance)) continue
      const count = instance.counts[kind]!
      if (left < count) return this.edge(instance, instance.enabled[kind]![left]!)
      left -= count
      const { mail } = instance
      const arriving = kind === CORRECT ? mail.flights : kind === COALITION ? mail.offers : NO_FLIGHTS
      if (left < arriving.length) return this.arrival(arriving[left]!)
      left -= arriving.length
    }
    throw new HarnessError(`there are fewer than ${number + 1} steps of kind ${kind}`)
  }

  /** Is there a step for it? */
  canMove({ counts, mail }: Instance): boolean {
    return counts[0]! + counts[1]! + counts[2]! + counts[3]! + mail.flights.length + mail.offers.length > 0
  }

  /** How many steps some instances can take, by kind. */
  count(isOne: (instance: Instance) => boolean): number[] {
    const counts = KINDS.map(() => 0)
    for (const instance of this.instances) if (isOne(instance)) addSteps(counts, instance)
    return counts
  }

  edge(instance: Instance, edge: Edge, taken?: readonly Taken[]): Chosen {
    this.#chosen.instance = instance
    this.#chosen.edge = edge
    this.#chosen.flight = undefined
    this.#chosen.taken = taken
    return this.#chosen
  }

  arrival(flight: Flight): Chosen {
    this.#chosen.instance = this.instances[flight.to]!
    this.#chosen.edge = undefined
    this.#chosen.flight = flight
    this.#chosen.taken = undefined
    return this.#chosen
  }

  /** Is it what one of these calls has given? There is one object for all of them. */
  isChosen(chosen: Chosen): boolean {
    return chosen === this.#chosen
  }

  isStarved({ instance, edge, flight }: Chosen): boolean {
    if (flight) return this.#starved(flight.message, instance.index)
    return edge!.message >= 0 && this.#starved(edge!.message, instance.index)
  }
}

function addSteps(counts: number[], { mail, counts: edges }: Instance): void {
  for (let kind = 0; kind < counts.length; kind++) counts[kind]! += edges[kind]!
  counts[CORRECT]! += mail.flights.length
  counts[COALITION]! += mail.offers.length
}

const ANYBODY = (): boolean => true
const NO_FLIGHTS: readonly Flight[] = []

/** What a chooser chose: an edge of an instance, or something that arrives there. */
export interface Chosen {
  readonly instance: Instance
  readonly edge: Edge | undefined
  readonly flight: Flight | undefined
  /** What each `take` of the edge is to get, in turn; nothing where that is left to the run. */
  readonly taken: readonly Taken[] | undefined
}
