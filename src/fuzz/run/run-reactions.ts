import {
  type Flight,
  firstToArrive,
  type Handling,
  type Instance,
  onceThrough,
  resolve,
  SENDERS,
  type World,
} from '../../kernel/index.ts'
import { partAt } from '../../model/index.ts'
import { endless, hearsItself, type Leaf, MOST_FIRINGS } from '../../system/index.ts'

/** What an instance does by itself when something arrives. */
export class RunReactions {
  readonly #world: World
  /** Names of the rules that have fired. */
  #fired = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  /** @param fired names of the rules that have fired: it adds to them */
  begin(fired: Set<string>): void {
    this.#fired = fired
  }

  /** Where messages are delivered once, each rule on it runs once: all of them or, where a bound forbids it, none. */
  onceThrough(instance: Instance, { message, from }: Flight): boolean | 'cut' {
    const handlers = instance.row.on(message, from)
    if (handlers.length === 0) return false
    if (handlers.length === 1) return this.#once(instance, handlers[0]!)
    const steps = onceThrough(instance, this.#world.table, message, from, hearsItself(this.#world.program, instance.id))
    if (steps === 'cut') return 'cut'
    let changed = false
    for (let i = 0; i < steps.length; i++) {
      const { rule, leaf } = steps[i]!
      if (this.isIdle(instance, leaf)) continue
      this.#fired.add(rule)
      this.#world.absorb(instance, leaf)
      changed = true
    }
    return changed
  }

  /** The only rule there is. */
  #once(instance: Instance, handling: Handling): boolean | 'cut' {
    const done = resolve(instance, this.#world.table, handling.node, firstToArrive)
    if (done === 'cut') return 'cut'
    if (!done || this.isIdle(instance, done.leaf)) return false
    if (handling.firedIn !== this.#fired) {
      handling.firedIn = this.#fired
      this.#fired.add(handling.rule.name)
    }
    this.#world.absorb(instance, done.leaf)
    return true
  }

  isIdle(instance: Instance, leaf: Leaf): boolean {
    if (!instance.stays(leaf)) return false
    return this.#world.isIdle(instance, leaf, this.#world.kernel.saysOf(leaf))
  }

  /** Rules in declared order, messages in order of arrival, until nothing changes: as `settle` of the reference does. */
  settle(instance: Instance): boolean {
    let firings = 0
    while (this.#settleOnce(instance)) if (++firings === MOST_FIRINGS) throw endless(this.#world.program)
    return firings > 0
  }

  #settleOnce(instance: Instance): boolean {
    const { table } = this.#world
    if (instance.stopped) return false
    for (const rule of partAt(table.program, instance.id).rules) {
      for (let i = 0; i < instance.words.length; i++) {
        const word = instance.words.values[i]!
        const message = Math.floor(word / SENDERS)
        if (table.messages.values[message]!.type !== rule.type) continue
        const { node } = instance.row.on(message, word % SENDERS).find((handling) => handling.rule === rule)!
        const done = resolve(instance, table, node, firstToArrive)
        if (done === 'cut') this.#world.isCut = true
        if (!done || done === 'cut' || this.isIdle(instance, done.leaf)) continue
        this.#fired.add(rule.name)
        this.#world.absorb(instance, done.leaf)
        return true
      }
    }
    return false
  }
}
