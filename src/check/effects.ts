/**
 * What a handler did in one state, done in another that is the same in all that it looked at: without running it again.
 */
import type { Id, Json, Local } from '../model/index.ts'
import type { Table } from '../system/index.ts'
import { namesOf } from './entries.ts'
import { BREAK, type Fact, fieldOf } from './facts.ts'
import type { Footprint } from './footprint.ts'
import type { Outcome } from './happening.ts'

/** All of a local state but what the protocol calls state: timers, coins, how often they went off. */
export const REST = '#'

export function restOf({ timers, coins, timeouts, threw }: Local): string {
  return JSON.stringify([timers, coins, timeouts, threw])
}

/** What is known of a handler: the first part that it looks at, and what comes then, by what it finds there. */
type Branch =
  | { readonly kind: 'looks'; readonly fact: Fact; readonly next: Map<string, Branch> }
  | { readonly kind: 'does'; readonly outcome: Outcome; readonly from: number }

interface Field {
  readonly text: string
  /** By name, the texts of entries; nothing where they cannot be told apart. */
  readonly entries: ReadonlyMap<string, string> | undefined
}

export class Effects {
  readonly #table: Table
  readonly #footprint: Footprint
  readonly #number: (local: Local, at: Id) => number
  readonly #fields = new Map<number, Map<string, Field>>()
  readonly #roots = new Map<string, Branch>()

  /** @param number numbers a local state of somebody */
  constructor(table: Table, footprint: Footprint, number: (local: Local, at: Id) => number) {
    this.#table = table
    this.#footprint = footprint
    this.#number = number
  }

  /** Nothing that was learned before counts any more. */
  forget(): void {
    this.#roots.clear()
  }

  /** What happens to a participant, if that is known. */
  recall(key: string, at: Id, local: number): Outcome | undefined {
    let here = this.#roots.get(key)
    while (here?.kind === 'looks') here = here.next.get(this.#valueOf(local, here.fact))
    if (!here) return undefined
    const { outcome, from } = here
    if (outcome.kind === 'dead' || from === local) return outcome
    const target = this.#moved(at, local, outcome)
    return target === undefined ? undefined : { ...outcome, target }
  }

  /** Takes note of what happens in a local state. */
  learn(key: string, local: number, outcome: Outcome): void {
    const leaf: Branch = { kind: 'does', outcome, from: local }
    const { reads } = outcome
    let into: Map<string, Branch> = this.#roots
    let step = key
    for (const fact of reads) {
      const here = into.get(step) ?? { kind: 'looks' as const, fact, next: new Map<string, Branch>() }
      // A handler that looks elsewhere for no reason that is seen here is not foreseen.
      if (here.kind !== 'looks' || here.fact !== fact) return
      into.set(step, here)
      into = here.next
      step = this.#valueOf(local, fact)
    }
    if (!into.has(step)) into.set(step, leaf)
  }

  #fieldsOf(local: number): Map<string, Field> {
    let fields = this.#fields.get(local)
    if (!fields) {
      fields = new Map()
      const { state } = this.#table.locals.values[local]!
      if (typeof state === 'object' && state !== null && !Array.isArray(state)) {
        for (const [field, value] of Object.entries(state)) fields.set(field, fieldFor(value))
      }
      this.#fields.set(local, fields)
    }
    return fields
  }

  #valueOf(local: number, fact: Fact): string {
    const value = this.#table.locals.values[local]!
    if (fact === REST) return restOf(value)
    if (fact === '') return JSON.stringify(value.state)
    const field = this.#fieldsOf(local).get(fieldOf(fact))
    if (!field) return ''
    const at = fact.indexOf(BREAK)
    if (at < 0 || !field.entries) return field.text
    return field.entries.get(fact.slice(at + 1)) ?? ''
  }

  /** Where the same changes lead to from another local state; nothing where that is not clear. */
  #moved(at: Id, local: number, { target, writes }: Outcome): number | undefined {
    const [before, after] = [local, target].map((number) => this.#table.locals.values[number]!) as [Local, Local]
    const state = { ...(before.state as Record<string, Json>) }
    const wanted = after.state as Record<string, Json>
    let rest: Partial<Local> = {}
    for (const fact of writes) {
      const field = fieldOf(fact)
      if (fact === '') return undefined
      if (fact === REST) {
        const { state: _, ...others } = after
        rest = others
      } else if (!fact.includes(BREAK)) {
        if (!Object.hasOwn(wanted, field)) return undefined
        state[field] = wanted[field]!
      } else {
        const list = this.#edited(field, fact.slice(field.length + 1), state[field], wanted[field])
        if (!list) return undefined
        state[field] = list
      }
    }
    if ((before.threw === undefined) !== (rest.threw === undefined) && rest.threw === undefined) return undefined
    return this.#number({ ...before, ...rest, state }, at)
  }

  /** A list with one entry as it is in another list. */
  #edited(field: string, name: string, list: Json | undefined, other: Json | undefined): Json[] | undefined {
    if (!Array.isArray(list) || !Array.isArray(other)) return undefined
    const [names, others] = [namesOf(list), namesOf(other)]
    if (!names || !others) return undefined
    const [at, from] = [names.indexOf(name), others.indexOf(name)]
    if (from < 0) return list.filter((_, i) => i !== at)
    if (at >= 0) return list.map((entry, i) => (i === at ? other[from]! : entry))
    let place = 0
    for (const [i, known] of names.entries()) {
      const sign = this.#footprint.signOf(field, name, known)
      if (sign === undefined) return undefined
      if (sign > 0) place = i + 1
    }
    return [...list.slice(0, place), other[from]!, ...list.slice(place)]
  }
}

function fieldFor(value: Json): Field {
  const text = JSON.stringify(value)
  const names = Array.isArray(value) ? namesOf(value) : undefined
  if (!names) return { text, entries: undefined }
  return { text, entries: new Map(names.map((name, i) => [name, JSON.stringify((value as Json[])[i])])) }
}
