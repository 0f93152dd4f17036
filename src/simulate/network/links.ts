import { type Id, remembered } from '../../model/index.ts'
import type { Conditions } from '../request/conditions.ts'

interface Waiting {
  readonly message: number
  readonly isLost: boolean
}

/**
 * What is on its way on each link, as the global state keeps it: kept only where somebody watches the steps. It tells
 * whether a copy that arrives is used up, or was made by the coalition and changes nothing but what it fires.
 */
export class Links {
  readonly #isFifo: boolean
  readonly #count: number
  readonly #links = new Map<number, Waiting[]>()

  constructor(isFifo: boolean, count: number) {
    this.#isFifo = isFifo
    this.#count = count
  }

  send(from: Id, to: Id, message: number, isLost: boolean): void {
    remembered(this.#links, from * this.#count + to, () => []).push({ message, isLost })
  }

  /** A copy arrives. `lost` are those before it, which are now known to be lost; `isUsed` says that it was on its way. */
  arrive(from: Id, to: Id, message: number): { readonly isUsed: boolean; readonly lost: readonly number[] } {
    const waiting = this.#links.get(from * this.#count + to) ?? []
    if (!this.#isFifo) {
      const index = waiting.findIndex((one) => one.message === message)
      if (index >= 0) waiting.splice(index, 1)
      return { isUsed: index >= 0, lost: [] }
    }
    const next = waiting.findIndex(({ isLost }) => !isLost)
    if (next < 0 || waiting[next]!.message !== message) return { isUsed: false, lost: [] }
    const lost = waiting.splice(0, next + 1).slice(0, next)
    return { isUsed: true, lost: lost.map((one) => one.message) }
  }
}

/** Do these conditions lose anything? */
export function loses({ loss, partitions }: Conditions): boolean {
  return loss > 0 || partitions.some(({ messages }) => messages === 'lost')
}
