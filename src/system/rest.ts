import { type Id, nameOf, type Program, UsageError } from '../model/index.ts'

/** Firings between two rests beyond which a run is called endless; and more of them for each pair of participants. */
const MOST_FIRINGS = 5_000
const MOST_FOR_PAIR = 20
/** Characters that states and messages may grow by on the way to a rest, summed over all states that are met. */
const MOST_GROWTH = 6_000_000
/** Participants beyond which there may be more of it, with their square: each may have to answer each. */
const FEW = 20
/** Messages that each pair of participants may send before they count. */
const FREE_FOR_PAIR = 4
/** One firing of so many is measured and stands for all of them. A prime, so that participants who take turns all are. */
const SAMPLE = 97

/** A place in a list of messages, in characters. */
const PER_MESSAGE = 8

/** What there is after a firing. */
export interface AfterFiring {
  readonly local: object
  /** What the firing sent. */
  readonly sent: readonly object[]
  /** How many messages have been sent by now. */
  readonly said: number
}

/**
 * Notices a run that does not come to rest, before it has filled the memory. Everything is counted, nothing is timed:
 * the same run ends in the same place on any machine.
 */
export class Rest {
  readonly #program: Program
  readonly #most: number
  readonly #mostGrowth: number
  readonly #free: number
  readonly #before = new Map<Id | 'soup', number>()
  #firings = 0
  #growth = 0

  constructor(program: Program) {
    this.#program = program
    const { n, clients } = program.setting
    const pairs = (n + clients) ** 2
    this.#most = MOST_FIRINGS + MOST_FOR_PAIR * pairs
    this.#mostGrowth = MOST_GROWTH * Math.max(1, pairs / FEW ** 2)
    this.#free = FREE_FOR_PAIR * pairs
  }

  /** The run has come to rest, and goes on: a timer fires. */
  reached(): void {
    this.#firings = 0
    this.#growth = 0
    if (this.#before.size > 0) this.#before.clear()
  }

  /**
   * Something has fired.
   * @param what `rule REQUEST`, `input a`
   * @throws UsageError that names who did what, where there seems to be no end to it
   */
  fired(at: Id, made: () => AfterFiring, what: () => string): void {
    this.#firings++
    if (this.#firings % SAMPLE === 0) this.#measure(at, made())
    if (this.#firings > this.#most || this.#growth > this.#mostGrowth) throw this.#endless(at, what())
  }

  #measure(at: Id, { local, sent, said }: AfterFiring): void {
    const length = (value: object): number => JSON.stringify(value).length
    const messages = sent.reduce((sum, message) => sum + length(message), 0)
    const soup = Math.max(0, this.#grown('soup', said) - this.#free) * PER_MESSAGE
    this.#growth += SAMPLE * (this.#grown(at, length(local)) + soup + messages)
  }

  /** By how much is it larger than it was when it was first measured? */
  #grown(what: Id | 'soup', size: number): number {
    const before = Math.min(this.#before.get(what) ?? size, size)
    this.#before.set(what, before)
    return size - before
  }

  #endless(at: Id, what: string): UsageError {
    const { protocol, setting } = this.#program
    const again = setting.network.duplicate && what.startsWith('rule')
    return new UsageError(
      `${protocol.subject}: its healed run does not come to rest: after ${this.#firings} firings ${what} of ` +
        `${nameOf(at, setting.n)} still changes something`,
      again
        ? 'in this network a message may come any number of times: let the rule remember what it has acted on, or choose a network that hands each message over once'
        : 'a rule must become disabled by what it does, or repeat nothing new',
    )
  }
}
