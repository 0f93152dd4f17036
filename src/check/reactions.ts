/** What happens at one participant in one local state, each worked out once. */
import { type Event, type Id, type Local, type Tallies } from '../model/index.ts'
import type { Table } from '../system/index.ts'
import { Counting } from './counting.ts'
import { type Fact, factOf, Handlers, type Ran } from './handlers.ts'
import { dead, type Happening, type Outcome } from './happening.ts'
import { Names, Stale } from './tallies.ts'

/** Tests put unsound ones in their place, to see that the laws notice. */
export interface Counts {
  readonly names: typeof Names
  readonly counting: typeof Counting
}

const HAPPENINGS = 2 ** 20

export class Reactions {
  readonly table: Table
  readonly handlers: Handlers
  readonly names: Names
  /** Has anything that happened lately looked at whom it happened to? */
  sawSelf = false
  readonly #counting: Counting
  /** By participant. */
  readonly #known: Map<number, Outcome>[] = []
  readonly #counted: Map<number, ReturnType<Counting['on']>>[] = []

  /**
   * @param hearsItself can a message come to somebody in its own name?
   * @param means what tells which tallies are counted, and counts their senders
   */
  constructor(table: Table, hearsItself: (at: Id) => boolean, means: Counts = { names: Names, counting: Counting }) {
    this.table = table
    const { n, clients } = table.program.setting
    this.names = new means.names(n + clients, hearsItself)
    this.handlers = new Handlers(table)
    this.#counting = new means.counting(this.handlers, this.names)
  }

  /** @throws Stale where more was learned of how tallies are used: nothing that was found counts any more */
  on(at: Id, local: number, happening: Happening): Outcome {
    this.#known[at] ??= new Map()
    const known = this.#known[at]
    const here = local * HAPPENINGS
    let outcome = known.get(here + happening.common) ?? known.get(here + happening.number)
    if (!outcome) {
      try {
        outcome = this.#outcome(at, local, happening)
      } catch (error) {
        if (error instanceof Stale) this.#forget()
        throw error
      }
      known.set(here + (outcome.sawSender ? happening.number : happening.common), outcome)
    }
    this.sawSelf ||= outcome.sawSelf || this.names.knowsSelf
    return outcome
  }

  #forget(): void {
    this.#known.length = 0
    this.#counted.length = 0
  }

  /** The number of the local state that stands for a participant's. */
  number(local: Local, at: Id): number {
    const { control, tallies } = this.handlers.parted(local)
    return this.handlers.joined(control, this.names.standing(tallies, at))
  }

  #outcome(at: Id, local: number, happening: Happening): Outcome {
    const { control, tallies } = this.handlers.split(local)
    const { event, trigger, counts } = happening
    if (!isAble(this.handlers.control(control), event)) return dead([])
    if (event.kind !== 'message' || !trigger) {
      const ran = this.handlers.run(at, control, tallies, happening)
      this.names.asked(ran, at)
      return this.#after(at, control, tallies, ran)
    }
    const counted = this.#count(at, local, event.rule, trigger.message)
    if (!('key' in counted)) {
      const { reads, sawSelf } = looks(...counted)
      if (counts) return dead(reads, sawSelf)
      const ran = counted.length === 1 ? counted[0]! : this.handlers.run(at, control, tallies, happening)
      return this.#after(at, control, tallies, ran)
    }
    const { key, fresh, again, needed } = counted
    const { reads, sawSelf } = looks(...(fresh ? [fresh] : []), ...(again ? [again] : []))
    const nothing = dead([...new Set([key, ...reads])], sawSelf)
    const ran = counts && counted[counts]
    if (!ran) return nothing
    const outcome = { ...this.#after(at, control, tallies, ran), reads: nothing.reads, sawSelf, sawSender: false }
    return counts === 'fresh' ? { ...outcome, senders: needed } : outcome
  }

  #count(at: Id, local: number, rule: string, message: number): ReturnType<Counting['on']> {
    this.#counted[at] ??= new Map()
    const key = local * HAPPENINGS + this.handlers.numberOf(`m${rule} ${message}`)
    let counted = this.#counted[at].get(key)
    if (!counted) {
      const { control, tallies } = this.handlers.split(local)
      counted = this.#counting.on(at, control, tallies, rule, message)
      this.#counted[at].set(key, counted)
    }
    return counted
  }

  #after(at: Id, control: number, tallies: Tallies, ran: Ran): Outcome {
    const { added, cut, sent, outputs, notes, threw, label, sawSender } = ran
    const { reads, sawSelf } = looks(ran)
    const moves = ran.control !== control
    const isSaid = sent.length + outputs.length + notes.length > 0
    if (!moves && added.length === 0 && !isSaid) return { ...dead(reads, sawSelf), cut, sawSender }
    return {
      ...{ cut, sent, outputs, notes, threw, label, sawSender, sawSelf, moves, reads },
      kind: moves || isSaid ? 'visible' : 'silent',
      target: this.handlers.joined(ran.control, this.names.grown(tallies, added, at)),
      writes: [...new Set(added.map(factOf))],
    }
  }
}

/** What some runs look at. */
function looks(...runs: readonly Ran[]): { readonly reads: readonly Fact[]; readonly sawSelf: boolean } {
  const reads = [...new Set(runs.flatMap(({ asked }) => asked.map(factOf)))]
  return { reads, sawSelf: runs.some((ran) => ran.sawSelf) }
}

/** A timer or coin that nobody waits for does not go off, and whoever has stopped does nothing. */
function isAble({ timers, coins, threw }: Local, event: Event): boolean {
  if (threw !== undefined) return false
  if (event.kind === 'timeout') return timers.includes(event.timer)
  return event.kind !== 'coin' || coins.includes(event.coin)
}
