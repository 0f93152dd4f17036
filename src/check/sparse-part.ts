import type { Event, Id } from '../model/index.ts'
import { type Option, TooLarge } from './closed.ts'
import type { Happening, Reactions } from './reactions.ts'

/** One participant while those of its local states are found that have to be looked at. */
export class SparsePart {
  readonly at: Id
  locals: number[] = []
  options: Option[][] = []
  /** The initial local state, and all that visible steps lead to. */
  readonly roots = new Set<number>()
  readonly #root: number
  readonly #inputs: readonly string[]
  readonly #most: number
  readonly #indexOf = new Map<number, number>()
  readonly #known = new Set<string>()
  readonly #words: Happening[] = []
  readonly #heard = new Set<string>()
  /** What was known when it was last gone through. */
  #closedAt = ''

  constructor(at: Id, root: number, inputs: readonly string[], most: number) {
    this.at = at
    this.#root = root
    this.#inputs = inputs
    this.#most = most
  }

  /** Has nothing been heard since, and nothing more been learned of what handlers look at? */
  isClosed(version: number): boolean {
    return this.#closedAt === `${version} ${this.#heard.size}`
  }

  /** Forgets what was found, but not what was heard. */
  restart(version: number): void {
    this.#closedAt = `${version} ${this.#heard.size}`
    this.locals = []
    this.options = []
    this.#indexOf.clear()
    this.#known.clear()
    this.roots.clear()
    this.roots.add(this.#root)
    this.state(this.#root)
  }

  /** Index of a local state. */
  state(local: number): number {
    let index = this.#indexOf.get(local)
    if (index === undefined) {
      index = this.locals.length
      if (index >= this.#most) throw new TooLarge(`more than ${this.#most} local states`)
      this.#indexOf.set(local, index)
      this.locals.push(local)
      this.options.push([])
    }
    return index
  }

  isNew(local: number, happening: number): boolean {
    const text = `${local} ${happening}`
    return !this.#known.has(text) && this.#known.add(text) !== undefined
  }

  add(local: number, option: Option): void {
    this.options[this.state(local)]!.push(option)
  }

  /** Says whether that was news. */
  hear(reactions: Reactions, message: number, from: Id): boolean {
    const key = `${message} ${from}`
    if (this.#heard.has(key)) return false
    this.#heard.add(key)
    const { table } = reactions
    const value = table.messages.values[message]!
    for (const { name } of table.rulesFor(this.at, message)) {
      const event: Event = { kind: 'message', rule: name, from, message: value }
      const common = `m${name} ${message}`
      const [number, any] = [`${common} ${from}`, common].map((one) => reactions.numberOf(one)) as [number, number]
      this.#words.push({ number, common: any, event, trigger: { message, from } })
    }
    return true
  }

  /** Everything that may happen: timers and coins that nobody waits for do nothing. */
  happenings(reactions: Reactions): readonly Happening[] {
    const { timers, coins } = reactions
    const alone = (key: string, event: Event): Happening => {
      const number = reactions.numberOf(key)
      return { number, common: number, event, trigger: null }
    }
    return [
      ...this.#inputs.map((value) => alone(`i${value}`, { kind: 'input', value })),
      ...[...timers].map((timer) => alone(`t${timer}`, { kind: 'timeout', timer })),
      ...[...coins].flatMap((coin) =>
        ([0, 1] as const).map((value) => alone(`c${value}${coin}`, { kind: 'coin', coin, value })),
      ),
      ...this.#words,
    ]
  }
}
