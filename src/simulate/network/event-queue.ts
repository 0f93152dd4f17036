/** What happens next: a binary heap by time and, at one time, by the order in which things were put into it. */
export class EventQueue<E> {
  readonly #times: number[] = []
  readonly #orders: number[] = []
  readonly #events: E[] = []
  #put = 0

  get size(): number {
    return this.#events.length
  }

  /** The time of the next event; never, if there is none. */
  get time(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY
  }

  put(time: number, event: E): void {
    const order = this.#put++
    let hole = this.#events.length
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      // A later order at the same time goes below.
      if (this.#times[parent]! <= time) break
      this.#move(parent, hole)
      hole = parent
    }
    this.#set(hole, time, order, event)
  }

  take(): E | undefined {
    const first = this.#events[0]
    const time = this.#times.pop()
    const order = this.#orders.pop()
    const last = this.#events.pop()
    if (this.#events.length > 0) this.#sink(time!, order!, last!)
    return first
  }

  #sink(time: number, order: number, event: E): void {
    const count = this.#events.length
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= count) break
      if (child + 1 < count && this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!)) child++
      if (!this.#isBefore(child, time, order)) break
      this.#move(child, hole)
      hole = child
    }
    this.#set(hole, time, order, event)
  }

  #isBefore(index: number, time: number, order: number): boolean {
    const own = this.#times[index]!
    return own < time || (own === time && this.#orders[index]! < order)
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#times[from]!, this.#orders[from]!, this.#events[from]!)
  }

  #set(index: number, time: number, order: number, event: E): void {
    this.#times[index] = time
    this.#orders[index] = order
    this.#events[index] = event
  }
}
