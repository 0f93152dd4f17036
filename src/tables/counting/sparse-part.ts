import type { HandlerTable } from '../../kernel/handlers.ts'
import type { Id } from '../../model/index.ts'
import { ANYBODY, type Option, TooLarge } from '../closure/closed.ts'
import type { LocalEvent } from './local-event.ts'

/** One participant while those of its local states are found that have to be looked at. */
export class SparsePart {
  readonly at: Id
  locals: number[] = []
  options: Option[][] = []
  /** Did anything look at whom it happened to? */
  sawSelf = false
  /** The initial local state, and all that visible steps lead to. */
  readonly roots = new Set<number>()
  readonly #root: number
  readonly #inputs: readonly string[]
  readonly #most: number
  readonly #indexOf = new Map<number, number>()
  readonly #known = new Set<string>()
  readonly #words: LocalEvent[] = []
  readonly #heard = new Set<string>()
  /** How much was received when it was last gone through. */
  #closedAt = -1

  constructor(at: Id, root: number, inputs: readonly string[], most: number) {
    this.at = at
    this.#root = root
    this.#inputs = inputs
    this.#most = most
  }

  /** Has nothing been received since? */
  get isClosed(): boolean {
    return this.#closedAt === this.#heard.size
  }

  /** Does all that happens here happen at another one, too, if it looks at nobody's name? */
  isLike(other: SparsePart): boolean {
    if (this.#root !== other.#root || this.#heard.size !== other.#heard.size) return false
    return this.#inputs.join() === other.#inputs.join() && [...this.#heard].every((word) => other.#heard.has(word))
  }

  /** Takes over what was found for one that is like it. */
  copy(other: SparsePart): void {
    this.#closedAt = other.#closedAt
    this.locals = other.locals
    this.options = other.options
  }

  /** Forgets what was found, but not what was received. */
  restart(): void {
    this.#closedAt = this.#heard.size
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

  isNew(local: number, localEvent: number): boolean {
    const text = `${local} ${localEvent}`
    return !this.#known.has(text) && this.#known.add(text) !== undefined
  }

  add(local: number, option: Option): void {
    this.options[this.state(local)]!.push(option)
  }

  /**
   * Says whether that was news.
   *
   * @param isOnce does nobody send it twice, and does it come as often as it is sent?
   */
  hear(handlers: HandlerTable, message: number, from: Id, isOnce: boolean): boolean {
    const key = `${message} ${from}`
    if (this.#heard.has(key)) return false
    this.#heard.add(key)
    for (const { name } of handlers.table.rulesFor(this.at, message)) {
      const word = handlers.word(name, message, from)
      this.#words.push(word)
      const counted = (isOnce ? (['fresh'] as const) : (['fresh', 'again'] as const)).map((counts): LocalEvent => {
        const number = handlers.numberOf(`m${name} ${message} ${counts}`)
        return { ...word, number, common: number, trigger: { message, from: ANYBODY }, counts }
      })
      if (!this.#heard.has(`${message}`)) this.#words.push(...counted)
    }
    this.#heard.add(`${message}`)
    return true
  }

  /** Everything that may happen in a local state. */
  localEvents(handlers: HandlerTable, local: number): readonly LocalEvent[] {
    const { timers, coins } = handlers.control(handlers.split(local).control)
    const alone = (event: Parameters<HandlerTable['alone']>[0]): LocalEvent => ({
      ...handlers.alone(event),
      trigger: null,
    })
    return [
      ...this.#inputs.map((value) => alone({ kind: 'input', value })),
      ...timers.map((timer) => alone({ kind: 'timeout', timer })),
      ...coins.flatMap((coin) => ([0, 1] as const).map((value) => alone({ kind: 'coin', coin, value }))),
      ...this.#words,
    ]
  }
}
