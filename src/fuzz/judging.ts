import { bits } from '../adversary/index.ts'
import { brokenIn, type Facts, type Id, reachedIn } from '../model/index.ts'
import {
  type AskTable,
  brokenAfterHealing,
  nameOfThrown,
  noException,
  type Used,
  type Violation,
} from '../system/index.ts'
import type { Heard, Inbox } from './inbox.ts'
import type { Option } from './menu.ts'
import type { Record } from './records.ts'
import type { RunState } from './run-state.ts'
import type { Seat, Taken } from './seats.ts'

/** A violation, and how many entries of the run led to it. */
export interface Broken extends Violation {
  readonly length: number
  readonly healed: boolean
}

/** What follows from what correct participants have put out. */
export interface Verdict {
  readonly violations: readonly Violation[]
  /** Was everything reached that a run should reach? */
  readonly reached: boolean
}

/** Holds one run against its claims. Verdicts are remembered by what was put out, for all runs of a setting. */
export class Judging {
  readonly broken: Broken[] = []
  /** The coalition's words that firings used, by receiver: the healed run hands them over again. */
  readonly used: Used[] = []
  readonly #state: RunState
  readonly #places: readonly Seat[]
  readonly #readsSoup: boolean
  /** Envelopes that had been said when claims were last judged. */
  #said = 0
  /** Guards that read what is said, which was judged on the way. */
  readonly #met = new Set<string>()
  /** Liveness claims that are known to be broken, and need no further run. */
  readonly #settled: ReadonlySet<string>

  constructor(state: RunState, settled: ReadonlySet<string>) {
    this.#state = state
    this.#settled = settled
    this.#places = state.arena.correct.map((at) => state.correct[at]!)
    const { invariants, sometimes } = state.arena
    this.#readsSoup = [...invariants, ...sometimes].some(({ reads }) => reads.includes('soup'))
    this.#judgeAll(undefined, undefined)
  }

  get isDone(): boolean {
    const { invariants, liveness } = this.#state.arena
    const wanted = invariants.length + liveness.filter(({ name }) => !this.#settled.has(name)).length
    return wanted > 0 && this.broken.length >= wanted
  }

  /** Looks at what a step at one seat has put out since `before`. */
  judge(place: Seat, before: Record): void {
    const says = this.#readsSoup && this.#state.soup.length > this.#said
    if (place.record === before && !place.stopped && !says) return
    if (!this.#places.includes(place)) return
    this.#judgeAll(place, before)
    // What is promised after healing is worth asking where something has just been decided: later words of the
    // coalition may repair what is broken here.
    if (place.record !== before && !this.#state.arena.healsAtEnd) this.judgeHealing()
  }

  /** @param place who has just moved; nobody at the beginning */
  #judgeAll(place: Seat | undefined, before: Record | undefined): void {
    this.#said = this.#state.soup.length
    for (const violation of this.#violations(place, before)) {
      if (this.#isBroken(violation.claim)) continue
      this.broken.push({ ...violation, length: this.#state.steps, healed: false })
    }
  }

  /** Was everything reached that a run should reach to prove anything? */
  reached(): boolean {
    const soup = this.#state.arena.sometimes.filter(({ reads }) => reads.includes('soup'))
    return this.#known().reached && soup.every(({ name }) => this.#met.has(name))
  }

  /** Judges the liveness claims on the healed run from here. */
  judgeHealing(): void {
    const { arena } = this.#state
    const liveness = arena.liveness.filter(({ name }) => !this.#settled.has(name) && !this.#isBroken(name))
    if (liveness.length === 0) return
    const key = `${liveness.map(({ name }) => name)}/${this.#key()}`
    let verdicts = arena.healed.get(key)
    if (!verdicts) {
      verdicts = brokenAfterHealing(arena.program, liveness, this.#state.toSystem(), this.used, arena.ground.healing)
      arena.healed.set(key, verdicts)
    }
    for (const { claim, witness } of verdicts) {
      this.broken.push({ claim, witness, length: this.#state.steps, healed: true })
    }
  }

  /** Remembers the coalition's words that a firing used: the trigger, what was taken, and what a quorum lacked. */
  use(place: Seat, { node, word }: Option, taken: readonly Taken[]): void {
    if (this.#state.arena.liveness.length === 0) return
    const { inbox } = place
    const words = [...(word ? [word] : []), ...taken.flat()].filter(({ message, from }) => inbox.isLie(message, from))
    for (let here = node; here.kind === 'asks' && here.ask.ask.kind === 'need'; ) {
      words.push(...missing(inbox, here.ask, word))
      const next = [...here.answers.values()][0]
      if (!next) break
      here = next
    }
    for (const lie of words) this.useWord(place, lie)
  }

  useWord(place: Seat, { message, from }: Heard): void {
    this.used.push({ at: place.id, word: { from, message: this.#state.arena.table.messages.values[message]! } })
  }

  #isBroken(name: string): boolean {
    return this.broken.some(({ claim }) => claim === name)
  }

  /** Everything that the healed run depends on. */
  #key(): string {
    const { soup, network, lost, arena } = this.#state
    const number = (word: Used['word']): number => arena.table.messages.number(word.message)
    const words = new Set(this.used.map(({ at, word }) => `${at} ${word.from} ${number(word)}`))
    const flights = [...network.all(), ...lost].map(({ to, from, message }) => `${to} ${from} ${message}`)
    const places = this.#places.map(({ local, record, inbox }) => [local, record.number, inbox.words.length])
    const said = soup.map(({ from, to, message }) => `${from} ${to} ${message}`)
    return [places, said.sort(), flights.sort(), [...words].sort()].join('/')
  }

  #thrown(place: Seat): string | undefined {
    const { table, setting } = this.#state.arena
    return nameOfThrown(table.locals.values[place.local]!, place.id, setting.n)
  }

  /** All safety claims that what has been put out breaks. */
  #violations(place: Seat | undefined, before: Record | undefined): readonly Violation[] {
    const { invariants, sometimes } = this.#state.arena
    const violations = place && place.record === before ? [] : [...this.#known().violations]
    const facts = this.#facts(() => this.#fresh(place, before))
    for (const claim of invariants) {
      const isOdd = claim.name === noException.name
      if (!isOdd && !claim.reads.includes('soup')) continue
      const witness = isOdd ? place && this.#thrown(place) : brokenIn(claim, facts)
      if (witness) violations.push({ claim: claim.name, witness })
    }
    for (const claim of sometimes) {
      if (!claim.reads.includes('soup') || this.#met.has(claim.name)) continue
      if (reachedIn(claim, facts)) this.#met.add(claim.name)
    }
    return violations
  }

  /** What follows from the outputs alone, remembered for all runs of the setting. */
  #known(): Verdict {
    const { invariants, sometimes, verdicts } = this.#state.arena
    let key = ''
    for (const { record } of this.#places) key += ` ${record.number}`
    let verdict = verdicts.get(key)
    if (!verdict) {
      const facts = this.#facts(() => [])
      const violations = invariants.flatMap((claim) => {
        const witness = claim.reads.includes('soup') ? undefined : brokenIn(claim, facts)
        return witness ? [{ claim: claim.name, witness }] : []
      })
      const guards = sometimes.filter(({ reads }) => !reads.includes('soup'))
      verdict = { violations, reached: guards.every((claim) => reachedIn(claim, facts)) }
      verdicts.set(key, verdict)
    }
    return verdict
  }

  #value(at: Id, number: number): Facts['outputs'][number] {
    return { at, output: this.#state.arena.table.outputs.values[number]! }
  }

  /** What the step at a seat has put out; before the first step, all that there is. */
  #fresh(place: Seat | undefined, before: Record | undefined): Facts['outputs'] {
    if (!place || !before) return this.#outputs()
    const { id, record } = place
    const outputs = record.outputs.slice(before.outputs.length)
    const notes = record.notes.slice(before.notes.length)
    return [...outputs, ...notes].map((number) => this.#value(id, number))
  }

  #outputs(): Facts['outputs'] {
    return [
      ...this.#places.flatMap(({ id, record }) => record.outputs.map((output) => this.#value(id, output))),
      ...this.#places.flatMap(({ id, record }) => record.notes.map((note) => this.#value(id, note))),
    ]
  }

  #facts(fresh: () => Facts['fresh']): Facts {
    const { setting, correct, table } = this.#state.arena
    const { soup } = this.#state
    const outputs = (): Facts['outputs'] => this.#outputs()
    return {
      setting,
      correct,
      get outputs() {
        return outputs()
      },
      get fresh() {
        return fresh()
      },
      get soup() {
        return soup
          .filter(({ from }) => correct.includes(from))
          .map(({ from, message }) => ({ from, message: table.messages.values[message]! }))
      },
    }
  }
}

/** The coalition's words that a quorum needs, after the trigger and what the correct have said. */
function missing(inbox: Inbox, ask: AskTable, word: Heard | undefined): Heard[] {
  const words: Heard[] = []
  const matching = inbox.words.filter(({ message, from }) => ask.mask(message) & (1 << from))
  let counted = word && ask.mask(word.message) & (1 << word.from) ? 1 << word.from : 0
  for (const lies of [false, true]) {
    for (const { message, from } of matching.sort((a, b) => a.from - b.from)) {
      if (bits(counted) >= ask.ask.q || counted & (1 << from) || inbox.isLie(message, from) !== lies) continue
      counted |= 1 << from
      if (lies) words.push({ message, from })
    }
  }
  return words
}
