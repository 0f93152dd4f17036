/**
 * What a vote does that goes into a tally, whoever it is from: tried with every sender, once with the sender in the
 * tally and once without.
 *
 * Where all do the same, two happenings take the place of one for each sender: a vote from somebody who is not yet in
 * the tally, which needs one sender more than there are in it; and a vote from somebody who is. See tallies.ts.
 */
import type { Id, Json, Local } from '../model/index.ts'
import type { Effects } from './effects.ts'
import { BREAK } from './facts.ts'
import { dead, type Happening, type Outcome, type Reacted, wordOf } from './happening.ts'
import type { Reactions } from './reactions.ts'
import { fieldOfPlace, type Place } from './tallies.ts'

/** What a message does in a state in which a tally is asked for its sender. */
interface Counted {
  /** For every sender by itself; absent where it goes by names, and nothing is counted. */
  readonly alone?: Reacted
  readonly fresh: Reacted
  readonly again: Reacted
}

export class Counting {
  readonly #reactions: Reactions
  protected readonly react: (at: Id, local: number, word: Happening) => Reacted
  #known: Map<string, Counted>[] = []

  readonly #effects: Effects

  /** @param react what a message from one sender does */
  constructor(reactions: Reactions, effects: Effects, react: Counting['react']) {
    this.#effects = effects
    this.react = react
    this.#reactions = reactions
  }

  /** Nothing that was found before counts any more. */
  forget(): void {
    this.#known = []
  }

  /** What happens, if it does not go by the sender's name; otherwise nothing is said here. */
  on(at: Id, role: number, local: number, { event, trigger, counts }: Happening): Reacted | undefined {
    if (event.kind !== 'message' || !trigger) return undefined
    const key = `${local} ${event.rule} ${trigger.message}`
    let counted = this.#known[role]?.get(key) ?? this.#known[2 + at]?.get(key)
    if (!counted) {
      const about = `${event.rule} ${trigger.message}`
      counted = this.#recalled(role, at, local, about) ?? this.#recalled(2 + at, at, local, about)
      counted ??= this.#learned(at, role, local, event.rule, trigger.message)
      const whose = counted.fresh.sawSelf ? 2 + at : role
      this.#known[whose] ??= new Map()
      this.#known[whose].set(key, counted)
    }
    return counted[counts ?? 'alone']
  }

  /** What is known from states that are the same in all that is looked at. */
  #recalled(whose: number, at: Id, local: number, about: string): Counted | undefined {
    const recall = (what: string): Reacted | undefined => {
      const outcome = this.#effects.recall(`${whose} ${what} ${about}`, at, local)
      return outcome && { outcome, sawSelf: whose > 1 }
    }
    const none = recall('none')
    if (none) return { fresh: none, again: none }
    const [alone, fresh, again] = [recall('alone'), recall('fresh'), recall('again')]
    return alone && fresh && again && { alone, fresh, again }
  }

  #learned(at: Id, role: number, local: number, rule: string, message: number): Counted {
    const counted = this.#counted(at, local, rule, message)
    const whose = counted.fresh.sawSelf ? 2 + at : role
    const { alone, fresh, again } = counted
    const all = alone ? { alone, fresh, again } : { none: fresh }
    for (const [what, { outcome }] of Object.entries(all)) {
      this.#effects.learn(`${whose} ${what} ${rule} ${message}`, local, outcome)
    }
    return counted
  }

  #counted(at: Id, local: number, rule: string, message: number): Counted {
    const reacted = (state: number, from: Id): Reacted =>
      this.react(at, state, wordOf(this.#reactions, rule, message, from))
    const { tallies } = this.#reactions.footprint
    const senders = tallies.senders(at)
    const alone: Reacted[] = []
    for (const from of senders) {
      alone.push(reacted(local, from))
      if (!alone[0]!.outcome.sawSender) break
    }
    const [place, ...more] = new Set(alone.flatMap(({ outcome }) => outcome.tallies))
    if (place === undefined) {
      const nothing = { outcome: dead(allReads(alone)), sawSelf: alone.some(({ sawSelf }) => sawSelf) }
      return { fresh: nothing, again: nothing }
    }
    this.several(more)
    const { state } = this.#reactions.table.locals.values[local]! as Local
    const size = tallies.sizeOf(state as Json, place, at)
    const all = (has: boolean): Reacted[] =>
      senders.map((from) => reacted(this.#shown(at, local, place, from, has), from))
    const fresh = size < senders.length ? this.#same(place, all(false)) : undefined
    const again = size > 0 ? this.#same(place, all(true)) : undefined
    const entry = place.slice(0, place.lastIndexOf(BREAK))
    const reads = [...new Set([entry, ...allReads([...(fresh ? [fresh] : []), ...(again ? [again] : [])])])]
    const sawSelf = Boolean(fresh?.sawSelf || again?.sawSelf)
    const nothing: Reacted = { outcome: dead(reads), sawSelf }
    const of = (one: Reacted | undefined, senders: number): Reacted =>
      one ? { outcome: { ...one.outcome, reads, sawSender: false, senders }, sawSelf } : nothing
    return { alone: nothing, fresh: of(fresh, this.needed(size)), again: of(again, 1) }
  }

  /** The same state, but for who is in a tally. */
  #shown(at: Id, local: number, place: Place, from: Id, has: boolean): number {
    const { table, footprint } = this.#reactions
    const known = table.locals.values[local]! as Local
    const state = footprint.tallies.shown(known.state as Json, place, from, has, at)
    return table.locals.number({ ...known, state } as Local & object)
  }

  #same(place: Place, all: readonly Reacted[]): Reacted {
    if (!this.isSame(place, all)) this.#reactions.footprint.tallies.name(fieldOfPlace(place))
    const sawSelf = all.some((one) => one.sawSelf)
    return { outcome: { ...all[0]!.outcome, reads: allReads(all) }, sawSelf }
  }

  /** How many must have said a message that goes into a tally of some size? Those who are in it have said it, too. */
  protected needed(size: number): number {
    return size + 1
  }

  /** Who is in one tally and not in another is more than counts tell. */
  protected several(others: readonly Place[]): void {
    for (const other of others) this.#reactions.footprint.tallies.name(fieldOfPlace(other))
  }

  /** Does the message do the same from every sender? */
  protected isSame(place: Place, all: readonly Reacted[]): boolean {
    const text = ({ outcome: { kind, label, target, cut, threw, tallies } }: Reacted): string =>
      JSON.stringify([kind, label, target, cut, threw, tallies])
    return all.every((one) => text(one) === text(all[0]!) && one.outcome.tallies.join() === place)
  }
}

function allReads(all: readonly Reacted[]): Outcome['reads'] {
  return [...new Set(all.flatMap(({ outcome }) => outcome.reads))]
}
