import type { Id, Rule } from '../model/index.ts'
import type { Node } from '../system/index.ts'
import type { Options } from './chooser.ts'
import type { RunState } from './run-state.ts'
import { type Heard, prospect, type Seat } from './seats.ts'

/** A rule that can fire at a seat on a message, or an event that needs no message. */
export interface Option {
  readonly place: Seat
  readonly node: Node
  readonly key: number
  readonly rule?: Rule
  readonly word?: Heard
  readonly event?: { readonly kind: 'timeout' | 'input' | 'flip'; readonly name: string; readonly value: 0 | 1 }
}

const [CORRECT, COALITION, ALONE, TIMEOUT] = [0, 1, 2, 3]

/** What can be done at one seat, by kind. */
type Menu = readonly Option[][]

/**
 * The steps that can be taken, kept up to date seat by seat: a step changes its own seat, and those that can hear what
 * it said.
 */
export class FiringOptions implements Options {
  readonly counts = [0, 0, 0, 0]
  readonly #state: RunState
  readonly #menus: Menu[] = []
  readonly #nothing: Menu = [[], [], [], []]
  /** Options that turned out to be no step, until their seat changes. */
  readonly #spoiled = new Set<number>()

  constructor(state: RunState) {
    this.#state = state
  }

  /** Looks again at the seats that have changed. */
  refresh(): void {
    this.counts.fill(0)
    for (const place of this.#state.seats) {
      if (place.dirty) {
        this.#menus[place.index] = this.#menu(place)
        place.dirty = false
      }
      const menu = this.#menus[place.index]!
      for (let kind = 0; kind < 4; kind++) this.counts[kind]! += menu[kind]!.length
    }
  }

  option(kind: number, index: number): Option {
    let left = index
    for (const menu of this.#menus) {
      const list = menu[kind]!
      if (left < list.length) return list[left]!
      left -= list.length
    }
    throw new RangeError('no such option')
  }

  key(kind: number, index: number): number {
    return this.option(kind, index).key
  }

  at(kind: number, index: number): number {
    return this.option(kind, index).place.index
  }

  /** The option was chosen and was no step; not offered again for a while. */
  spoil({ place, key }: Option): void {
    this.#spoiled.add(key)
    place.dirty = true
  }

  #menu(place: Seat): Menu {
    const { puppet } = place
    if (place.stopped || (puppet?.stopsAfter !== undefined && place.firings >= puppet.stopsAfter)) return this.#nothing
    if (puppet?.withheldUntil !== undefined && this.#state.steps < puppet.withheldUntil) {
      // Held back: its seat is looked at again when the run says so.
      return this.#nothing
    }
    const menu: Option[][] = [[], [], [], []]
    this.#alone(place, menu)
    if (!this.#state.arena.arrivals || puppet) this.#messages(place, menu)
    return menu
  }

  #add(menu: Option[][], kind: number, option: Option): void {
    const found = prospect(option.place, option.node)
    if (found === undefined || this.#spoiled.has(option.key)) return
    if (found === 'cut') {
      this.#state.cut = true
      return
    }
    if (found !== 'maybe' && this.#state.isIdle(option.place, found)) return
    menu[option.place.puppet ? COALITION! : kind]!.push(option)
  }

  #alone(place: Seat, menu: Option[][]): void {
    const { table, setting } = this.#state.arena
    const { timers, coins } = table.locals.values[place.local]!
    const base = -1 - place.index * 64
    const inputs = place.puppet ? place.puppet.inputs : setting.inputs[place.id]!
    inputs.forEach((name, i) => {
      const event = { kind: 'input', name, value: 0 } as const
      this.#add(menu, ALONE!, { place, node: table.onInput(place.id, place.local, name), key: base - i, event })
    })
    timers.forEach((name, i) => {
      const event = { kind: 'timeout', name, value: 0 } as const
      this.#add(menu, TIMEOUT!, {
        place,
        node: table.onTimeout(place.id, place.local, name),
        key: base - 32 - i,
        event,
      })
    })
    coins.forEach((name, i) => {
      for (const value of [0, 1] as const) {
        const node = table.onCoin(place.id, place.local, name, value)
        this.#add(menu, ALONE!, { place, node, key: base - 48 - 2 * i - value, event: { kind: 'flip', name, value } })
      }
    })
  }

  #messages(place: Seat, menu: Option[][]): void {
    const { table } = this.#state.arena
    const done = new Set<number>()
    for (const word of place.heard) {
      const { message, from } = word
      const isLie = ((place.lies.get(message) ?? 0) & (1 << from)) !== 0
      const rules = table.rulesFor(place.id, message)
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i]!
        const node = table.onMessage(place.id, place.local, rule, message, from)
        if (node.kind === 'dead' && !node.cut) continue
        const any = table.anySender(place.id, place.local, rule, message)
        const key = this.#key(place, i, message, any ? this.#bestSender(place, message) : from)
        if (any && done.has(key)) continue
        done.add(key)
        const sender = any ? this.#bestSender(place, message) : from
        const chosen = sender === from ? word : { message, from: sender }
        const lying = any ? ((place.lies.get(message) ?? 0) & (1 << sender)) !== 0 : isLie
        this.#add(menu, lying ? COALITION! : CORRECT!, { place, node, key, rule, word: chosen })
      }
    }
  }

  /** Where the sender does not matter, a correct one is named, the lowest. */
  #bestSender(place: Seat, message: number): Id {
    const triggers = place.heard.filter((word) => word.message === message)
    const lies = place.lies.get(message) ?? 0
    const honest = triggers.filter((word) => (lies & (1 << word.from)) === 0)
    return Math.min(...(honest.length > 0 ? honest : triggers).map((word) => word.from))
  }

  #key(place: Seat, rule: number, message: number, from: Id): number {
    return ((message * 64 + place.index) * 64 + from) * 16 + rule
  }
}
