/** What happens at one participant in one local state, each worked out once. */

import type { Fact } from '../../kernel/facts.ts'
import { countedAs, HandlerTable } from '../../kernel/handlers.ts'
import type { TriedEvent } from '../../kernel/offered-event.ts'
import { type Event, type Id, type Local, runningIds } from '../../model/index.ts'
import { type Table, triggersItself } from '../../system/index.ts'
import { Counting, type MessageEvent } from './counting.ts'
import { dead, type LocalEvent, type LocalOutcome, type Seen, seen } from './local-event.ts'
import { Names, Stale } from './tallies.ts'

/** Tests put unsound ones in their place, to see that the laws notice. */
export interface CountingParts {
  readonly names: typeof Names
  readonly counting: typeof Counting
}

/** What comes of a message from one sender, of whom nothing else is known; and from somebody who is counted or not. */
interface Counted {
  /** Absent where senders make a difference. */
  readonly alone: LocalOutcome | undefined
  readonly fresh: LocalOutcome
  readonly again: LocalOutcome
}

const NOT_COUNTED: Counted = { alone: undefined, fresh: dead([]), again: dead([]) }

export class EventReactions {
  readonly table: Table
  readonly handlers: HandlerTable
  readonly names: Names
  /** Has anything that happened lately looked at whom it happened to? */
  sawSelf = false
  readonly #counting: Counting
  /** By participant, then by local state: by event, and by message and rule. */
  readonly #known: Map<number, LocalOutcome>[][] = []
  readonly #counted: Map<number, Counted>[][] = []
  /** By what was looked at. */
  readonly #dead = new WeakMap<readonly Fact[], LocalOutcome>()

  /** @param means what tells which tallies are counted, and counts their senders */
  constructor(table: Table, means: CountingParts = { names: Names, counting: Counting }) {
    this.table = table
    const { protocol, setting } = table.program
    const tallies = Object.keys(protocol.definition.tallies ?? {}).length
    const hearsItself = runningIds(setting).some((at) => triggersItself(table.program, at))
    this.names = new means.names(tallies, setting.n + setting.clients, hearsItself)
    this.handlers = new HandlerTable(table)
    this.#counting = new means.counting(this.handlers, this.names)
  }

  /** @throws Stale where more was learned of how tallies are used: nothing that was found counts any more */
  on(at: Id, local: number, localEvent: LocalEvent): LocalOutcome {
    const outcome = this.#whatCounts(at, local, localEvent) ?? this.#whatHappens(at, local, localEvent)
    this.sawSelf ||= outcome.sawSelf || this.names.knowsSelf
    return outcome
  }

  /** What is known of votes that are counted is known for all senders. */
  #whatCounts(at: Id, local: number, { trigger, about, counts }: LocalEvent): LocalOutcome | undefined {
    return trigger ? this.#counted[at]?.[local]?.get(about)?.[counts ?? 'alone'] : undefined
  }

  #whatHappens(at: Id, local: number, localEvent: LocalEvent): LocalOutcome {
    this.#known[at] ??= []
    this.#known[at][local] ??= new Map()
    const known = this.#known[at][local]
    let outcome = known.get(localEvent.common) ?? known.get(localEvent.number)
    if (outcome) return outcome
    try {
      outcome = this.#outcome(at, local, localEvent)
    } catch (error) {
      if (error instanceof Stale) this.#forget()
      throw error
    }
    if (outcome !== this.#whatCounts(at, local, localEvent)) {
      known.set(outcome.sawSender ? localEvent.number : localEvent.common, outcome)
    }
    return outcome
  }

  #forget(): void {
    this.#counting.forget()
    this.#known.length = 0
    this.#counted.length = 0
  }

  /** The number of the local state that stands for a participant's. */
  number(local: Local, at: Id): number {
    const { control, tallies } = this.handlers.separated(local)
    const { ballots } = this.handlers
    return this.handlers.joined(control, ballots.number(this.names.standing(tallies, at)))
  }

  #outcome(at: Id, local: number, localEvent: LocalEvent): LocalOutcome {
    const { control, votes, tallies } = this.handlers.split(local)
    const { event, trigger, counts } = localEvent
    if (!isAble(this.handlers.control(control), event)) return dead([])
    if (event.kind !== 'message' || !trigger) {
      const ran = this.handlers.run(at, control, countedAs(tallies), localEvent)
      this.names.asked(ran, at)
      return this.#after(at, votes, ran)
    }
    const counted = this.names.areAll ? NOT_COUNTED : this.#count(at, local, localEvent as MessageEvent)
    if (counted[counts ?? 'alone']) return counted[counts ?? 'alone']!
    return this.#after(at, votes, this.handlers.run(at, control, countedAs(tallies), localEvent))
  }

  #count(at: Id, local: number, word: MessageEvent): Counted {
    this.#counted[at] ??= []
    this.#counted[at][local] ??= new Map()
    let counted = this.#counted[at][local].get(word.about)
    if (!counted) {
      counted = this.#tried(at, local, word)
      this.#counted[at][local].set(word.about, counted)
    }
    return counted
  }

  #tried(at: Id, local: number, word: MessageEvent): Counted {
    const { control, votes, tallies } = this.handlers.split(local)
    const tried = this.#counting.on(at, control, tallies, word)
    if (!('key' in tried)) {
      const nothing = this.#nothing(tried[0]!, ...tried.slice(1))
      const alone = tried.length === 1 ? this.#after(at, votes, tried[0]!) : undefined
      return { alone, fresh: nothing, again: nothing }
    }
    const { fresh, again, needed, sawSelf } = tried
    const looked = fresh ? this.#nothing(fresh, ...(again ? [again] : [])) : this.#nothing(again!)
    const nothing = looked.sawSelf === sawSelf ? looked : { ...looked, sawSelf }
    const { reads } = nothing
    const after = (ran: TriedEvent | undefined, senders: number): LocalOutcome => {
      if (!ran || (ran.kind === 'dead' && !ran.cut)) return nothing
      return { ...this.#after(at, votes, ran), reads, sawSelf, sawSender: false, senders }
    }
    return { alone: nothing, fresh: after(fresh, needed), again: after(again, 1) }
  }

  /** What becomes of nothing, where runs have looked at something before it was known. */
  #nothing(...runs: readonly [TriedEvent, ...TriedEvent[]]): LocalOutcome {
    const [{ reads }, ...others] = runs.map(seen) as [Seen, ...Seen[]]
    const all = others.every((one) => one.reads.every((fact) => reads.includes(fact)))
      ? reads
      : [...new Set(runs.flatMap((ran) => seen(ran).reads))]
    const sawSelf = runs.some((ran) => ran.sawSelf)
    const known = this.#dead.get(all)
    if (known?.sawSelf === sawSelf) return known
    const nothing = dead(all, sawSelf)
    this.#dead.set(all, nothing)
    return nothing
  }

  #after(at: Id, votes: number, ran: TriedEvent): LocalOutcome {
    if (ran.kind === 'dead' && !ran.cut && !ran.sawSender) return this.#nothing(ran)
    const { asked: _, added, control: next, factors: __, ...others } = ran
    const outcome = { ...others, ...seen(ran) }
    if (ran.kind === 'dead') return { ...outcome, target: -1 }
    return { ...outcome, target: this.handlers.joined(next, this.names.grown(this.handlers.ballots, votes, added, at)) }
  }
}

/** A timer or coin that nobody waits for does not go off, and whoever has stopped does nothing. */
function isAble({ timers, coins, threw }: Local, event: Event): boolean {
  if (threw !== undefined) return false
  if (event.kind === 'timeout') return timers.includes(event.timer)
  return event.kind !== 'coin' || coins.includes(event.coin)
}
