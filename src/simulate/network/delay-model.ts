import type { Id } from '../../model/index.ts'
import type { Conditions, Latency } from '../request/conditions.ts'
import type { Dice } from '../request/dice.ts'

/** Times inside a simulation are whole microseconds, so that sums are exact. */
export const MICROSECONDS = 1_000

/** A partition, times in microseconds. */
interface Cut {
  readonly from: number
  readonly until: number
  readonly side: ReadonlyMap<Id, number>
  readonly isLost: boolean
}

/** Where copies travel: draws when a copy arrives, or that it is lost. */
export class DelayModel {
  readonly #conditions: Conditions
  readonly #dice: Dice
  readonly #cuts: readonly Cut[]
  readonly #stable: number
  readonly #fifo: boolean
  /** The last arrival on each link, where links are first in, first out. */
  readonly #last = new Map<number, number>()
  readonly #count: number

  constructor(conditions: Conditions, dice: Dice, fifo: boolean, count: number) {
    this.#conditions = conditions
    this.#dice = dice
    this.#fifo = fifo
    this.#count = count
    this.#stable = (conditions.stabilises?.at ?? 0) * MICROSECONDS
    this.#cuts = conditions.partitions.map(({ from, until, sides, messages }) => ({
      from: from * MICROSECONDS,
      until: until * MICROSECONDS,
      side: new Map(sides.flatMap((ids, side) => ids.map((id) => [id, side] as const))),
      isLost: messages === 'lost',
    }))
  }

  /** When a copy that is sent now arrives; nothing if it is lost. */
  arrival(now: number, from: Id, to: Id): number | undefined {
    const { loss, stabilises } = this.#conditions
    if (this.#dice.happens(loss)) return undefined
    let delay = this.#delay(this.#conditions.latency, from, to)
    if (stabilises && now < this.#stable) {
      delay = Math.min(this.#delay(stabilises.before, from, to), this.#stable - now + delay)
    }
    const crossed = this.#cuts.length > 0 ? this.#across(now, delay, from, to) : now + delay
    return crossed === undefined || !this.#fifo ? crossed : this.#inOrder(crossed, from, to)
  }

  #delay(latency: Latency, from: Id, to: Id): number {
    const { reorder } = this.#conditions
    const extra = this.#dice.happens(reorder.probability) ? this.#dice.unit() * reorder.extra : 0
    return Math.round((drawnDelay(latency, this.#dice, from, to) + extra) * MICROSECONDS)
  }

  /** A copy whose way overlaps a partition sets off again when that heals, or is lost. */
  #across(now: number, delay: number, from: Id, to: Id): number | undefined {
    let leaves = now
    for (let moved = true; moved; ) {
      moved = false
      for (const { from: begins, until, side, isLost } of this.#cuts) {
        const [one, other] = [side.get(from), side.get(to)]
        if (one === undefined || other === undefined || one === other) continue
        if (leaves >= until || leaves + delay < begins) continue
        if (isLost) return undefined
        leaves = until
        moved = true
      }
    }
    return leaves + delay
  }

  #inOrder(arrives: number, from: Id, to: Id): number {
    const link = from * this.#count + to
    const time = Math.max(arrives, this.#last.get(link) ?? 0)
    this.#last.set(link, time)
    return time
  }
}

/** One delay in milliseconds. */
export function drawnDelay(latency: Latency, dice: Dice, from: Id, to: Id): number {
  switch (latency.kind) {
    case 'uniform':
      return latency.min === latency.max ? latency.min : latency.min + dice.unit() * (latency.max - latency.min)
    case 'log-normal':
      return latency.median * Math.exp(latency.sigma * dice.normal())
    case 'matrix':
      return latency.ms[from]![to]! + (latency.jitter > 0 ? dice.unit() * latency.jitter : 0)
  }
}
