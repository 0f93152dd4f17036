import { MICROSECONDS } from '../network/delay-model.ts'
import type { Host, Item } from '../replica/host.ts'
import type { ItemHandling } from './item-handling.ts'
import type { SimulatedWorld } from './simulated-world.ts'

/** Places as machines: each handles one thing at a time, and what comes meanwhile waits in its mailbox. */
export class Machines {
  readonly #world: SimulatedWorld
  readonly #handling: ItemHandling
  readonly #processing: number
  readonly #isBlocking: boolean

  constructor(world: SimulatedWorld, handling: ItemHandling) {
    const { processing, blocking } = world.request.conditions
    this.#world = world
    this.#handling = handling
    this.#processing = Math.round(processing * MICROSECONDS)
    this.#isBlocking = blocking
  }

  deliver(place: Host, item: Item): void {
    if (place.isBusy) place.mailbox.push(item)
    else this.#begin(place, item)
  }

  /** Handling is over: its effects happen now. */
  finish(place: Host, item: Item): void {
    const until = this.#handling.handle(place, item)
    place.isBusy = this.#isBlocking && until > this.#world.now
    if (place.isBusy) this.#world.queue.put(until, { kind: 'ready', place })
  }

  /** What waits is handled, until something takes time. */
  ready(place: Host): void {
    place.isBusy = false
    for (let item = place.takeItem(); item; item = place.isBusy ? undefined : place.takeItem()) this.#begin(place, item)
  }

  #begin(place: Host, item: Item): void {
    if (item.kind !== 'copy' || this.#processing === 0) {
      this.finish(place, item)
      return
    }
    place.isBusy = true
    this.#world.queue.put(this.#world.now + this.#processing, { kind: 'finish', place, item })
  }
}
