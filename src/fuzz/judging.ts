import { type Instance, type Record, SENDERS, systemOf } from '../kernel/index.ts'
import { brokenIn, type Facts, type Id, type Liveness, reachedIn } from '../model/index.ts'
import { brokenAfterHealing, nameOfThrown, noException, type Violation } from '../system/index.ts'
import type { Arena } from './arena.ts'
import type { ClaimGroup, Verdict } from './claim-group.ts'
import type { Entry } from './entry.ts'
import type { Judged, Observations, Observed } from './observed.ts'
import { UsedMessages } from './used.ts'

/** A violation, and how many entries of the run led to it. */
export interface Broken extends Violation {
  readonly length: number
  readonly healed: boolean
}

/** Holds one run against its claims. Verdicts are remembered by what was put out and said, for all runs of a setting. */
export class Judging {
  readonly broken: Broken[] = []
  readonly used: UsedMessages
  readonly #arena: Arena
  readonly #entries: readonly Entry[]
  readonly #correct: readonly Instance[]
  readonly #observations: readonly Observations[]
  /** What each of them has seen. */
  readonly #observed: Observed[] = []
  readonly #wanted: number
  readonly #healsOften: boolean
  /** Is something to be judged, even where nothing is put out? */
  #isDue = false
  /** Envelopes that had been said when claims were last judged. */
  #said = 0
  /** Guards that look at what is said, and were reached on the way. */
  readonly #met = new Set<string>()
  /** Liveness claims that are known to be broken, and need no further run. */
  readonly #settled: ReadonlySet<string>
  /** Liveness claims that may still be broken. */
  #open: number
  /** Who has just moved, and what was put out before. */
  #instance: Instance | undefined
  #before: Record | undefined

  /** @param healsOften is healing judged after each decision, too? */
  constructor(arena: Arena, entries: readonly Entry[], settled: ReadonlySet<string>, healsOften: boolean) {
    this.#arena = arena
    this.#entries = entries
    this.used = new UsedMessages(arena.liveness.length > 0 && arena.setting.byzantine.length > 0)
    this.#settled = settled
    this.#healsOften = healsOften && !arena.healsAtEnd
    this.#correct = arena.judged
    this.#observations = arena.observations
    this.#open = 0
    for (const { name } of arena.liveness) if (!settled.has(name)) this.#open++
    this.#wanted = arena.invariants.length + this.#open
    for (let i = 0; i < this.#observations.length; i++) this.#observed.push(this.#observations[i]!.start(this.#correct))
    this.#listen()
    for (let i = 0; i < this.#observations.length; i++) {
      this.#take(i, this.#observations[i]!.begin(this.#observed[i]!, this.#ask))
    }
  }

  get isDone(): boolean {
    return this.#wanted > 0 && this.broken.length >= this.#wanted
  }

  /** Looks at what a step of an instance has put out since `before`, and said. */
  judge(instance: Instance, before: Record): void {
    if (this.#arena.world.soup.length > this.#said) this.#listen()
    const isQuiet = instance.record === before
    if (isQuiet && !instance.stopped && !this.#isDue) return
    const place = this.#correct.indexOf(instance)
    if (place < 0) return
    this.#instance = instance
    this.#before = before
    this.#isDue = false
    for (let i = 0; i < this.#observations.length; i++) {
      const judged = this.#observations[i]!.step(this.#observed[i]!, place, instance.record, this.#ask)
      if (judged) this.#take(i, judged)
    }
    if (instance.stopped) this.#judgeThrown(instance)
    if (!isQuiet && this.#healsOften) this.judgeHealing()
  }

  /** Takes up what has been said since the last time. */
  #listen(): void {
    const { soup, kernel, instances } = this.#arena.world
    const from = this.#said
    this.#said = soup.length
    for (let i = 0; i < this.#observations.length; i++) {
      const observations = this.#observations[i]!
      if (!observations.listens) continue
      for (let j = from; j < soup.length; j += 2) {
        const message = kernel.envelopes.messages[soup.values[j + 1]!]!
        if (!observations.matters(message)) continue
        const instance = instances[soup.values[j]!]!
        if (!this.#correct.includes(instance)) continue
        this.#observed[i] = observations.heard(this.#observed[i]!, instance.id, message)
      }
      if (this.#observed[i]!.isDue) this.#isDue = true
    }
  }

  readonly #ask = (group: ClaimGroup): Verdict => this.#verdict(group)

  #take(index: number, { after, violations, met }: Judged): void {
    this.#observed[index] = after
    if (after.isDue) this.#isDue = true
    if (violations.length > 0) this.#note(violations)
    for (let i = 0; i < met.length; i++) this.#met.add(met[i]!)
  }

  #judgeThrown(instance: Instance): void {
    const witness = this.#thrown(instance)
    if (witness && this.#arena.judgesThrown) this.#note([{ claim: noException.name, witness }])
  }

  #note(violations: readonly Violation[]): void {
    for (const violation of violations) {
      if (this.#isBroken(violation.claim)) continue
      this.broken.push({ ...violation, length: this.#entries.length, healed: false })
    }
  }

  /** Was everything reached that a run should reach to prove anything? */
  reached(): boolean {
    for (let i = 0; i < this.#observations.length; i++) {
      if (!this.#observed[i]!.isReached) return false
      const { said } = this.#observations[i]!
      for (let j = 0; j < said.length; j++) if (!this.#met.has(said[j]!)) return false
    }
    return true
  }

  /** Judges the liveness claims on the healed run from here. */
  judgeHealing(): void {
    if (this.#open === 0) return
    const { healing } = this.#arena
    if (!healing) {
      this.#noteHealed(this.#onReference(this.#arena.liveness.filter(({ name }) => this.#isOpen(name))))
      return
    }
    for (let i = 0; i < healing.length; i++) this.#noteHealed(healing[i]!.broken(this.used.words, this.#now))
  }

  #noteHealed(found: readonly Violation[]): void {
    for (let i = 0; i < found.length; i++) {
      const { claim, witness } = found[i]!
      if (!this.#isOpen(claim)) continue
      this.broken.push({ claim, witness, length: this.#entries.length, healed: true })
      this.#open--
    }
  }

  /** May this liveness claim still be broken? */
  #isOpen(name: string): boolean {
    return !this.#settled.has(name) && !this.#isBroken(name)
  }

  readonly #now = (): Facts => ({ ...this.#facts(() => []), outputs: this.#allOutputs(), fresh: [], soup: [] })

  #onReference(liveness: readonly Liveness<any>[]): readonly Violation[] {
    const arena = this.#arena
    const key = `${liveness.map(({ name }) => name)}/${this.#key()}`
    const known = arena.healed.get(key)
    if (known) return known
    const { values } = arena.table.messages
    const used = this.used.words.flatMap((words, at) =>
      (words ?? []).map((word) => ({
        at,
        word: { from: word % SENDERS, message: values[Math.floor(word / SENDERS)]! },
      })),
    )
    const system = systemOf(arena.world, this.#crashed())
    const found = brokenAfterHealing(arena.program, liveness, system, used, arena.ground.healing)
    return arena.remember(arena.healed, key, found)
  }

  #crashed(): Id[] {
    return this.#entries.flatMap(({ kind, at }) => (kind === 'crash' ? [at] : []))
  }

  #isBroken(name: string): boolean {
    return this.broken.some(({ claim }) => claim === name)
  }

  /** Everything that the healed run depends on. */
  #key(): string {
    const { world } = this.#arena
    const flights = [...world.network.all(), ...world.lost].map(({ to, from, message }) => `${to} ${from} ${message}`)
    const places = this.#correct.map(({ local, record, words }) => [local, record.number, words.length])
    const said: string[] = []
    for (let i = 0; i < world.soup.length; i += 2) said.push(`${world.soup.values[i]} ${world.soup.values[i + 1]}`)
    const used = [...this.used.words].map((words, at) => `${at} ${words ?? ''}`)
    return [places, said.sort(), flights.sort(), used, this.#crashed()].join('/')
  }

  #thrown(place: Instance): string | undefined {
    const { table, setting } = this.#arena
    return nameOfThrown(table.locals.values[place.local]!, place.id, setting.n)
  }

  #verdict({ invariants, sometimes }: ClaimGroup): Verdict {
    const facts = this.#facts(() => this.#fresh())
    const violations = invariants.flatMap((claim) => {
      const witness = brokenIn(claim, facts)
      return witness ? [{ claim: claim.name, witness }] : []
    })
    return { violations, met: sometimes.filter((claim) => reachedIn(claim, facts)).map(({ name }) => name) }
  }

  #value(at: Id, number: number): Facts['outputs'][number] {
    return this.#arena.output(at, number)
  }

  /** What the step has put out; before the first step, all that there is. */
  #fresh(): Facts['outputs'] {
    if (!this.#instance || !this.#before) return this.#allOutputs()
    const { id, record } = this.#instance
    const outputs = record.outputs.slice(this.#before.outputs.length)
    const notes = record.notes.slice(this.#before.notes.length)
    return [...outputs, ...notes].map((number) => this.#value(id, number))
  }

  #allOutputs(): Facts['outputs'] {
    return [
      ...this.#correct.flatMap(({ id, record }) => record.outputs.map((output) => this.#value(id, output))),
      ...this.#correct.flatMap(({ id, record }) => record.notes.map((note) => this.#value(id, note))),
    ]
  }

  #facts(fresh: () => Facts['fresh']): Facts {
    const { setting, correct, world } = this.#arena
    const word = (from: Id, message: number): Facts['soup'][number] => this.#arena.word(from, message)
    const outputs = (): Facts['outputs'] => this.#allOutputs()
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
        const { messages } = world.kernel.envelopes
        const said: Facts['soup'][number][] = []
        for (let i = 0; i < world.soup.length; i += 2) {
          const from = world.instances[world.soup.values[i]!]!.id
          if (correct.includes(from)) said.push(word(from, messages[world.soup.values[i + 1]!]!))
        }
        return said
      },
    }
  }
}
