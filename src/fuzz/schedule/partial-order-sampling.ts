import { COALITION, CORRECT, type Edge, type Flight, type Instance } from '../../kernel/index.ts'
import type { Actions, Chosen } from './actions.ts'
import type { Choices } from './choices.ts'
import type { Chooser } from './chooser.ts'

/**
 * Partial order sampling: every step gets a random priority when it first can be taken, the highest goes first, and
 * the steps that raced with it (those of the same participant) draw anew. Samples orders of racing steps more evenly
 * than a random walk does.
 *
 * Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018.
 */
export const partialOrderSampling: Chooser = {
  name: 'pos',
  about: 'partial order sampling: random priorities, drawn anew for steps that raced with the one taken',
  begin(choices, weights) {
    const sampling = new Sampling(choices, weights)
    return (actions) => sampling.next(actions)
  },
}

/** What goes first of all that may arrive at an instance, and when that was found. */
interface First {
  flight: Flight | undefined
  changes: number
  turns: number
}

class Sampling {
  readonly #choices: Choices
  /** A kind of small weight gets lower priorities. */
  readonly #scales: readonly number[]
  #highest = -1
  #instance: Instance | undefined
  #edge: Edge | undefined
  #flight: Flight | undefined
  /** By instance, of all that may arrive there what goes first; found again when that, or the instance, has changed. */
  readonly #first: First[] = []

  constructor(choices: Choices, weights: readonly number[]) {
    this.#choices = choices
    this.#scales = weights.map((weight) => Math.min(8, 1 + weight))
  }

  next(actions: Actions): Chosen {
    this.#highest = -1
    for (let i = 0; i < actions.instances.length; i++) {
      const instance = actions.instances[i]!
      this.#look(actions, instance)
      this.#arrivals(actions, instance)
    }
    const instance = this.#instance!
    instance.turns++
    instance.drawn = 0
    return this.#flight ? actions.arrival(this.#flight) : actions.edge(instance, this.#edge!)
  }

  #look(actions: Actions, instance: Instance): void {
    const { priorities, enabled, counts } = instance
    for (let kind = 0; kind < counts.length; kind++) {
      const list = enabled[kind]!
      for (let i = 0; i < counts[kind]!; i++) {
        const edge = list[i]!
        while (instance.drawn <= edge.slot) priorities[instance.drawn++] = -1
        let priority = priorities[edge.slot]!
        if (priority < 0) {
          priority = this.#draw(actions.isStarved(actions.edge(instance, edge)), kind)
          priorities[edge.slot] = priority
        }
        if (priority <= this.#highest) continue
        this.#highest = priority
        this.#instance = instance
        this.#edge = edge
        this.#flight = undefined
      }
    }
  }

  #arrivals(actions: Actions, instance: Instance): void {
    const { mail, turns, index } = instance
    this.#first[index] ??= { flight: undefined, changes: -1, turns: -1 }
    const first = this.#first[index]!
    if (first.changes !== mail.changes || first.turns !== turns) {
      first.changes = mail.changes
      first.turns = turns
      first.flight = undefined
      for (let i = 0; i < mail.flights.length; i++) this.#arriving(actions, first, mail.flights[i]!, turns, CORRECT)
      for (let i = 0; i < mail.offers.length; i++) this.#arriving(actions, first, mail.offers[i]!, turns, COALITION)
    }
    if (!first.flight || first.flight.priority <= this.#highest) return
    this.#highest = first.flight.priority
    this.#instance = instance
    this.#flight = first.flight
  }

  #arriving(actions: Actions, first: First, flight: Flight, turns: number, kind: number): void {
    if (flight.drawnAt !== turns) {
      flight.priority = this.#draw(actions.isStarved(actions.arrival(flight)), kind)
      flight.drawnAt = turns
    }
    if (!first.flight || flight.priority > first.flight.priority) first.flight = flight
  }

  #draw(isStarved: boolean, kind: number): number {
    return this.#choices.below(65_536) * (isStarved ? 0 : this.#scales[kind]!)
  }
}
