import { Numbers } from '../../kernel/bits.ts'

/** No state, and no coin. */
export const NOWHERE = -1

/**
 * What can be played: in a state the adversary takes a step, or lets a coin fall. How it falls is nobody's choice, so to be
 * sure of something it has to be sure of it on both sides.
 */
export class Positions {
  readonly #from = new Numbers()
  readonly #to = new Numbers()
  /** Of each edge: the coin and its side, as 2 · coin + side; or none. */
  readonly #sides = new Numbers()
  /** By coin: the state in which it falls. */
  readonly #fallsIn = new Numbers()
  #into: { readonly starts: Int32Array; readonly edges: Int32Array } | undefined

  /** A coin that may fall in a state. Returns its number. */
  coin(state: number): number {
    this.#fallsIn.push(state)
    return this.#fallsIn.length - 1
  }

  step(from: number, to: number): void {
    this.#edge(from, to, NOWHERE)
  }

  falls(coin: number, side: 0 | 1, to: number): void {
    this.#edge(this.#fallsIn.values[coin]!, to, 2 * coin + side)
  }

  #edge(from: number, to: number, side: number): void {
    if (from === to) return
    this.#from.push(from)
    this.#to.push(to)
    this.#sides.push(side)
  }

  /** Edges by the state that they lead to. */
  #edgesInto(states: number): { readonly starts: Int32Array; readonly edges: Int32Array } {
    if (this.#into) return this.#into
    const starts = new Int32Array(states + 1)
    for (let edge = 0; edge < this.#to.length; edge++) starts[this.#to.values[edge]! + 1]!++
    for (let state = 0; state < states; state++) starts[state + 1]! += starts[state]!
    const next = starts.slice()
    const edges = new Int32Array(this.#to.length)
    for (let edge = 0; edge < edges.length; edge++) edges[next[this.#to.values[edge]!]!++] = edge
    this.#into = { starts, edges }
    return this.#into
  }

  /**
   * Where the adversary can force a goal, however coins fall; the least fixpoint, in which each state comes after those that
   * its own way leads to, so that whoever follows the ways gets there.
   */
  forced(states: number, goals: Iterable<number>): Ways {
    const { starts, edges } = this.#edgesInto(states)
    const ways = new Ways(states, this.#fallsIn.length)
    for (const goal of goals) ways.reach(goal, goal)
    for (let i = 0; i < ways.order.length; i++) {
      const here = ways.order.values[i]!
      for (let k = starts[here]!; k < starts[here + 1]!; k++) {
        const [from, side] = [this.#from.values[edges[k]!]!, this.#sides.values[edges[k]!]!]
        if (side === NOWHERE) ways.reach(from, here)
        else if (ways.fall(side, here)) ways.reach(from, -2 - (side >> 1))
      }
    }
    return ways
  }
}

/** By which way a goal can be forced. */
export class Ways {
  /** States in which it can be, goals first. */
  readonly order = new Numbers()
  /** By state: itself where it is a goal, the state to go to, −2 − coin, or none. */
  readonly #next: Int32Array
  /** By 2 · coin + side: where that leads to. */
  readonly #sides: Int32Array

  constructor(states: number, coins: number) {
    this.#next = new Int32Array(states).fill(NOWHERE)
    this.#sides = new Int32Array(2 * coins).fill(NOWHERE)
  }

  reach(state: number, next: number): void {
    if (this.#next[state] !== NOWHERE) return
    this.#next[state] = next
    this.order.push(state)
  }

  /** A side of a coin is good. Is it good on both sides? */
  fall(side: number, to: number): boolean {
    if (this.#sides[side] === NOWHERE) this.#sides[side] = to
    return this.#sides[side ^ 1] !== NOWHERE
  }

  isForced(state: number): boolean {
    return this.#next[state] !== NOWHERE
  }

  /** The states from one in which a goal is forced to that goal, where the coin falls as given, one time after the other. */
  play(state: number, sides: (coin: number) => 0 | 1): number[] {
    const path = [state]
    for (let here = state, fell = 0; this.#next[here] !== here; path.push(here)) {
      const next = this.#next[here]!
      here = next >= 0 ? next : this.#sides[2 * (-2 - next) + sides(fell++)]!
    }
    return path
  }
}
