import type { Instance, Profile, World } from '../../kernel/index.ts'
import { abstracted, remembered, textOf } from '../../model/index.ts'

/** Local states and outputs that are distinguished; what is met after so many is not known. */
const MOST_STATES = 50_000
const MOST_OUTPUTS = 64
/** Nothing that was output is known to be reached from here. */
export const UNREACHED = 255

/**
 * Local states that some runs went through, and how many firings each is from each output. Distinguished by their
 * content.
 */
export class LocalGraph {
  readonly #states = new Map<string, number>()
  readonly #outputs = new Map<string, number>()
  /** By state: those from which it was reached in one firing. */
  readonly #before: Set<number>[] = []
  /** By output: states in which it was output. */
  readonly #puts: Set<number>[] = []
  /** By state and output. */
  #distances: readonly Uint8Array[] = []
  /** The same by the numbers of a kernel, which are forgotten with it. */
  readonly #known = new WeakMap<Profile, (Uint8Array | undefined)[]>()

  /** Firings from a local state to each output; nothing where no run has been there. */
  from(profile: Profile, local: number): Uint8Array {
    const known = remembered(this.#known, profile, () => [])
    let distances = known[local]
    if (!distances) {
      const state = this.#states.get(nameOf(profile, local))
      distances = (state === undefined ? undefined : this.#distances[state]) ?? NOWHERE
      known[local] = distances
    }
    return distances
  }

  /** The number of an output in what `from` returns; -1 where no run has put it out. */
  output(world: World, output: number): number {
    return this.#outputs.get(textOf(world.table.outputs.values[output]!)) ?? -1
  }

  /** The number of a local state; -1 where there are too many. */
  state({ profile, row }: Instance): number {
    const state = numberIn(this.#states, nameOf(profile, row.local), MOST_STATES)
    if (state === this.#before.length) this.#before.push(new Set())
    return state
  }

  /** Some firing leads from one local state to another. Says whether that is new. */
  add(from: number, to: number): boolean {
    if (from < 0 || to < 0 || from === to || this.#before[to]!.has(from)) return false
    this.#before[to]!.add(from)
    return true
  }

  /** Some firing in a local state puts something out. */
  put(state: number, world: World, output: number): void {
    if (state < 0) return
    const number = numberIn(this.#outputs, textOf(world.table.outputs.values[output]!), MOST_OUTPUTS)
    if (number === this.#puts.length) this.#puts.push(new Set())
    if (number >= 0) this.#puts[number]!.add(state)
  }

  /** Works the distances out. */
  finish(): this {
    this.#distances = this.#before.map(() => new Uint8Array(this.#puts.length).fill(UNREACHED))
    for (const [output, states] of this.#puts.entries()) this.#spread(output, [...states])
    return this
  }

  /** Backwards from where an output was made, breadth first. */
  #spread(output: number, first: readonly number[]): void {
    let frontier = first
    for (let distance = 1; frontier.length > 0 && distance < UNREACHED; distance++) {
      const next: number[] = []
      for (const state of frontier) {
        const distances = this.#distances[state]!
        if (distances[output]! <= distance) continue
        distances[output] = distance
        next.push(...this.#before[state]!)
      }
      frontier = next
    }
  }
}

const NOWHERE = new Uint8Array(0)

/** A replica knows its own id, so its states are its own. */
function nameOf(profile: Profile, local: number): string {
  return `${profile.id} ${abstracted(profile.table.program.protocol, profile.value(local))}`
}

function numberIn(known: Map<string, number>, name: string, most: number): number {
  const number = known.get(name)
  if (number !== undefined) return number
  if (known.size >= most) return -1
  known.set(name, known.size)
  return known.size - 1
}
