import { bits, type Strategy } from '../adversary/index.ts'
import { begin, type Claim, type Id, type Outcome, partAt } from '../model/index.ts'
import { brokenAfterHealing, noException, type Used, type Violation } from '../system/index.ts'
import type { Arena } from './arena.ts'
import type { Choices } from './choices.ts'
import type { Chooser } from './chooser.ts'
import { FiringOptions, type Option } from './firing-options.ts'
import { type Entry, RunState } from './run-state.ts'
import { drawnBy, firstToArrive, type Heard, prospect, resolve, type Seat, type Taken } from './seats.ts'

/** What is switched on in one run: swarm testing. */
export interface Features {
  readonly chooser: Chooser
  readonly strategies: readonly Strategy[]
  /** How much more often a step of each kind is taken, in the order of KINDS. */
  readonly weights: readonly number[]
  /** Steps after which a replica that may crash does, by id; nothing where it does not. */
  readonly crashes: ReadonlyMap<Id, number>
  /** Steps after which the run ends: healing is judged in the middle of things, too. */
  readonly horizon: number
  /** Where arrivals are steps: may the coalition deliver one word to one receiver again and again? */
  readonly repeats: boolean
  /** Of 64 arrivals, how many are lost instead, where the network may lose. */
  readonly losses: number
}

/** A violation, and how many entries of the run led to it. */
export interface Broken extends Violation {
  readonly length: number
  readonly healed: boolean
}

export interface RunResult {
  readonly state: RunState
  readonly broken: readonly Broken[]
  readonly reached: boolean
  readonly unfinished: boolean
}

/** Arrivals of the coalition's words that may come to nothing in a row before the run is over. */
const MOST_IDLE = 64

/** One run: a function of the arena, the features and the choices. */
export class Run {
  readonly #arena: Arena
  readonly #state: RunState
  readonly #options: FiringOptions
  readonly #choices: Choices
  readonly #features: Features
  readonly #next: ReturnType<Chooser['begin']>
  readonly #broken: Broken[] = []
  readonly #used: Used[] = []
  readonly #fired: Set<string>
  #idle = 0
  #freeFirings = 0

  constructor(arena: Arena, features: Features, choices: Choices, fired: Set<string>) {
    this.#arena = arena
    this.#features = features
    this.#choices = choices
    this.#fired = fired
    this.#state = new RunState(arena)
    this.#options = new FiringOptions(this.#state)
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
  go(maxSteps: number): RunResult {
    const wanted = this.#arena.invariants.length + this.#arena.liveness.length
    let unfinished = false
    while ((this.#broken.length < wanted || wanted === 0) && this.#state.steps < this.#features.horizon) {
      if (this.#state.steps >= maxSteps || this.#freeFirings > 50 * maxSteps) {
        unfinished = true
        break
      }
      if (!this.#step()) break
    }
    this.#judgeLiveness()
    const { sometimes } = this.#arena
    const reached = sometimes.length === 0 || sometimes.every((claim) => claim.reached(this.#outcome([])))
    return { state: this.#state, broken: this.#broken, reached, unfinished }
  }

  #step(): boolean {
    this.#crash()
    this.#options.refresh()
    const { counts } = this.#options
    if (this.#arena.arrivals) {
      counts[0] = this.#state.flights.length
      counts[1]! += this.#idle > MOST_IDLE ? 0 : this.#state.offers.length
    }
    if (counts[0]! + counts[1]! + counts[2]! + counts[3]! === 0) return this.#release()
    const { kind, index } = this.#arena.arrivals ? this.#drawArrival() : this.#next(this.#options)
    if (this.#arena.arrivals && kind === 0) this.#arrive(this.#state.land(index), false)
    else if (this.#arena.arrivals && kind === 1 && index >= this.#puppetOptions()) {
      this.#arrive(this.#state.offers[index - this.#puppetOptions()]!, true)
    } else this.#fire(this.#options.option(kind, index))
    return true
  }

  /** Where arrivals are steps, the options are lists of flights that choosers see by number only. */
  #drawArrival(): { kind: number; index: number } {
    const { flights, offers, seats } = this.#state
    const own = this.#puppetOptions()
    return this.#next({
      counts: this.#options.counts,
      key: (kind, index) => {
        const flight = kind === 0 ? flights[index] : kind === 1 && index >= own ? offers[index - own] : undefined
        if (!flight) return this.#options.key(kind, index)
        return ((flight.message * 64 + flight.to) * 64 + flight.from) * 16 + 8 + kind
      },
      at: (kind, index) => {
        const flight = kind === 0 ? flights[index] : kind === 1 && index >= own ? offers[index - own] : undefined
        return flight ? seats[flight.to]!.index : this.#options.at(kind, index)
      },
    })
  }

  #puppetOptions(): number {
    return this.#options.counts[1]! - (this.#idle > MOST_IDLE ? 0 : this.#state.offers.length)
  }

  /** Nothing is left to do but what the coalition holds back: it lets go of it. */
  #release(): boolean {
    const held = this.#state.puppets.filter(({ puppet }) => (puppet!.withheldUntil ?? 0) > this.#state.steps)
    for (const place of held) {
      place.dirty = true
      ;(place as { puppet: unknown }).puppet = { ...place.puppet!, withheldUntil: 0 }
    }
    return held.length > 0
  }

  #crash(): void {
    for (const [at, step] of this.#features.crashes) {
      const place = this.#state.correct[at]!
      if (place.stopped || this.#state.steps < step) continue
      place.stopped = true
      place.dirty = true
      this.#state.entries.push({ kind: 'crash', at })
    }
    for (const place of this.#state.puppets) {
      if (place.puppet!.withheldUntil === this.#state.steps) place.dirty = true
    }
  }

  #fire(option: Option): void {
    const { place, node, word, rule, event } = option
    const choose = this.#arena.arrivals && !place.puppet ? firstToArrive : drawnBy(this.#choices)
    const done = resolve(this.#arena, place, node, choose)
    if (!done || this.#state.isIdle(place, done.leaf)) {
      this.#options.spoil(option)
      this.#freeFirings++
      return
    }
    if (place.puppet) {
      this.#freeFirings++
      this.#state.absorb(place, done.leaf)
      return
    }
    const at = place.id
    if (this.#arena.liveness.length > 0) this.#use(place, node, done.taken, word)
    if (rule && word) this.#enter({ kind: 'message', at, rule: rule.name, word, taken: done.taken }, rule.name)
    else if (event!.kind === 'flip') this.#enter({ kind: 'flip', at, name: event!.name, value: event!.value })
    else this.#enter({ kind: event!.kind, at, name: event!.name, taken: done.taken }, `${event!.kind} ${event!.name}`)
    const before = [place.outputs.length, place.notes.length] as const
    this.#state.absorb(place, done.leaf)
    if (this.#arena.setting.steps === 'eager' && !this.#arena.once) this.#settle(place)
    this.#judge(place, before)
  }

  #enter(entry: Entry, fired?: string): void {
    if (fired) this.#fired.add(fired)
    this.#idle = 0
    this.#state.entries.push(entry)
  }

  /** A message arrives, and whatever it enables fires. */
  #arrive(flight: Heard & { readonly to: number }, offered: boolean): void {
    const arena = this.#arena
    const lie = offered && !this.#state.overtake(flight)
    const place = this.#state.seats[flight.to]!
    const { message, from } = flight
    if (place.stopped) return
    if (!lie && arena.setting.network.lose && this.#choices.below(64) < this.#features.losses) {
      this.#enter({ kind: 'lose', at: place.id, word: { message, from } })
      if (!arena.once) this.#state.lost.push(flight)
      return
    }
    const before = [place.outputs.length, place.notes.length] as const
    const steps = this.#state.steps
    const isNew = arena.keepsInbox && this.#state.hear(place, from, message, lie)
    const entry: Entry = { kind: 'message', at: place.id, rule: '', word: { message, from }, taken: [] }
    if (!lie || isNew) this.#enter(entry)
    const changed = arena.once ? this.#onceThrough(place, { message, from }) : this.#settle(place)
    if (changed === 'cut') {
      // The bound forbids the whole step: the message stays on its way, and this run leaves it there.
      this.#state.entries.length = steps
      this.#state.cut = true
      this.#idle++
      return
    }
    if (lie && !isNew) {
      if (changed) this.#state.entries.splice(steps, 0, entry)
      else this.#idle++
    }
    if (lie && (changed || isNew)) {
      this.#used.push({ at: place.id, word: this.#spoken({ message, from }) })
    }
    if (offered && (changed || isNew) && !this.#features.repeats) this.#state.withdraw(flight)
    this.#judge(place, before)
  }

  /** Where messages are delivered once, each rule on it runs once, in declared order. */
  #onceThrough(place: Seat, { message, from }: Heard): boolean | 'cut' {
    let changed = false
    for (const rule of this.#arena.table.rulesFor(place.id, message)) {
      const node = this.#arena.table.onMessage(place.id, place.local, rule, message, from)
      const found = prospect(place, node)
      if (found === undefined) continue
      if (found === 'cut') return 'cut'
      const done = resolve(this.#arena, place, node, firstToArrive)
      if (!done || this.#state.isIdle(place, done.leaf)) continue
      this.#fired.add(rule.name)
      this.#state.absorb(place, done.leaf)
      changed = true
    }
    return changed
  }

  /** Rules in declared order, words in order of arrival, until nothing changes: as `settle` of the reference does. */
  #settle(place: Seat): boolean {
    let changed = false
    const { rules } = partAt(this.#arena.program, place.id)
    for (let again = true; again; ) {
      again = false
      search: for (const rule of rules) {
        for (const { message, from } of place.heard) {
          if (this.#arena.table.messages.values[message]!.type !== rule.type || place.stopped) continue
          const node = this.#arena.table.onMessage(place.id, place.local, rule, message, from)
          const done = prospect(place, node) && resolve(this.#arena, place, node, firstToArrive)
          if (!done || this.#state.isIdle(place, done.leaf)) continue
          this.#fired.add(rule.name)
          this.#state.absorb(place, done.leaf)
          changed = true
          again = true
          break search
        }
      }
    }
    return changed
  }

  #spoken({ message, from }: Heard): Used['word'] {
    return { from, message: this.#arena.table.messages.values[message]! }
  }

  /** Remembers the coalition's words that a firing used: the healed run gives them to the replica again. */
  #use(place: Seat, node: Option['node'], taken: readonly Taken[], word: Heard | undefined): void {
    const lied = ({ message, from }: Heard): boolean => ((place.lies.get(message) ?? 0) & (1 << from)) !== 0
    const words = [...(word ? [word] : []), ...taken.flat()].filter(lied)
    for (const lie of words) this.#used.push({ at: place.id, word: this.#spoken(lie) })
    for (let here = node; here.kind === 'asks' && here.ask.ask.kind === 'need'; ) {
      let honest = 0
      for (const [message, mask] of place.visible) {
        honest |= mask & here.ask.mask(message) & ~(place.lies.get(message) ?? 0)
      }
      for (let missing = here.ask.ask.q - bits(honest); missing > 0; missing--) {
        const lie = place.heard.find(
          (other) =>
            lied(other) &&
            (here as never as { ask: { mask(m: number): number } }).ask.mask(other.message) &
              (1 << other.from) &
              ~honest,
        )
        if (!lie) break
        honest |= 1 << lie.from
        this.#used.push({ at: place.id, word: this.#spoken(lie) })
      }
      const next = [...here.answers.values()][0]
      if (!next) break
      here = next
    }
  }

  #outcome(fresh: Outcome<any>['fresh']): Outcome<any> {
    const { table, correct, setting } = this.#arena
    const places = correct.map((at) => this.#state.correct[at]!)
    const value = (number: number) => table.outputs.values[number]!
    const state = this.#state
    return {
      setting,
      correct,
      outputs: [
        ...places.flatMap((place) => place.outputs.map((output) => ({ at: place.id, output: value(output) }))),
        ...places.flatMap((place) => place.notes.map((note) => ({ at: place.id, output: value(note) }))),
      ],
      fresh,
      get soup() {
        return state.soup
          .filter(({ from }) => correct.includes(from))
          .map(({ from, message }) => ({ from, message: table.messages.values[message]! }))
      },
    }
  }

  #judge(place: Seat, [outputs, notes]: readonly [number, number]): void {
    const isCorrect = this.#arena.correct.includes(place.id)
    if (!isCorrect || (place.outputs.length === outputs && place.notes.length === notes && !place.stopped)) return
    const value = (number: number) => ({ at: place.id, output: this.#arena.table.outputs.values[number]! })
    const fresh = [...place.outputs.slice(outputs).map(value), ...place.notes.slice(notes).map(value)]
    for (const claim of this.#arena.invariants) {
      if (this.#broken.some((known) => known.claim === claim.name)) continue
      const witness = claim.name === noException.name ? this.#thrown(place) : this.#verdict(claim, fresh)
      if (witness) this.#broken.push({ claim: claim.name, witness, length: this.#state.steps, healed: false })
    }
    // What is promised after healing is worth asking where something has just been decided: later words of the
    // coalition may repair what is broken here.
    this.#judgeLiveness()
  }

  #thrown(place: Seat): string | undefined {
    const { threw } = this.#arena.table.locals.values[place.local]!
    return threw === undefined ? undefined : `a rule of participant ${place.id} threw ${threw}`
  }

  #verdict(claim: Claim<any> & { kind: 'invariant' }, fresh: Outcome<any>['fresh']): string | undefined {
    if (claim.reads.includes('soup')) return claim.broken(this.#outcome(fresh))
    const places = this.#arena.correct.map((at) => this.#state.correct[at]!)
    const key = `${claim.name} ${places.map((p) => `${p.outputs.join()};${p.notes.join()}`).join('|')}`
    const { verdicts } = this.#arena
    if (!verdicts.has(key)) verdicts.set(key, claim.broken(this.#outcome(fresh)))
    return verdicts.get(key)
  }

  #judgeLiveness(): void {
    const { liveness, table, healed, program } = this.#arena
    if (liveness.length === 0) return
    const system = this.#state.toSystem()
    const words = this.#used.map(({ at, word }) => `${at} ${word.from} ${table.messages.number(word.message)}`)
    const soup = this.#state.soup.map(({ from, to, message }) => `${from} ${to} ${message}`)
    const flights = this.#state.flights.map(({ to, from, message }) => `${to} ${from} ${message}`)
    const places = this.#arena.correct.map((at) => {
      const { local, outputs, notes } = this.#state.correct[at]!
      return `${local};${outputs};${notes}`
    })
    const key = [places, soup.sort(), flights.sort(), [...new Set(words)].sort()].join('/')
    let verdicts = healed.get(key)
    if (!verdicts) {
      verdicts = brokenAfterHealing(program, liveness, system, this.#used)
      healed.set(key, verdicts)
    }
    for (const { claim, witness } of verdicts) {
      if (this.#broken.some((known) => known.claim === claim)) continue
      this.#broken.push({ claim, witness, length: this.#state.steps, healed: true })
    }
  }
}
