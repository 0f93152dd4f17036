import {
  type Facts,
  type Id,
  type Json,
  type Liveness,
  type Program,
  remembered,
  type Said,
  type SentMessage,
} from '../../model/index.ts'
import { mostExpirations, type Table } from '../../system/index.ts'
import { Branches } from './branches.ts'
import { isConfluent } from './confluent.ts'
import { Guesses, type HasArrived } from './guesses.ts'
import {
  type BrokenAfterRecovery,
  type HealedFiring,
  HealedRun,
  type PutNumbers,
  type SilentStart,
} from './healed-run.ts'
import type { Inboxes, UsedWords, Word } from './inboxes.ts'
import type { End, Ends, Soup, SoupEntry } from './soups.ts'

/** Many healed runs: each participant starts from one of several local states. */
export interface Starts extends Pick<BrokenAfterRecovery, 'soup' | 'puts'> {
  /** By participant id; none where nobody correct is. */
  readonly locals: readonly (readonly SilentStart[])[]
}

/** Is what comes of a firing in a local state a state that is looked at by itself? */
export type IsElsewhere = (firing: HealedFiring) => boolean

/** Runs from one state of a search that are looked at. */
const MOST_RUNS = 50_000

/** Nothing was put out. */
export const NOTHING_PUT: PutNumbers = { outputs: [], notes: [] }

/**
 * The canonical healed run on numbers: what `heal` does on the global state, several hundred times faster, because an
 * exhaustive search asks for it in every state. A law holds the two against each other.
 */
export class Healer {
  readonly inboxes: Inboxes
  readonly #program: Program
  readonly #healing: Liveness['healing']
  readonly #run: HealedRun
  readonly #nothingOpen: Guesses
  /** What had been said when the last run first came to rest. */
  #rested: Soup
  /** By participant: the local states that the last run may have started from. */
  #began: readonly (readonly number[])[] = []
  /** Runs that may still be looked at. */
  #left = 0
  readonly #facts = new Map<string, Facts>()
  readonly #words = new Map<SoupEntry, SentMessage>()

  /**
   * @param numbers the table that states are given in numbers of
   * @param open what the coalition may have said, where it is asked what always comes of that
   */
  constructor(program: Program, healing: Liveness['healing'], numbers: Table, open: readonly Word[] = []) {
    this.#program = program
    this.#healing = healing
    this.#nothingOpen = new Guesses(new Branches(), () => false, program.setting.network.gossip)
    this.#run = new HealedRun(program, healing, numbers, open, this.#nothingOpen)
    this.inboxes = this.#run.inboxes
    this.#rested = this.#run.soup
  }

  /** What claims may see at the end of the healed run. */
  outcome(start: BrokenAfterRecovery): Facts {
    this.#run.guesses = this.#nothingOpen
    this.#run.starts = []
    this.#settle(start)
    return this.#endFromRest()
  }

  /**
   * Does something hold at the ends of all healed runs from some starts, whichever of the coalition's words have arrived
   * where that is not known? Told apart are those words only that make a difference to the run. It is said not to hold
   * where there are too many such runs to look at.
   *
   * @param isElsewhere is what comes after a firing looked at by itself? It is all the same who has the next turn there
   */
  always(starts: Starts, arrived: HasArrived, holds: (end: Facts) => boolean, isElsewhere?: IsElsewhere): boolean {
    this.#left = MOST_RUNS
    this.#began = starts.locals.map((some) => some.map(({ local }) => local))
    if (!isElsewhere) return this.#eachWay(starts, arrived, () => this.#settled(), holds)
    const { ids } = this.#run
    const goesOn = (at: Id) => (): boolean => {
      const firing = this.#run.fireFirst([at])
      return firing !== undefined && !isElsewhere(firing) && this.#settled(at)
    }
    const isAtRest = (): boolean => this.#run.fireFirst(ids) === undefined
    return (
      ids.every((at) => this.#eachWay(starts, arrived, goesOn(at), holds)) &&
      this.#eachWay(starts, arrived, isAtRest, holds)
    )
  }

  /** @param settle goes up to the first rest; `false` says that there is nothing to look at */
  #eachWay(
    { locals, soup, puts }: Starts,
    arrived: HasArrived,
    settle: () => boolean,
    holds: (end: Facts) => boolean,
  ): boolean {
    const start = { locals: locals.map((some) => some[0]?.local ?? -1), soup, used: [], puts }
    // One that nothing is asked of is where its turn begins.
    const several = (): ((typeof locals)[number] | undefined)[] =>
      locals.map((some) => (some.length > 1 || (some[0]?.owed.length ?? 0) > 0 ? some : undefined))
    const choices = new Branches()
    do {
      this.#run.guesses = new Guesses(choices, arrived, this.#program.setting.network.gossip)
      this.#run.starts = several()
      this.#run.begin(start)
      if (!settle()) continue
      // Nobody can have begun like this.
      if (!this.#run.guesses.isPossible()) continue
      if (!this.#alwaysFromRest(holds)) return false
    } while (choices.turn())
    return true
  }

  #settled(first?: Id): true {
    this.#run.settle(first)
    return true
  }

  #alwaysFromRest(holds: (end: Facts) => boolean): boolean {
    const { locals, soup, outputs, notes, guesses } = this.#run
    const puts = outputs.map((list, at) => ({ outputs: list, notes: notes[at]! }))
    this.#rested = soup
    const choices = new Branches()
    do {
      // What has arrived is asked for once more, so that runs from here differ only by what they depend on.
      this.#run.guesses = guesses.goOn(choices)
      this.#run.begin({ locals, soup, used: [], puts })
      if (this.#left-- === 0 || !holds(this.#endFromRest())) return false
    } while (choices.turn())
    return true
  }

  /** Up to the first rest. */
  #settle(start: BrokenAfterRecovery): void {
    this.#began = start.locals.map((local) => [local])
    this.#run.begin(start)
    this.#run.settle()
    this.#rested = this.#run.soup
  }

  /** Runs that have come to rest alike, however they began, end in the same way. */
  #endFromRest(): Facts {
    const run = this.#run
    const key = `${run.locals.join()} ${run.usedKey} ${this.#putsKeys()}`
    const rest: Ends = remembered(run.soup.ends, key, () => ({}))
    const { outputs, notes, facts } = run.guesses.endFrom(rest, () => this.#runOn())
    run.outputs = [...outputs]
    run.notes = [...notes]
    return facts
  }

  #runOn(): End {
    const run = this.#run
    run.isKept = false
    for (let left = mostExpirations(this.#program); left > 0 && run.goOn(); left--);
    run.isKept = true
    this.inboxes.soups.count()
    return { outputs: run.outputs, notes: run.notes, facts: this.#seen() }
  }

  /** All that correct participants hold at the end of the last run, which was one of deliveries alone. */
  held(): SentMessage[] {
    // What a participant that may crash has said, or has acted on, is in nobody's hands for sure.
    const said = this.#run.soup.entries.filter(({ from }) => this.#run.ids.includes(from))
    const entries = [...said, ...this.#run.ids.flatMap((at) => this.#run.usedBy(at).words)]
    return [...new Set(entries)].map((entry) =>
      remembered(this.#words, entry, () => {
        const message = this.#run.table.messages.values[entry.message]!
        return { from: entry.from, message }
      }),
    )
  }

  /** What a participant has put out at the end of the last run. */
  puts(id: Id): { readonly outputs: readonly Json[]; readonly notes: readonly Json[] } {
    return { outputs: this.#run.outputs[id]!.map(this.#value), notes: this.#run.notes[id]!.map(this.#note) }
  }

  /** The same as a text: equal ones for equal values. */
  putsKey(id: Id): string {
    return `${this.#run.outputs[id]!.join()};${this.#run.notes[id]!.join()}`
  }

  #putsKeys(): string {
    return this.#run.ids.map((at) => this.putsKey(at)).join(' ')
  }

  /**
   * Would the last run have come to its first rest in the same way in any other order, and from any other start that led
   * to it? Looked at is, for each participant, all that could have fired on all that there was to hear then, or may have
   * been: if no firing ever disables or changes another, order is nothing.
   */
  restsAlike(): boolean {
    return this.#run.ids.every((at) => {
      const inbox = this.inboxes.of(at, this.#rested, this.#mostUsed(at))
      return this.#began[at]!.every((start) =>
        remembered(inbox.confluent, start, () => {
          this.inboxes.soups.count()
          return isConfluent(start, (local) => this.inboxes.firings(at, local, inbox))
        }),
      )
    })
  }

  /** All that a participant may have used of the coalition's words. */
  #mostUsed(at: Id): UsedWords {
    const { guesses } = this.#run
    const isMore = (word: SoupEntry, { words }: UsedWords): boolean =>
      !words.includes(word) && guesses.mayHave(at, word)
    return this.inboxes.open.reduce(
      (used, word) => (isMore(word, used) ? this.inboxes.plus(used, word) : used),
      this.#run.usedBy(at),
    )
  }

  /** Would it have ended the same? Said only of runs without timeouts, inputs and coins. */
  isDeterminate(): boolean {
    return this.#healing !== 'full' && this.restsAlike()
  }

  readonly #value = (number: number): Json => this.#run.table.outputs.values[number]! as Json
  readonly #note = (number: number): Json => (this.#value(number) as { note: Json }).note

  /** Runs that end alike end in one object: what is known of it is known of all of them. */
  #seen(): Facts {
    const key = this.#putsKeys()
    return remembered(this.#facts, key, () => this.#endFacts())
  }

  #endFacts(): Facts {
    const { setting, seen = setting } = this.#program
    const list = (of: readonly (readonly number[])[]): Said<Json>[] =>
      this.#run.ids.flatMap((at) => of[at]!.map((number) => ({ at, output: this.#value(number) })))
    const both = [...list(this.#run.outputs), ...list(this.#run.notes)]
    // Claims that read what was said are judged state by state, on the reference.
    return { setting: seen, correct: this.#run.ids, outputs: both, fresh: [], soup: [] }
  }
}
