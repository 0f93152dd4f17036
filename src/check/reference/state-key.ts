import { textOf } from '../../model/index.ts'
import type { System } from '../../system/index.ts'

/**
 * Short names of states: equal states get equal names. A state shares most of its parts with the one before it, so
 * each part is read once only.
 */
export class StateKeys {
  readonly #byText = new Map<string, number>()
  readonly #byPart = new WeakMap<object, number>()

  of(system: System): string {
    const { locals, soup, pending, inboxes, lost, outputs, notes, crashed } = system
    const lists = [soup, pending, lost, ...inboxes].map((list) => this.#list(list))
    const parts = [...locals, ...outputs, ...notes, crashed].map((part) => (part ? this.#part(part) : -1))
    return `${parts.join(',')};${lists.join(',')}`
  }

  #list(list: readonly object[]): number {
    const known = this.#byPart.get(list)
    if (known !== undefined) return known
    const id = this.#id(`[${list.map((item) => this.#part(item)).join(',')}]`)
    this.#byPart.set(list, id)
    return id
  }

  #part(part: object): number {
    const known = this.#byPart.get(part)
    if (known !== undefined) return known
    const id = this.#id(textOf(part))
    this.#byPart.set(part, id)
    return id
  }

  #id(text: string): number {
    const id = this.#byText.get(text) ?? this.#byText.size
    this.#byText.set(text, id)
    return id
  }
}
