import type { Looker } from './context.ts'
import { byText, deepFreeze, type Json } from './json.ts'
import type { Local, Sent } from './reaction.ts'

/** What a handler works on. */
export interface Tree {
  state: Json
  sent: Sent[]
  outputs: Json[]
  notes: Json[]
}

/** What one handler has done besides its tree, and what it has looked at. */
export class Collector implements Looker {
  sawSender = false
  sawSelf = false
  /** Called at the first look of each kind. Whoever keeps a question sets it when the handler has been left. */
  onLook: ((part: 'self' | 'sender') => void) | undefined
  readonly factors: [string, number][] = []
  readonly tree: Tree
  readonly #local: Local | undefined
  /** Made when a handler touches them: most do not. */
  #timers: Set<string> | undefined
  #coins: Set<string> | undefined
  constructor(local: Local | undefined, tree: Tree) {
    this.#local = local
    this.tree = tree
  }

  looks(part: 'self' | 'sender'): void {
    const before = part === 'self' ? this.sawSelf : this.sawSender
    if (part === 'self') this.sawSelf = true
    else this.sawSender = true
    if (!before) this.onLook?.(part)
  }

  get timers(): Set<string> {
    this.#timers ??= new Set(this.#local?.timers)
    return this.#timers
  }

  get coins(): Set<string> {
    this.#coins ??= new Set(this.#local?.coins)
    return this.#coins
  }

  timersAfter(before: readonly string[]): readonly string[] {
    return this.#timers ? listed(this.#timers, before) : before
  }

  coinsAfter(before: readonly string[]): readonly string[] {
    return this.#coins ? listed(this.#coins, before) : before
  }
}

function listed(set: ReadonlySet<string>, before: readonly string[]): readonly string[] {
  if (set.size === before.length && before.every((name) => set.has(name))) return before
  return deepFreeze([...set].sort(byText))
}
