import { packed } from '../system/index.ts'
import { KINDS, type Options } from './chooser.ts'
import { type Menu, MenuMaker, type Option } from './menu.ts'
import type { RunState } from './run-state.ts'
import type { Seat } from './seats.ts'

/** An option and the seat that has it. */
export interface Offered {
  readonly place: Seat
  readonly option: Option
}

/** The steps that can be taken without an arrival, kept up to date seat by seat from menus that all runs share. */
export class FiringOptions implements Options {
  readonly counts = KINDS.map(() => 0)
  readonly #state: RunState
  readonly #isStarved: (message: number, at: number) => boolean
  /** Options that turned out to be no step, by seat, until the seat changes. */
  readonly #spoiled: Set<number>[] = []

  constructor(state: RunState, isStarved: (message: number, at: number) => boolean) {
    this.#state = state
    this.#isStarved = isStarved
  }

  /** Looks again at the seats that have changed. */
  refresh(): void {
    this.counts.fill(0)
    for (const place of this.#state.seats) {
      place.menu ??= this.#menu(place)
      const { byKind } = place.menu
      if (place.puppet) {
        for (const list of byKind) this.counts[1]! += list.length
      } else for (let kind = 0; kind < byKind.length; kind++) this.counts[kind]! += byKind[kind]!.length
    }
  }

  option(kind: number, index: number): Offered {
    let left = index
    for (const place of this.#state.seats) {
      if (place.puppet && kind !== 1) continue
      const lists = place.puppet ? place.menu!.byKind : [place.menu!.byKind[kind]!]
      for (const list of lists) {
        if (left < list.length) return { place, option: list[left]! }
        left -= list.length
      }
    }
    throw new RangeError('no such option')
  }

  key(kind: number, index: number): number {
    const { place, option } = this.option(kind, index)
    return packed(option.key, place.index, this.#state.room)
  }

  at(kind: number, index: number): number {
    return this.option(kind, index).place.index
  }

  isStarved(kind: number, index: number): boolean {
    const { place, option } = this.option(kind, index)
    return option.word !== undefined && this.#isStarved(option.word.message, place.index)
  }

  /** The option was chosen and was no step: it is not offered again until its seat changes. */
  spoil({ place, option }: Offered): void {
    this.#spoiled[place.index] ??= new Set()
    this.#spoiled[place.index]!.add(option.key)
    place.menu = undefined
  }

  /** The seat has changed, and with it what is a step there. */
  forget(place: Seat): void {
    this.#spoiled[place.index]?.clear()
  }

  #menu(place: Seat): Menu {
    const { puppet } = place
    if (place.stopped || (puppet?.stopsAfter !== undefined && place.firings >= puppet.stopsAfter)) return NOTHING
    // What is held back stays with a puppet that does not move: the run lets go of it when it is time.
    if (puppet?.withheldUntil !== undefined && this.#state.steps < puppet.withheldUntil) return NOTHING
    // A small integer: maps are several times faster on those.
    const key = place.local * 512 + place.profile
    let menu = place.inbox.menus.get(key)
    if (!menu) {
      menu = new MenuMaker(this.#state.arena.ground, place.id, place.local, place.inbox).make(place.inputs, place.fires)
      place.inbox.menus.set(key, menu)
    }
    if (menu.cut) this.#state.cut = true
    const spoiled = this.#spoiled[place.index]
    return menu.hasEchoes || (spoiled && spoiled.size > 0) ? this.#filtered(place, menu, spoiled) : menu
  }

  #filtered(place: Seat, menu: Menu, spoiled: ReadonlySet<number> | undefined): Menu {
    const keep = (option: Option): boolean =>
      !spoiled?.has(option.key) && !(option.echo && this.#state.isIdle(place, option.echo))
    return { ...menu, byKind: menu.byKind.map((list) => list.filter(keep)) }
  }
}

const NOTHING: Menu = { byKind: KINDS.map(() => []), hasEchoes: false, cut: false }
