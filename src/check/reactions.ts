/** What happens at one participant on one event, each worked out once, with the parts of the state that it rests on. */
import {
  canonical,
  type Event,
  HarnessError,
  type Id,
  type Json,
  type Local,
  type Program,
  type Reaction,
  runningIds,
} from '../model/index.ts'
import { fire, type Table, triggersItself } from '../system/index.ts'
import { TooLarge, Unfit } from './closed.ts'
import { Counting } from './counting.ts'
import { Effects, REST, restOf } from './effects.ts'
import type { Fact } from './facts.ts'
import { Footprint } from './footprint.ts'
import { dead, type Happening, type Outcome, type Reacted } from './happening.ts'
import { Tallies } from './tallies.ts'
import { watched } from './watched.ts'

/** More is known by now than what was found so far rests on: all of it has to be looked for again. */
export class Stale extends Error {
  override readonly name = 'Stale'
}

/** Every so many outcomes that are recalled, one is worked out again. */
const MOST_HAPPENINGS = 2 ** 20
const TRIED_EVERY = 256

/** Tests put unsound ones in their place, to see that the laws notice. */
export interface Counts {
  readonly tallies: typeof Tallies
  readonly counting: typeof Counting
}

const COUNTS: Counts = { tallies: Tallies, counting: Counting }

export class Reactions {
  readonly footprint: Footprint
  readonly table: Table
  /** Timers and coins that some local state waits for. */
  readonly timers = new Set<string>()
  readonly coins = new Set<string>()
  /** Has anything that happened lately looked at whom it happened to? */
  sawSelf = false
  readonly #program: Program
  #version = 0
  /** By role; then by participant, where a rule looks at whose it is. */
  #known: Map<number, Outcome>[] = []
  readonly #numbers = new Map<string, number>()
  readonly #effects: Effects
  readonly #counting: Counting
  #recalled = 0

  /** @param means what tells tallies from other lists, and counts their senders */
  constructor(table: Table, means: Counts = COUNTS) {
    this.table = table
    const { setting } = table.program
    const hearsItself = runningIds(setting).some((at) => triggersItself(table.program, at))
    this.footprint = new Footprint(setting.n + setting.clients, hearsItself, means.tallies)
    this.#program = watched(table.program, this.footprint)
    this.#effects = new Effects(table, this.footprint, (local, at) => this.number(local, at))
    this.#counting = new means.counting(this, this.#effects, (...word) => this.#reacted(...word))
  }

  /** How often the footprints learned something that those taken before did not know. */
  get version(): number {
    return this.footprint.version
  }

  /**
   * @throws Stale where more was learned of what handlers look at
   * @throws Unfit where a rule asks its inbox: what is absent there is no part of any state
   */
  on(at: Id, local: number, happening: Happening): Outcome {
    if (this.#version !== this.version) {
      this.#known = []
      this.#effects.forget()
      this.#counting.forget()
      this.#version = this.version
    }
    const role = this.#roleOf(at)
    this.sawSelf ||= this.footprint.tallies.knowsSelf
    const [shared, own] = [this.#memo(role), this.#memo(2 + at)]
    const here = local * MOST_HAPPENINGS
    const [one, any] = [here + happening.number, here + happening.common]
    const known = shared.get(any) ?? shared.get(one)
    if (known) return known
    const mine = own.get(any) ?? own.get(one)
    this.sawSelf ||= mine !== undefined
    if (mine) return mine
    const { outcome, sawSelf } = this.#counting.on(at, role, local, happening) ?? this.#reacted(at, local, happening)
    if (this.#version !== this.version) throw new Stale('more is known now')
    this.sawSelf ||= sawSelf
    const memo = sawSelf ? own : shared
    memo.set(outcome.sawSender ? one : any, outcome)
    return outcome
  }

  #reacted(at: Id, local: number, happening: Happening): Reacted {
    const role = this.#roleOf(at)
    const remembered = this.#recall(at, role, local, happening)
    const { outcome, sawSelf } = remembered ?? this.#react(at, local, happening)
    if (this.#version !== this.version) throw new Stale('more is known now')
    if (!remembered) {
      const number = outcome.sawSender ? happening.number : happening.common
      this.#effects.learn(`${sawSelf ? 2 + at : role} ${number}`, local, outcome)
    }
    return { outcome, sawSelf }
  }

  /** Whom a replica shares what is known with: all replicas, unless equal states of theirs are not the same. */
  #roleOf(at: Id): number {
    if (this.footprint.tallies.knowsSelf) return 2 + at
    return at < this.#program.setting.n ? 0 : 1
  }

  /** The number of what may happen. */
  numberOf(key: string): number {
    const number = this.#numbers.get(key) ?? this.#numbers.size
    if (number >= MOST_HAPPENINGS) throw new TooLarge(`more than ${MOST_HAPPENINGS} things that may happen`)
    this.#numbers.set(key, number)
    return number
  }

  /** What is known from other states; held against the handler itself now and then. */
  #recall(at: Id, role: number, local: number, happening: Happening): Reacted | undefined {
    for (const number of [happening.common, happening.number]) {
      for (const whose of [role, 2 + at]) {
        const outcome = this.#effects.recall(`${whose} ${number}`, at, local)
        if (!outcome) continue
        const reacted = { outcome, sawSelf: whose !== role }
        if (this.#recalled++ % TRIED_EVERY === 0) this.#compare(reacted, this.#react(at, local, happening))
        return reacted
      }
    }
    return undefined
  }

  #compare({ outcome }: Reacted, { outcome: again }: Reacted): void {
    const isSame = outcome.target === again.target && outcome.label === again.label && outcome.cut === again.cut
    if (isSame && outcome.reads.join() === again.reads.join()) return
    // What was just learned may be the reason.
    if (this.#version !== this.version) throw new Stale('more is known now')
    throw new HarnessError('a handler does something else in a state that is the same in all that it looks at')
  }

  /** The number of a participant's local state. */
  number(local: Local, at: Id): number {
    for (const [list, known] of [
      [local.timers, this.timers],
      [local.coins, this.coins],
    ] as const) {
      for (const name of list) {
        if (known.has(name)) continue
        known.add(name)
        this.footprint.version++
      }
    }
    const state = this.footprint.tallies.standing(local.state as Json, at)
    return this.table.locals.number((state === local.state ? local : { ...local, state }) as Local & object)
  }

  #memo(index: number): Map<number, Outcome> {
    this.#known[index] ??= new Map()
    return this.#known[index]!
  }

  #react(at: Id, local: number, { event, trigger }: Happening): Reacted {
    const { table, footprint } = this
    const before = table.locals.values[local]!
    if (before.threw !== undefined) return { outcome: dead([REST]), sawSelf: false }
    if (!isArmed(before, event)) return { outcome: dead([REST]), sawSelf: false }
    footprint.taken()
    footprint.tallies.begin(event.kind === 'message' ? event.from : undefined, at)
    table.calls++
    let asks = false
    const { reaction, cut } = fire(this.#program, at, before, event, () => {
      asks = true
      return false
    })
    if (asks) throw new Unfit('a rule asks its inbox')
    const { reads, loose } = footprint.taken()
    this.#assertUnseen(at, before, event, reaction, cut)
    const { local: after, effects, sawSender = true, sawSelf = true } = reaction
    const { sent, outputs, notes } = effects
    const says = sent.length + outputs.length + notes.length
    const word = trigger && { message: trigger.message, sawSender }
    const tallies = footprint.tallies.used(before.state as Json, after.state as Json, reads, word ?? undefined)
    if (cut || (after === before && says === 0)) {
      return { outcome: { ...dead([...reads, REST]), cut, sawSender, tallies }, sawSelf }
    }
    const writes = footprint.changes(before.state as Json, after.state as Json, loose)
    if (restOf(before) !== restOf(after)) writes.push(REST)
    const threw = after.threw ?? null
    const effect = {
      sent: sent.map(({ to, message }) => ({ to, message: table.messages.number(message) })),
      outputs: outputs.map((output) => table.outputs.number(output as never)),
      notes: notes.map((note) => table.outputs.number({ note } as never)),
    }
    const outcome: Outcome = {
      ...effect,
      kind: says === 0 && threw === null ? 'silent' : 'visible',
      cut: false,
      target: this.number(after, at),
      threw,
      label: JSON.stringify([effect, threw]),
      sawSender,
      reads: together(reads, writes),
      writes,
      tallies,
    }
    return { outcome, sawSelf }
  }

  /**
   * Does the handler do the same when nobody watches? One whose callbacks count, or say something, does not: they are
   * asked about entries that are not there, too.
   */
  #assertUnseen(at: Id, before: Local, event: Event, { local, effects }: Reaction, cut: boolean): void {
    const alone = fire({ ...this.table.program, copies: true }, at, before, event, () => false)
    const own = alone.reaction
    const isSame =
      alone.cut === cut &&
      (own.local === before) === (local === before) &&
      canonical(own.local as never) === canonical(local as never) &&
      canonical(own.effects as never) === canonical(effects as never)
    if (!isSame) throw new Unfit('a function that a handler gives to find, some, every or sort does more than answer')
  }
}

function together(reads: readonly Fact[], writes: readonly Fact[]): readonly Fact[] {
  const more = writes.filter((fact) => fact !== REST && !reads.includes(fact))
  return [...reads, ...more, REST]
}

/** A timer or coin that nobody waits for does not go off. */
function isArmed({ timers, coins }: Local, event: Event): boolean {
  if (event.kind === 'timeout') return timers.includes(event.timer)
  return event.kind !== 'coin' || coins.includes(event.coin)
}
