import { type Instance, type Record, SENDERS } from '../kernel/index.ts'
import type { Id } from '../model/index.ts'
import type { Violation } from '../system/index.ts'
import { ClaimGroup, type Memory, type Sight, type Verdict } from './claim-group.ts'

/** All that claims see of one state of a run, group by group. Mostly the same object wherever that is the same. */
export interface Observed {
  /** By correct participant, a number for what it has put out. */
  readonly views: readonly number[]
  /** By group of claims. */
  readonly sights: readonly Sight[]
  /** By group: is it to be judged, even where nothing is put out that it sees? */
  readonly due: readonly boolean[]
  readonly isDue: boolean
  /** By group: guards that were reached when it was judged last. */
  readonly met: readonly (readonly string[])[]
  /** Were all guards reached, but for those that look at what is said? */
  readonly isReached: boolean
  /** By what is put out, and by what is said. */
  readonly next: Map<number, Judged>
  /** Judged again as it is, where something is due; and where it is the beginning of a run. */
  quiet: Judged | undefined
  begun: Judged | undefined
}

/** What the claims say of a step, and what they see after it. */
export interface Judged {
  readonly after: Observed
  readonly violations: readonly Violation[]
  /** Guards that look at what is said, and were reached. */
  readonly met: readonly string[]
}

/** Asks claims of a group what they say of the state that a run is in. */
export type AskGroup = (group: ClaimGroup) => Verdict

const NOTHING_MET: readonly string[] = []
const NOTHING_BROKEN: readonly Violation[] = []

/**
 * What was observed in all runs of a setting, and what the claims said of it: a step that puts out or says what was met
 * before is judged by looking it up.
 */
export class Observations {
  /** Does any claim look at what is said? */
  readonly listens: boolean
  /** Guards that do. */
  readonly said: readonly string[]
  /** By message: may it matter to any claim that it is said? */
  readonly #matters: boolean[] = []
  readonly #groups: readonly ClaimGroup[]
  readonly #one: ClaimGroup | undefined
  readonly #memory: Memory
  #forgotten = 0
  readonly #known = new Map<string, Observed>()
  /** What is seen when a run begins, mostly. */
  #first: Observed | undefined

  /** @param groups one, or several that do not look at what is said */
  constructor(groups: readonly ClaimGroup[], memory: Memory) {
    this.#groups = groups
    this.#memory = memory
    this.#one = groups.length === 1 ? groups[0] : undefined
    const listening = groups.filter(({ listens }) => listens)
    this.listens = listening.length > 0
    this.said = listening.flatMap(({ sometimes }) => sometimes.map(({ name }) => name))
  }

  /** Groups that do not look at what is said are judged together: there are few states of all of them. */
  static of(groups: readonly ClaimGroup[], memory: Memory): readonly Observations[] {
    const quiet = groups.filter(({ listens }) => !listens)
    const lists = [quiet, ...groups.filter(({ listens }) => listens).map((group) => [group])]
    return lists.filter(({ length }) => length > 0).map((list) => new Observations(list, memory))
  }

  /** What is seen when a run begins. */
  start(correct: readonly Instance[]): Observed {
    if (this.#forgotten !== this.#memory.forgotten) this.#forget()
    const known = this.#first
    if (known && correct.every(({ record }, place) => this.#view(record) === known.views[place])) return known
    const sights = this.#groups.map((group) => group.start(correct.map(({ record }) => group.view(record))))
    const due = this.#groups.map(() => true)
    const none = this.#groups.map(() => NOTHING_MET)
    this.#first = this.#observed(
      correct.map(({ record }) => this.#view(record)),
      sights,
      due,
      none,
    )
    return this.#first
  }

  /** Judges what is there when a run begins: everything is new. */
  begin(before: Observed, ask: AskGroup): Judged {
    before.begun ??= this.#judge(before, -1, undefined, ask)
    return before.begun
  }

  /** Something is said by a correct participant. */
  heard(before: Observed, from: Id, message: number): Observed {
    const word = message * SENDERS + from
    const known = before.next.get(-1 - word)
    if (known) return known.after
    const sights = before.sights.slice()
    const due = before.due.slice()
    let isChanged = false
    for (const [i, group] of this.#groups.entries()) {
      if (!group.listens) continue
      sights[i] = group.heard(before.sights[i]!, from, message)
      if (sights[i] === before.sights[i]) continue
      due[i] = true
      isChanged = true
    }
    const after = isChanged ? this.#observed(before.views, sights, due, before.met) : before
    before.next.set(-1 - word, { after, violations: NOTHING_BROKEN, met: NOTHING_MET })
    return after
  }

  /** May it matter to any claim that a message is said? */
  matters(message: number): boolean {
    this.#matters[message] ??= this.#groups.some((group) => group.listens && group.matters(message))
    return this.#matters[message]
  }

  /** The correct participant in a place has taken a step, after which it has this record. Nothing where all is known. */
  step(before: Observed, place: number, record: Record, ask: AskGroup): Judged | undefined {
    const view = this.#view(record)
    if (view === before.views[place]) {
      if (!before.isDue) return undefined
      before.quiet ??= this.#judge(before, place, record, ask)
      return before.quiet
    }
    const key = view * SENDERS + place
    let judged = before.next.get(key)
    if (!judged) {
      judged = this.#judge(before, place, record, ask)
      before.next.set(key, judged)
    }
    return judged
  }

  #view(record: Record): number {
    return this.#one ? this.#one.view(record) : record.number
  }

  /** @param place who has just moved; −1 at the beginning */
  #judge(before: Observed, place: number, record: Record | undefined, ask: AskGroup): Judged {
    const sights = before.sights.slice()
    const due = before.due.slice()
    const met = before.met.slice()
    const violations: Violation[] = []
    const said: string[] = []
    for (const [i, group] of this.#groups.entries()) {
      const old = place < 0 ? -1 : before.sights[i]!.views[place]!
      const view = record ? group.view(record) : old
      // Nothing is fresh that these claims see; when a run begins, everything is.
      const isQuiet = place >= 0 && view === old
      if (isQuiet && !due[i]) continue
      if (view !== old) sights[i] = group.seen(sights[i]!, place, view)
      const verdict = verdictOf(group, sights[i]!, isQuiet, place, old, ask)
      violations.push(...verdict.violations)
      met[i] = verdict.met
      if (group.listens) said.push(...verdict.met)
      // A claim that was shown a fresh output has not been asked about the same state without.
      due[i] = group.listens && !isQuiet
    }
    const views = before.views.slice()
    if (record) views[place] = this.#view(record)
    return { after: this.#observed(views, sights, due, met), violations, met: said }
  }

  #observed(
    views: readonly number[],
    sights: readonly Sight[],
    due: readonly boolean[],
    met: readonly (readonly string[])[],
  ): Observed {
    const key = `${views}|${sights.map(({ number }) => number)}|${due}|${met}`
    let known = this.#known.get(key)
    if (!known) {
      this.#memory.count()
      const isReached = this.#groups.every(
        ({ sometimes, listens }, i) => listens || sometimes.every(({ name }) => met[i]!.includes(name)),
      )
      const isDue = due.includes(true)
      known = { views, sights, due, isDue, met, isReached, next: new Map(), quiet: undefined, begun: undefined }
      this.#known.set(key, known)
    }
    return known
  }

  #forget(): void {
    for (const observed of this.#known.values()) observed.next.clear()
    this.#known.clear()
    this.#first = undefined
    for (const group of this.#groups) group.forget()
    this.#forgotten = this.#memory.forgotten
  }
}

/** Claims that do not look at what is fresh are asked once. */
function verdictOf(
  group: ClaimGroup,
  sight: Sight,
  isQuiet: boolean,
  place: number,
  old: number,
  ask: AskGroup,
): Verdict {
  if (!group.listens || isQuiet) {
    sight.quiet ??= ask(group)
    return sight.quiet
  }
  const key = ClaimGroup.freshKey(place + 1, old + 1)
  let verdict = sight.fresh.get(key)
  if (!verdict) {
    verdict = ask(group)
    sight.fresh.set(key, verdict)
  }
  return verdict
}
