/** What happens at one participant on one event, each worked out once, with the parts of the state that it rests on. */
import {
  canonical,
  type Event,
  HarnessError,
  type Id,
  type Json,
  type Local,
  type Program,
  Protocol,
  type Reaction,
  type Rule,
} from '../model/index.ts'
import { fire, type SentNumber, type Table } from '../system/index.ts'
import { type ANYBODY, TooLarge } from './closed.ts'
import { Effects, REST, restOf } from './effects.ts'
import { type Fact, Footprint } from './footprint.ts'

/** Something that may happen to a participant, whatever state it is in. */
export interface Happening {
  /** A number for it, the same at all participants; and one for it from any sender. */
  readonly number: number
  readonly common: number
  readonly event: Event
  /** The message that triggers it, and its sender; nothing where no message does. */
  readonly trigger: { readonly message: number; readonly from: Id | typeof ANYBODY } | null
}

/** What a happening does in a local state. */
export interface Outcome {
  /** `silent`: others do not notice. `visible`: they do, or claims may. */
  readonly kind: 'dead' | 'silent' | 'visible'
  /** Did a bound forbid it? */
  readonly cut: boolean
  /** Number of the local state that it leads to; no such number where it is dead. */
  readonly target: number
  readonly sent: readonly SentNumber[]
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  readonly threw: string | null
  /** Equal texts for what looks equal to others. */
  readonly label: string
  /** Does it matter who sent the message? */
  readonly sawSender: boolean
  readonly reads: readonly Fact[]
  readonly writes: readonly Fact[]
}

/** The same program, whose handlers are watched. */
function watched(program: Program, footprint: Footprint): Program {
  type Handler = (state: any, ...rest: any[]) => any
  const watch = (handler: Handler): Handler => {
    return (state, ...rest) => handler(footprint.view(state), ...rest)
  }
  const all = (handlers: object = {}): any =>
    Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, handler && watch(handler as Handler)]))
  const part = (one: Program['replica']): Program['replica'] => {
    const watchedRules = new Map(one.rules.map((rule) => [rule, { ...rule, handler: watch(rule.handler) } as Rule]))
    const { definition } = one
    return {
      definition: {
        ...definition,
        ...(definition.input ? { input: watch(definition.input) } : {}),
        timeout: all(definition.timeout),
        coin: all(definition.coin),
      },
      rules: one.rules.map((rule) => watchedRules.get(rule)!),
      byType: new Map([...one.byType].map(([type, rules]) => [type, rules.map((rule) => watchedRules.get(rule)!)])),
      byName: new Map([...one.byName].map(([name, rule]) => [name, watchedRules.get(rule)!])),
    }
  }
  const { definition, variantName, about } = program.protocol
  const within = definition.within && watch(definition.within as Handler)
  const protocol = new Protocol({ ...definition, ...(within ? { within } : {}) }, variantName, about)
  const client = program.client && part(program.client)
  return { ...program, copies: true, protocol, replica: part(program.replica), client }
}

/** More is known by now than what was found so far rests on: all of it has to be looked for again. */
export class Stale extends Error {
  override readonly name = 'Stale'
}

/** Every so many outcomes that are recalled, one is worked out again. */
const MOST_HAPPENINGS = 2 ** 20
const TRIED_EVERY = 256

interface Reacted {
  readonly outcome: Outcome
  readonly sawSelf: boolean
}

export class Reactions {
  readonly footprint = new Footprint()
  readonly table: Table
  /** Timers and coins that some local state waits for. */
  readonly timers = new Set<string>()
  readonly coins = new Set<string>()
  readonly #program: Program
  #version = 0
  /** By role; then by participant, where a rule looks at whose it is. */
  #known: Map<number, Outcome>[] = []
  readonly #numbers = new Map<string, number>()
  readonly #effects: Effects
  #recalled = 0

  constructor(table: Table) {
    this.table = table
    this.#program = watched(table.program, this.footprint)
    this.#effects = new Effects(table, this.footprint, (local) => this.number(local))
  }

  /** How often the footprints learned something that those taken before did not know. */
  get version(): number {
    return this.footprint.version
  }

  /**
   * @throws Stale where more was learned of what handlers look at
   * @throws TooLarge where a rule asks its inbox: what is absent there is no part of any state
   */
  on(at: Id, local: number, happening: Happening): Outcome {
    if (this.#version !== this.version) {
      this.#known = []
      this.#effects.forget()
      this.#version = this.version
    }
    const role = at < this.#program.setting.n ? 0 : 1
    const [shared, own] = [this.#memo(role), this.#memo(2 + at)]
    const here = local * MOST_HAPPENINGS
    const [one, any] = [here + happening.number, here + happening.common]
    const known = shared.get(any) ?? shared.get(one) ?? own.get(any) ?? own.get(one)
    if (known) return known
    const remembered = this.#recall(at, role, local, happening)
    const { outcome, sawSelf } = remembered ?? this.#react(at, local, happening)
    if (this.#version !== this.version) throw new Stale('more is known now')
    const memo = sawSelf ? own : shared
    memo.set(outcome.sawSender ? one : any, outcome)
    if (!remembered) {
      const number = outcome.sawSender ? happening.number : happening.common
      this.#effects.learn(`${sawSelf ? 2 + at : role} ${number}`, local, outcome)
    }
    return outcome
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
        const outcome = this.#effects.recall(`${whose} ${number}`, local)
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

  /** The number of a local state. */
  number(local: Local): number {
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
    return this.table.locals.number(local as Local & object)
  }

  #memo(index: number): Map<number, Outcome> {
    this.#known[index] ??= new Map()
    return this.#known[index]!
  }

  #react(at: Id, local: number, { event }: Happening): Reacted {
    const { table, footprint } = this
    const before = table.locals.values[local]!
    if (before.threw !== undefined) return { outcome: dead([REST]), sawSelf: false }
    if (!isArmed(before, event)) return { outcome: dead([REST]), sawSelf: false }
    footprint.taken()
    table.calls++
    let asks = false
    const { reaction, cut } = fire(this.#program, at, before, event, () => {
      asks = true
      return false
    })
    if (asks) throw new TooLarge('a rule asks its inbox')
    const { reads, loose } = footprint.taken()
    this.#assertUnseen(at, before, event, reaction, cut)
    const { local: after, effects, sawSender = true, sawSelf = true } = reaction
    const { sent, outputs, notes } = effects
    const says = sent.length + outputs.length + notes.length
    if (cut || (after === before && says === 0)) {
      return { outcome: { ...dead([...reads, REST]), cut, sawSender }, sawSelf }
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
      target: this.number(after),
      threw,
      label: JSON.stringify([effect, threw]),
      sawSender,
      reads: together(reads, writes),
      writes,
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
    if (!isSame)
      throw new TooLarge('a function that a handler gives to find, some, every or sort does more than answer')
  }
}

function together(reads: readonly Fact[], writes: readonly Fact[]): readonly Fact[] {
  const more = writes.filter((fact) => fact !== REST && !reads.includes(fact))
  return [...reads, ...more, REST]
}

function dead(reads: readonly Fact[]): Outcome {
  const nothing = { sent: [], outputs: [], notes: [], threw: null, label: '', sawSender: false, writes: [] }
  return { ...nothing, kind: 'dead', cut: false, target: -1, reads }
}

/** A timer or coin that nobody waits for does not go off. */
function isArmed({ timers, coins }: Local, event: Event): boolean {
  if (event.kind === 'timeout') return timers.includes(event.timer)
  return event.kind !== 'coin' || coins.includes(event.coin)
}
