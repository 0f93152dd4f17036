import { byText, type Id, type Rule, textOf } from '../model/index.ts'
import { IDS, type Leaf, type Node, packed } from '../system/index.ts'
import type { Ground } from './arena.ts'
import { ALONE, COALITION, CORRECT, KINDS, TIMEOUT } from './chooser.ts'
import { type Heard, type Held, type Inbox, LIE, OWN } from './inbox.ts'
import { prospect } from './seats.ts'

/** A rule that can fire on a message, or an event that needs no message. */
export interface Option {
  readonly node: Node
  /** Identifies it at its seat. */
  readonly key: number
  readonly rule?: Rule
  readonly word?: Heard
  readonly event?: Alone
  /** Where the reaction leaves the local state as it is: whether it is a step depends on what was said before. */
  readonly echo?: Leaf
}

export interface Alone {
  readonly kind: 'timeout' | 'input' | 'flip'
  readonly name: string
  readonly value: 0 | 1
}

/** What can be done in one local state with one inbox, by kind. Worked out once for all runs. */
export interface Menu {
  readonly byKind: readonly (readonly Option[])[]
  /** Has it an option that may turn out to be no step? */
  readonly hasEchoes: boolean
  /** Did a bound forbid something? */
  readonly cut: boolean
}

/** Draws up menus. `messages` is false where messages have to arrive one by one. */
export class MenuMaker {
  readonly #ground: Ground
  readonly #at: Id
  readonly #local: number
  readonly #inbox: Inbox
  readonly #byKind: Option[][] = KINDS.map(() => [])
  #hasEchoes = false
  #cut = false

  constructor(ground: Ground, at: Id, local: number, inbox: Inbox) {
    this.#ground = ground
    this.#at = at
    this.#local = local
    this.#inbox = inbox
  }

  make(inputs: readonly string[], messages: boolean): Menu {
    this.#alone(inputs)
    if (messages) this.#messages()
    return { byKind: this.#byKind, hasEchoes: this.#hasEchoes, cut: this.#cut }
  }

  #add(kind: number, option: Option): void {
    const found = prospect(this.#inbox, option.node)
    if (found === undefined) return
    if (found === 'cut') {
      this.#cut = true
      return
    }
    const isEcho = found !== 'maybe' && found.local === this.#local
    if (isEcho && found.silent) return
    if (isEcho) this.#hasEchoes = true
    this.#byKind[kind]!.push(isEcho ? { ...option, echo: found } : option)
  }

  #alone(inputs: readonly string[]): void {
    const { table } = this.#ground
    const { timers, coins } = table.locals.values[this.#local]!
    inputs.forEach((name, i) => {
      const event = { kind: 'input', name, value: 0 } as const
      this.#add(ALONE, { node: table.onInput(this.#at, this.#local, name), key: -1 - 3 * i, event })
    })
    timers.forEach((name, i) => {
      const event = { kind: 'timeout', name, value: 0 } as const
      this.#add(TIMEOUT, { node: table.onTimeout(this.#at, this.#local, name), key: -2 - 3 * i, event })
    })
    coins.forEach((name, i) => {
      for (const value of [0, 1] as const) {
        const node = table.onCoin(this.#at, this.#local, name, value)
        this.#add(ALONE, { node, key: -3 - 3 * (2 * i + value), event: { kind: 'flip', name, value } })
      }
    })
  }

  #messages(): void {
    const { table } = this.#ground
    const byMessage = new Map<number, Held[]>()
    for (const word of this.#inbox.words) {
      if (word.standing === OWN) continue
      const words = byMessage.get(word.message)
      if (words) words.push(word)
      else byMessage.set(word.message, [word])
    }
    // Where the sender does not matter, the lowest correct one is named.
    for (const words of byMessage.values()) words.sort((a, b) => a.standing - b.standing || a.from - b.from)
    const text = (message: number): string => textOf(table.messages.values[message]!)
    for (const [message, words] of [...byMessage].sort(([a], [b]) => byText(text(a), text(b)))) {
      const rules = table.rulesFor(this.#at, message)
      for (let i = 0; i < rules.length; i++) {
        for (const { from, standing } of words) {
          const node = table.onMessage(this.#at, this.#local, rules[i]!, message, from)
          const key = packed(packed(message, from, IDS), i, Math.max(16, table.mostRules))
          const kind = standing === LIE ? COALITION : CORRECT
          this.#add(kind, { node, key, rule: rules[i]!, word: { message, from } })
          if (table.anySender(this.#at, this.#local, rules[i]!, message)) break
        }
      }
    }
  }
}
