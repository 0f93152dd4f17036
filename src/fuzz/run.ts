import { begin, partAt } from '../model/index.ts'
import { endless, IDS, MOST_FIRINGS, packed } from '../system/index.ts'
import type { Arena } from './arena.ts'
import type { Choices } from './choices.ts'
import { type Chooser, COALITION, CORRECT, type Options } from './chooser.ts'
import type { Features } from './features.ts'
import { FiringOptions, type Offered } from './firing-options.ts'
import type { Heard } from './inbox.ts'
import { type Broken, Judging } from './judging.ts'
import type { Flight } from './network.ts'
import { type Entry, RunState } from './run-state.ts'
import { drawnBy, firstToArrive, onceThrough, resolve, type Seat } from './seats.ts'

export interface RunResult {
  readonly state: RunState
  readonly broken: readonly Broken[]
  readonly reached: boolean
  readonly unfinished: boolean
  /** Was it ended from outside? Then it says nothing but what it has broken. */
  readonly stopped: boolean
}

/** Arrivals of the coalition's words that may come to nothing in a row before it is left out. */
const MOST_IDLE = 64
/** Firings of puppets, and choices that come to nothing, for each step that a run may take. */
const MOST_FREE = 20

/** One run: a function of the arena, the features and the choices. */
export class Run {
  readonly #arena: Arena
  readonly #state: RunState
  readonly #options: FiringOptions
  readonly #choices: Choices
  readonly #features: Features
  readonly #next: ReturnType<Chooser['begin']>
  readonly #judging: Judging
  readonly #fired: Set<string>
  #idle = 0
  #free = 0

  constructor(
    arena: Arena,
    features: Features,
    choices: Choices,
    fired: Set<string>,
    settled: ReadonlySet<string> = new Set(),
  ) {
    this.#arena = arena
    this.#features = features
    this.#choices = choices
    this.#fired = fired
    this.#state = new RunState(arena)
    this.#judging = new Judging(this.#state, settled)
    this.#options = new FiringOptions(this.#state, features.starved)
    for (const strategy of features.strategies) {
      const plan = choices.below(Math.max(1, strategy.plans(arena.scene)))
      const { puppets = [], opening = [], hears } = strategy.behave(arena.scene, plan)
      for (const puppet of puppets) {
        const { local, effects } = begin(arena.program, puppet.member)
        this.#state.add(puppet, arena.table.locals.number(local as never), effects.sent)
      }
      for (const offer of opening) this.#state.offer(offer)
      if (hears) this.#state.heardBy.push(hears)
    }
    this.#next = features.chooser.begin(choices, features.weights)
  }

  /** Takes steps until nothing is left to do, every claim is broken, or the limit is reached. */
  go(maxSteps: number, stop?: () => boolean): RunResult {
    let unfinished = false
    let stopped = false
    while (!this.#judging.isDone && this.#state.steps < this.#features.horizon) {
      stopped = stop?.() ?? false
      if (stopped) break
      if (this.#state.steps >= maxSteps || this.#free > MOST_FREE * maxSteps) {
        unfinished = true
        break
      }
      if (!this.#step()) break
    }
    if (!stopped) this.#judging.judgeHealing()
    return { state: this.#state, broken: this.#judging.broken, reached: this.#judging.reached(), unfinished, stopped }
  }

  #step(): boolean {
    if (this.#features.crashes.size > 0) this.#crash()
    for (const place of this.#state.puppets) {
      if (place.puppet!.withheldUntil === this.#state.steps) place.menu = undefined
    }
    this.#options.refresh()
    if (this.#arena.arrivals) return this.#stepByArrival()
    const { counts } = this.#options
    if (counts[0]! + counts[1]! + counts[2]! + counts[3]! === 0) return this.#release()
    const { kind, index } = this.#next(this.#options)
    this.#fire(this.#options.option(kind, index))
    return true
  }

  /** Where arrivals are steps, what is on its way comes first, then what the coalition offers, then the rest. */
  #stepByArrival(): boolean {
    const { network, offers, seats } = this.#state
    const { flights } = network
    const own = this.#options.counts[COALITION]!
    const counts = [...this.#options.counts]
    counts[CORRECT] = flights.length
    counts[COALITION] = own + (this.#idle > MOST_IDLE ? 0 : offers.length)
    if (counts.every((count) => count === 0)) return this.#release()
    const flight = (kind: number, index: number): Flight | undefined =>
      kind === CORRECT ? flights[index] : kind === COALITION && index >= own ? offers[index - own] : undefined
    const options: Options = {
      counts,
      key: (kind, index) => {
        const found = flight(kind, index)
        return found
          ? packed(packed(packed(found.message, found.to, this.#state.room), found.from, IDS), 8 + kind, 16)
          : this.#options.key(kind, index)
      },
      at: (kind, index) => {
        const found = flight(kind, index)
        return found ? seats[found.to]!.index : this.#options.at(kind, index)
      },
      isStarved: (kind, index) => {
        const found = flight(kind, index)
        return found !== undefined && this.#features.starved(found.message, found.to)
      },
    }
    const { kind, index } = this.#next(options)
    const found = flight(kind, index)
    if (!found) this.#fire(this.#options.option(kind, index))
    else if (kind === CORRECT) this.#arrive(network.land(index), false)
    else this.#arrive(found, true)
    return true
  }

  /** Nothing is left to do but what the coalition holds back: it lets go of it. */
  #release(): boolean {
    const held = this.#state.puppets.filter(({ puppet }) => (puppet!.withheldUntil ?? 0) > this.#state.steps)
    for (const place of held) {
      place.menu = undefined
      Object.assign(place, { puppet: { ...place.puppet!, withheldUntil: 0 } })
    }
    return held.length > 0
  }

  #crash(): void {
    for (const [at, step] of this.#features.crashes) {
      const place = this.#state.correct[at]!
      if (place.stopped || this.#state.steps < step) continue
      place.stopped = true
      place.menu = undefined
      this.#state.entries.push({ kind: 'crash', at })
    }
  }

  #fire(offered: Offered): void {
    const { place, option } = offered
    const { node, word, rule, event } = option
    const pick = this.#arena.arrivals && !place.puppet ? firstToArrive : drawnBy(this.#choices)
    const done = resolve(this.#arena.table, place, node, pick)
    if (!done || done === 'cut' || this.#state.isIdle(place, done.leaf)) {
      this.#options.spoil(offered)
      this.#free++
      return
    }
    this.#options.forget(place)
    if (place.puppet) {
      this.#free++
      this.#state.absorb(place, done.leaf)
      return
    }
    const at = place.id
    this.#judging.use(place, option, done.taken)
    if (rule && word) this.#enter({ kind: 'message', at, rule: rule.name, word, taken: done.taken }, rule.name)
    else if (event!.kind === 'flip')
      this.#enter({ kind: 'flip', at, name: event!.name, value: event!.value, taken: done.taken })
    else this.#enter({ kind: event!.kind, at, name: event!.name, taken: done.taken }, `${event!.kind} ${event!.name}`)
    const before = place.record
    this.#state.absorb(place, done.leaf)
    if (this.#arena.arrivals && this.#arena.settles) this.#settle(place)
    this.#judging.judge(place, before)
  }

  #enter(entry: Entry, fired?: string): void {
    if (fired) this.#fired.add(fired)
    this.#idle = 0
    this.#state.entries.push(entry)
  }

  /** A message arrives, and whatever it enables fires. */
  #arrive(flight: Flight, offered: boolean): void {
    const { setting, once, keepsInbox, settles } = this.#arena
    const place = this.#state.seats[flight.to]!
    const { message, from } = flight
    if (place.puppet) {
      this.#deliver(place, flight)
      return
    }
    // What the coalition shows while it is on its way is taken for the original, which is used up.
    const lie = offered && !(once && this.#state.network.overtake(flight))
    if (place.stopped) {
      this.#free++
      if (!lie) this.#state.network.strand(flight)
      if (offered) this.#state.withdraw(flight)
      return
    }
    if (!lie && setting.network.lose && this.#choices.below(64) < this.#features.losses) {
      this.#enter({ kind: 'lose', at: place.id, word: { message, from } })
      if (!once) this.#state.lost.push(flight)
      return
    }
    const { record: before, inbox } = place
    const steps = this.#state.steps
    const isNew = keepsInbox && this.#state.hear(place, from, message, lie)
    const entry: Entry = { kind: 'message', at: place.id, rule: '', word: { message, from }, taken: [] }
    const arrives = isNew || (!lie && once)
    if (arrives) this.#enter(entry)
    const changed = settles ? this.#settle(place) : this.#onceThrough(place, flight)
    if (changed === 'cut') {
      // The bound forbids the whole step: the message stays on its way, and this run leaves it there.
      this.#state.entries.length = steps
      place.inbox = inbox
      if (isNew) place.arrived.pop()
      if (!lie && once) this.#state.network.strand(flight)
      this.#state.cut = true
      this.#idle++
      this.#free++
      return
    }
    if (!arrives) {
      if (changed) this.#state.entries.splice(steps, 0, entry)
      else {
        this.#idle++
        this.#free++
      }
    }
    const isStep = changed || arrives
    if (lie && isStep) this.#judging.useWord(place, flight)
    if (offered && isStep && !this.#features.repeats) this.#state.withdraw(flight)
    this.#judging.judge(place, before)
  }

  /** A puppet gets its mail: no step of the system. */
  #deliver(place: Seat, flight: Flight): void {
    const { withheldUntil = 0, stopsAfter = Number.POSITIVE_INFINITY } = place.puppet!
    this.#free++
    if (this.#state.steps < withheldUntil) {
      this.#idle++
      return
    }
    this.#state.withdraw(flight)
    if (place.stopped || place.firings >= stopsAfter) return
    if (this.#arena.keepsInbox) this.#state.hear(place, flight.from, flight.message, false)
    if (this.#arena.settles) this.#settle(place)
    else this.#onceThrough(place, flight)
  }

  /** Where messages are delivered once, each rule on it runs once: all of them or, where a bound forbids it, none. */
  #onceThrough(place: Seat, word: Heard): boolean | 'cut' {
    const done = onceThrough(this.#arena, place, word)
    if (done === 'cut') return 'cut'
    let changed = false
    for (const { rule, leaf } of done) {
      if (this.#state.isIdle(place, leaf)) continue
      this.#fired.add(rule)
      this.#state.absorb(place, leaf)
      changed = true
    }
    return changed
  }

  /** Rules in declared order, words in order of arrival, until nothing changes: as `settle` of the reference does. */
  #settle(place: Seat): boolean {
    let firings = 0
    while (this.#settleOnce(place)) if (++firings === MOST_FIRINGS) throw endless(this.#arena.program)
    return firings > 0
  }

  #settleOnce(place: Seat): boolean {
    const { table, program } = this.#arena
    if (place.stopped) return false
    for (const rule of partAt(program, place.id).rules) {
      for (const { message, from } of place.arrived) {
        if (table.messages.values[message]!.type !== rule.type) continue
        const node = table.onMessage(place.id, place.local, rule, message, from)
        const done = resolve(table, place, node, firstToArrive)
        if (done === 'cut') this.#state.cut = true
        if (!done || done === 'cut' || this.#state.isIdle(place, done.leaf)) continue
        this.#fired.add(rule.name)
        this.#state.absorb(place, done.leaf)
        return true
      }
    }
    return false
  }
}
