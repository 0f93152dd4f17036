import { bits, type Edge, type Instance, type Record, SENDERS, type Taken } from '../kernel/index.ts'
import { brokenIn, type Claim, type Facts, type Id, type Invariant, reachedIn, type Sometimes } from '../model/index.ts'
import {
  type AskTable,
  brokenAfterHealing,
  nameOfThrown,
  noException,
  type Used,
  type Violation,
  YES,
} from '../system/index.ts'
import type { Arena } from './arena.ts'
import type { Heard, Listener } from './listener.ts'
import type { Entry } from './run.ts'

/** A violation, and how many entries of the run led to it. */
export interface Broken extends Violation {
  readonly length: number
  readonly healed: boolean
}

/** What some claims have heard in one run. */
interface Listening {
  readonly listener: Listener
  heard: Heard
  /** Is it to be judged again, even where nothing was put out? */
  isFresh: boolean
}

/** What follows from what correct participants have put out, and, for some claims, from what they have said. */
export interface Verdict {
  readonly violations: readonly Violation[]
  /** Was everything reached that a run should reach? Or, of guards that read what is said: which were. */
  readonly reached: boolean
  readonly met: readonly string[]
}

/** Holds one run against its claims. Verdicts are remembered by what was put out and said, for all runs of a setting. */
export class Judging {
  readonly broken: Broken[] = []
  /** The coalition's messages that firings used, by receiver: the healed run hands them over again. */
  readonly used: Used[] = []
  readonly #arena: Arena
  readonly #entries: readonly Entry[]
  readonly #correct: readonly Instance[]
  readonly #listening: readonly Listening[]
  readonly #wanted: number
  /** What the correct have put out, as a text. */
  #outputs = ''
  /** Envelopes that had been said when claims were last judged. */
  #said = 0
  /** Guards that read what is said, which was judged on the way. */
  readonly #met = new Set<string>()
  /** Liveness claims that are known to be broken, and need no further run. */
  readonly #settled: ReadonlySet<string>

  constructor(arena: Arena, entries: readonly Entry[], settled: ReadonlySet<string>) {
    this.#arena = arena
    this.#entries = entries
    this.#settled = settled
    this.#correct = arena.correct.map((at) => arena.world.correct[at]!)
    this.#listening = arena.listeners.map((listener) => ({ listener, heard: listener.start, isFresh: true }))
    this.#wanted = arena.invariants.length + arena.liveness.filter(({ name }) => !settled.has(name)).length
    this.#listen()
    this.#outputs = this.#textOfOutputs()
    this.#judgeAll(undefined, undefined)
  }

  get isDone(): boolean {
    return this.#wanted > 0 && this.broken.length >= this.#wanted
  }

  /** Looks at what a step of an instance has put out since `before`, and said. */
  judge(instance: Instance, before: Record): void {
    if (this.#listening.length > 0 && this.#arena.world.soup.length > this.#said) this.#listen()
    const isQuiet = instance.record === before
    if (!isQuiet) this.#outputs = this.#textOfOutputs()
    if (isQuiet && !instance.stopped && !this.#listening.some(({ isFresh }) => isFresh)) return
    if (!this.#correct.includes(instance)) return
    this.#judgeAll(instance, before)
    // What is promised after healing is worth asking where something has just been decided: later messages of the
    // coalition may repair what is broken here.
    if (!isQuiet && !this.#arena.healsAtEnd) this.judgeHealing()
  }

  /** Takes up what has been said since the last time. */
  #listen(): void {
    const { soup, kernel, instances } = this.#arena.world
    for (; this.#said < soup.length; this.#said += 2) {
      const { id } = instances[soup[this.#said]!]!
      if (!this.#arena.correct.includes(id)) continue
      const message = kernel.envelopes.messages[soup[this.#said + 1]!]!
      for (const one of this.#listening) {
        const heard = one.listener.after(one.heard, id, message)
        if (heard !== one.heard) one.isFresh = true
        one.heard = heard
      }
    }
  }

  /** @param instance who has just moved; nobody at the beginning */
  #judgeAll(instance: Instance | undefined, before: Record | undefined): void {
    const isQuiet = instance !== undefined && instance.record === before
    if (!isQuiet) this.#note(this.#known().violations)
    for (const one of this.#listening) {
      if (isQuiet && !one.isFresh) continue
      const { violations, met } = this.#heard(one, instance, before)
      this.#note(violations)
      for (const name of met) this.#met.add(name)
      // A claim that was shown a fresh output has not been asked about the same state without.
      one.isFresh = !isQuiet
    }
    if (!instance?.stopped) return
    const witness = this.#thrown(instance)
    const { name } = noException
    if (witness && this.#arena.invariants.some((claim) => claim.name === name)) this.#note([{ claim: name, witness }])
  }

  #note(violations: readonly Violation[]): void {
    for (const violation of violations) {
      if (this.#isBroken(violation.claim)) continue
      this.broken.push({ ...violation, length: this.#entries.length, healed: false })
    }
  }

  /** Was everything reached that a run should reach to prove anything? */
  reached(): boolean {
    const soup = this.#arena.sometimes.filter(({ reads }) => reads.includes('soup'))
    return this.#known().reached && soup.every(({ name }) => this.#met.has(name))
  }

  /** Judges the liveness claims on the healed run from here. */
  judgeHealing(): void {
    const arena = this.#arena
    const liveness = arena.liveness.filter(({ name }) => !this.#settled.has(name) && !this.#isBroken(name))
    if (liveness.length === 0) return
    const key = `${liveness.map(({ name }) => name)}/${this.#key()}`
    let verdicts = arena.healed.get(key)
    if (!verdicts) {
      verdicts = brokenAfterHealing(
        arena.program,
        liveness,
        arena.world.toSystem(this.#crashed()),
        this.used,
        arena.ground.healing,
      )
      arena.remember(arena.healed, key, verdicts)
    }
    for (const { claim, witness } of verdicts) {
      this.broken.push({ claim, witness, length: this.#entries.length, healed: true })
    }
  }

  /** Remembers the coalition's messages that a firing uses: the trigger, what is taken, and what a quorum lacks. */
  use(instance: Instance, edge: Edge, taken: readonly Taken[]): void {
    if (this.#arena.liveness.length === 0) return
    const trigger = edge.message < 0 ? undefined : edge.message * SENDERS + instance.senderOf(edge)
    const used = [...(trigger === undefined ? [] : [trigger]), ...taken.flat()].filter((word) => isLie(instance, word))
    for (let here = edge.node; here.kind === 'asks' && here.ask.ask.kind === 'need'; ) {
      used.push(...missing(instance, here.ask, trigger))
      const next = here.answers.get(YES)
      if (!next) break
      here = next
    }
    for (const word of used) this.useMessage(instance, Math.floor(word / SENDERS), word % SENDERS)
  }

  useMessage({ id }: Instance, message: number, from: Id): void {
    this.used.push({ at: id, word: { from, message: this.#arena.table.messages.values[message]! } })
  }

  #crashed(): Id[] {
    return this.#entries.flatMap(({ kind, at }) => (kind === 'crash' ? [at] : []))
  }

  #isBroken(name: string): boolean {
    return this.broken.some(({ claim }) => claim === name)
  }

  /** Everything that the healed run depends on. */
  #key(): string {
    const { world, table } = this.#arena
    const number = (word: Used['word']): number => table.messages.number(word.message)
    const used = new Set(this.used.map(({ at, word }) => `${at} ${word.from} ${number(word)}`))
    const flights = [...world.network.all(), ...world.lost].map(({ to, from, message }) => `${to} ${from} ${message}`)
    const places = this.#correct.map(({ local, record, words }) => [local, record.number, words.length])
    const said: string[] = []
    for (let i = 0; i < world.soup.length; i += 2) said.push(`${world.soup[i]} ${world.soup[i + 1]}`)
    return [places, said.sort(), flights.sort(), [...used].sort(), this.#crashed()].join('/')
  }

  #thrown(place: Instance): string | undefined {
    const { table, setting } = this.#arena
    return nameOfThrown(table.locals.values[place.local]!, place.id, setting.n)
  }

  #textOfOutputs(): string {
    let text = ''
    for (let i = 0; i < this.#correct.length; i++) text += ` ${this.#correct[i]!.record.number}`
    return text
  }

  /** What follows from the outputs alone. */
  #known(): Verdict {
    const { verdicts, invariants, sometimes } = this.#arena
    return this.#remembered(verdicts, this.#outputs, () => {
      const quiet = <T extends Claim<any>>(claims: readonly T[]): T[] =>
        claims.filter((claim) => !claim.reads.includes('soup') && claim.name !== noException.name)
      return this.#verdict(quiet(invariants), quiet(sometimes), () => [])
    })
  }

  /** What follows from the outputs, and from what the claims of a listener have heard. */
  #heard({ listener, heard }: Listening, instance: Instance | undefined, before: Record | undefined): Verdict {
    const isQuiet = instance !== undefined && instance.record === before
    const fresh = isQuiet ? '' : `${instance?.id}:${before?.number}`
    return this.#remembered(heard.verdicts, `${this.#outputs} ${fresh}`, () =>
      this.#verdict(listener.invariants, listener.sometimes, () => this.#fresh(instance, before)),
    )
  }

  #remembered(known: Map<string, Verdict>, key: string, judge: () => Verdict): Verdict {
    return known.get(key) ?? this.#arena.remember(known, key, judge())
  }

  #verdict(
    invariants: readonly Invariant<any>[],
    sometimes: readonly Sometimes<any>[],
    fresh: () => Facts['fresh'],
  ): Verdict {
    const facts = this.#facts(fresh)
    const violations = invariants.flatMap((claim) => {
      const witness = brokenIn(claim, facts)
      return witness ? [{ claim: claim.name, witness }] : []
    })
    const met = sometimes.filter((claim) => reachedIn(claim, facts)).map(({ name }) => name)
    return { violations, reached: met.length === sometimes.length, met }
  }

  #value(at: Id, number: number): Facts['outputs'][number] {
    return { at, output: this.#arena.table.outputs.values[number]! }
  }

  /** What the step at a seat has put out; before the first step, all that there is. */
  #fresh(instance: Instance | undefined, before: Record | undefined): Facts['outputs'] {
    if (!instance || !before) return this.#allOutputs()
    const { id, record } = instance
    const outputs = record.outputs.slice(before.outputs.length)
    const notes = record.notes.slice(before.notes.length)
    return [...outputs, ...notes].map((number) => this.#value(id, number))
  }

  #allOutputs(): Facts['outputs'] {
    return [
      ...this.#correct.flatMap(({ id, record }) => record.outputs.map((output) => this.#value(id, output))),
      ...this.#correct.flatMap(({ id, record }) => record.notes.map((note) => this.#value(id, note))),
    ]
  }

  #facts(fresh: () => Facts['fresh']): Facts {
    const { setting, correct, table, world } = this.#arena
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
        const said: { from: Id; message: Facts['soup'][number]['message'] }[] = []
        for (let i = 0; i < world.soup.length; i += 2) {
          const from = world.instances[world.soup[i]!]!.id
          const message = table.messages.values[messages[world.soup[i + 1]!]!]!
          if (correct.includes(from)) said.push({ from, message })
        }
        return said
      },
    }
  }
}

function isLie(instance: Instance, word: number): boolean {
  return instance.isLie(Math.floor(word / SENDERS), word % SENDERS)
}

/** The coalition's messages that a quorum needs, after the trigger and what the correct have said. */
function missing(instance: Instance, ask: AskTable, trigger: number | undefined): number[] {
  const counts = (word: number): boolean => (ask.mask(Math.floor(word / SENDERS)) & (1 << (word % SENDERS))) !== 0
  const matching = [...new Set([...instance.words, ...instance.ownWords])]
    .filter(counts)
    .sort((a, b) => (a % SENDERS) - (b % SENDERS))
  const needed: number[] = []
  let counted = trigger !== undefined && counts(trigger) ? 1 << (trigger % SENDERS) : 0
  for (const lies of [false, true]) {
    for (const word of matching) {
      const bit = 1 << (word % SENDERS)
      if (bits(counted) >= ask.ask.q || counted & bit || isLie(instance, word) !== lies) continue
      counted |= bit
      if (lies) needed.push(word)
    }
  }
  return needed
}
