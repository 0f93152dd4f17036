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
  #starved = NOTHING_STARVED
  readonly #some = KINDS.map(() => 0)
  readonly #chosen: { -readonly [K in keyof Chosen]: Chosen[K] }

  constructor(world: World) {
    this.world = world
    this.instances = world.instances
    this.#chosen = { instance: world.instances[0]!, edge: undefined, flight: undefined, taken: undefined }
  }

  /**
   * A run begins.
   * @param starved is a message held back from an instance, to be used when little else is left?
   */
  begin(starved: (message: number, index: number) => boolean): void {
    this.#starved = starved
  }

  /** Brings it up to date. Says how many there are. */
  refresh(): number {
    const { instances } = this
    const counts = emptied(this.counts)
    for (let i = 0; i < instances.length; i++) addSteps(counts, instances[i]!)
    return counts[0]! + counts[1]! + counts[2]! + counts[3]!
  }

  /** One of a kind, by number, among those of some instances; valid until the next call. */
  step(kind: number, number: number, isOne: (instance: Instance) => boolean = ANYBODY): Chosen {
    let left = number
    for (let i = 0; i < this.instances.length; i++) {
      const instance = this.instances[i]!
      if (!isOne(instance)) continue
      const count = countOf(instance, kind)
      if (left < count) return this.stepAt(instance, kind, left)
      left -= count
    }
    throw new HarnessError(`there are fewer than ${number + 1} steps of kind ${kind}`)
  }

  /** One of a kind, by number, of one instance; valid until the next call. */
  stepAt(instance: Instance, kind: number, number: number): Chosen {
    const edges = instance.counts[kind]!
    if (number < edges) return this.edge(instance, instance.enabled[kind]![number]!)
    return this.arrival(arriving(instance, kind)[number - edges]!)
  }

  /** Is there a step for it? */
  canMove({ counts, mail }: Instance): boolean {
    return counts[0]! + counts[1]! + counts[2]! + counts[3]! + mail.flights.length + mail.offers.length > 0
  }

  /** How many steps some instances can take, by kind; valid until the next call. */
  count(isOne: (instance: Instance) => boolean): readonly number[] {
    const { instances } = this
    const counts = emptied(this.#some)
    for (let i = 0; i < instances.length; i++) if (isOne(instances[i]!)) addSteps(counts, instances[i]!)
    return counts
  }

  /** The same of one instance. */
  countAt(instance: Instance): readonly number[] {
    const counts = emptied(this.#some)
    addSteps(counts, instance)
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

function emptied(counts: number[]): number[] {
  for (let kind = 0; kind < counts.length; kind++) counts[kind] = 0
  return counts
}

function arriving({ mail }: Instance, kind: number): readonly Flight[] {
  return kind === CORRECT ? mail.flights : kind === COALITION ? mail.offers : NO_FLIGHTS
}

function countOf(instance: Instance, kind: number): number {
  return instance.counts[kind]! + arriving(instance, kind).length
}

const ANYBODY = (): boolean => true
/** Nothing is held back from anybody. */
export const NOTHING_STARVED = (_message: number, _index: number): boolean => false
const NO_FLIGHTS: readonly Flight[] = []

/** What a chooser chose: an edge of an instance, or something that arrives there. */
export interface Chosen {
  readonly instance: Instance
  readonly edge: Edge | undefined
  readonly flight: Flight | undefined
  /** What each `take` of the edge is to get, in turn; nothing where that is left to the run. */
  readonly taken: readonly Taken[] | undefined
}
