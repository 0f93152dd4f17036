import { SENDERS, type World } from '../kernel/index.ts'
import type { Claim, Id, Invariant, Sometimes } from '../model/index.ts'
import type { Verdict } from './judging.ts'

/** A set of messages with their senders. The same object wherever the set is the same. */
export interface Heard {
  readonly words: readonly number[]
  readonly next: Map<number, Heard>
  readonly verdicts: Map<string, Verdict>
}

/** Sets that are remembered. */
const MOST_SETS = 20_000

/** Claims that look at the same types of messages among those that are said; they need not be judged on others. */
export class Listener {
  readonly invariants: Invariant<any>[] = []
  readonly sometimes: Sometimes<any>[] = []
  readonly start: Heard = { words: [], next: new Map(), verdicts: new Map() }
  readonly #types: readonly string[] | undefined
  readonly #world: World
  readonly #matters: boolean[] = []
  readonly #known = new Map<string, Heard>()

  /** @param types all, where there are none */
  constructor(world: World, types: readonly string[] | undefined) {
    this.#world = world
    this.#types = types
  }

  add(claim: Claim<any>): void {
    if (claim.kind === 'invariant') this.invariants.push(claim)
    if (claim.kind === 'sometimes') this.sometimes.push(claim)
  }

  /** What has been heard once this is said, too; the very set where that does not matter. */
  after(heard: Heard, from: Id, message: number): Heard {
    this.#matters[message] ??= this.#types?.includes(this.#world.table.messages.values[message]!.type) ?? true
    if (!this.#matters[message]) return heard
    const word = message * SENDERS + from
    let next = heard.next.get(word)
    if (!next) {
      next = heard.words.includes(word) ? heard : this.#with(heard, word)
      heard.next.set(word, next)
    }
    return next
  }

  #with(heard: Heard, word: number): Heard {
    const words = [...heard.words, word].sort((a, b) => a - b)
    const key = words.join()
    let known = this.#known.get(key)
    if (!known) {
      if (this.#known.size >= MOST_SETS) this.#forget()
      known = { words, next: new Map(), verdicts: new Map() }
      this.#known.set(key, known)
    }
    return known
  }

  #forget(): void {
    this.#known.clear()
    this.start.next.clear()
  }
}
