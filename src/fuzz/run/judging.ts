import { type Instance, type Record, SENDERS, systemOf } from '../../kernel/index.ts'
import {
  brokenIn,
  type Facts,
  type Id,
  type Liveness,
  reachedIn,
  readsHeld,
  remembered,
  rememberedAmong,
} from '../../model/index.ts'
import { brokenAfterHealing, nameOfThrown, noException, take, type Violation } from '../../system/index.ts'
import { ClaimGroup, type GroupVerdict, type SeenByClaims } from './claim-group.ts'
import type { RunEntry } from './entry.ts'
import { replayOnReference } from './replay-on-reference.ts'
import { MOST_REMEMBERED, type SettingContext } from './setting-context.ts'
import { UsedMessages } from './used.ts'

/** A violation, and how many entries of the run led to it. */
export interface Broken extends Violation {
  readonly length: number
  readonly healed: boolean
}

/** What the claims of a group have seen in one run. */
interface Watch {
  readonly group: ClaimGroup
  readSet: SeenByClaims
  /** Is it to be judged, even where nothing was put out that they see? */
  isDue: boolean
  /** Guards that were reached when it was judged last. */
  met: readonly string[]
}

/** Holds one run against its claims. Verdicts are remembered by what was put out and said, for all runs of a setting. */
export class Judging {
  readonly broken: Broken[] = []
  readonly used: UsedMessages
  readonly #settingContext: SettingContext
  readonly #entries: readonly RunEntry[]
  readonly #correct: readonly Instance[]
  readonly #watches: readonly Watch[]
  readonly #listens: boolean
  /** Is some group to be judged, even where nothing is put out? */
  #isDue = true
  readonly #wanted: number
  readonly #healsOften: boolean
  /** Envelopes that had been said when claims were last judged. */
  #said = 0
  /** Guards that were reached on the way; those that do not look at what is said are met at the end, or not. */
  readonly #met = new Set<string>()
  /** Liveness claims that are known to be broken, and need no further run. */
  readonly #settled: ReadonlySet<string>

  /** @param healsOften is healing judged after each decision, too? */
  constructor(
    settingContext: SettingContext,
    entries: readonly RunEntry[],
    settled: ReadonlySet<string>,
    healsOften: boolean,
  ) {
    this.#settingContext = settingContext
    this.#entries = entries
    this.used = new UsedMessages(settingContext.liveness.length > 0 && settingContext.setting.byzantine.length > 0)
    this.#settled = settled
    this.#healsOften = healsOften && !settingContext.healsAtEnd
    this.#correct = settingContext.correct.map((at) => settingContext.world.correct[at]!)
    this.#watches = settingContext.groups.map((group) => {
      const views = this.#correct.map(({ record }) => group.view(record))
      return { group, readSet: group.start(views), isDue: true, met: NOBODY }
    })
    this.#listens = settingContext.groups.some(({ listens }) => listens)
    this.#wanted =
      settingContext.invariants.length + settingContext.liveness.filter(({ name }) => !settled.has(name)).length
    if (this.#listens) this.#listen()
    this.#judgeAll(undefined, undefined)
  }

  get isDone(): boolean {
    return this.#wanted > 0 && this.broken.length >= this.#wanted
  }

  /** Looks at what a step of an instance has put out since `before`, and said. */
  judge(instance: Instance, before: Record): void {
    const { world } = this.#settingContext
    if (this.#listens && world.soup.length > this.#said) this.#listen()
    const isQuiet = instance.record === before
    if (isQuiet && !instance.stopped && !this.#isDue) return
    if (!this.#correct.includes(instance)) return
    this.#judgeAll(instance, before)
    if (!isQuiet && this.#healsOften) this.judgeHealing()
  }

  /** Takes up what has been said since the last time. */
  #listen(): void {
    const { soup, kernel, instances } = this.#settingContext.world
    for (; this.#said < soup.length; this.#said += 2) {
      const { id } = instances[soup.values[this.#said]!]!
      if (!this.#settingContext.correct.includes(id)) continue
      const message = kernel.envelopes.messages[soup.values[this.#said + 1]!]!
      for (const watch of this.#watches) {
        if (!watch.group.listens) continue
        const readSet = watch.group.heard(watch.readSet, id, message)
        if (readSet === watch.readSet) continue
        watch.readSet = readSet
        watch.isDue = true
        this.#isDue = true
      }
    }
  }

  /** @param instance who has just moved; nobody at the beginning */
  #judgeAll(instance: Instance | undefined, before: Record | undefined): void {
    this.#isDue = false
    const place = instance ? this.#correct.indexOf(instance) : -1
    for (let i = 0; i < this.#watches.length; i++) this.#look(this.#watches[i]!, place, instance, before)
    if (!instance?.stopped) return
    const witness = this.#thrown(instance)
    const { name } = noException
    if (witness && this.#settingContext.invariants.some((claim) => claim.name === name))
      this.#note([{ claim: name, witness }])
  }

  #look(watch: Watch, place: number, instance: Instance | undefined, before: Record | undefined): void {
    const { group } = watch
    const old = instance ? watch.readSet.views[place]! : -1
    const view = instance && instance.record !== before ? group.view(instance.record) : old
    // Nothing is fresh that these claims see; when a run begins, everything is.
    const isQuiet = instance !== undefined && view === old
    if (isQuiet && !watch.isDue) return
    if (view !== old) watch.readSet = group.seen(watch.readSet, place, view)
    const verdict = this.#verdictOf(watch, place, old, instance, before)
    if (verdict.violations.length > 0) this.#note(verdict.violations)
    watch.met = verdict.met
    if (group.listens) for (const name of verdict.met) this.#met.add(name)
    // A claim that was shown a fresh output has not been asked about the same state without.
    watch.isDue = group.listens && !isQuiet
    if (watch.isDue) this.#isDue = true
  }

  /** Claims that do not look at what is fresh are asked once. */
  #verdictOf(
    { group, readSet }: Watch,
    place: number,
    old: number,
    instance: Instance | undefined,
    before: Record | undefined,
  ): GroupVerdict {
    if (!group.listens || (instance && readSet.views[place] === old)) {
      readSet.quiet ??= this.#verdict(group, () => this.#fresh(instance, before))
      return readSet.quiet
    }
    const key = ClaimGroup.freshKey(place + 1, old + 1)
    return remembered(readSet.fresh, key, () => this.#verdict(group, () => this.#fresh(instance, before)))
  }

  #note(violations: readonly Violation[]): void {
    for (const violation of violations) {
      if (this.#isBroken(violation.claim)) continue
      this.broken.push({ ...violation, length: this.#entries.length, healed: false })
    }
  }

  /** Was everything reached that a run should reach to prove anything? */
  reached(): boolean {
    return this.#watches.every(({ group: { sometimes, listens }, met }) =>
      sometimes.every(({ name }) => (listens ? this.#met.has(name) : met.includes(name))),
    )
  }

  /** Judges the liveness claims on the healed run from here. */
  judgeHealing(): void {
    const open = this.#settingContext.liveness.filter(({ name }) => !this.#settled.has(name) && !this.#isBroken(name))
    if (open.length === 0) return
    const { healing } = this.#settingContext
    const [held, others] = [open.filter(readsHeld), open.filter((claim) => !readsHeld(claim))]
    const found = healing ? healing.flatMap((one) => one.broken(this.used.words, this.#now)) : this.#onReference(others)
    for (const { claim, witness } of [...found, ...this.#onSteps(held)]) {
      if (!open.some(({ name }) => name === claim)) continue
      this.broken.push({ claim, witness, length: this.#entries.length, healed: true })
    }
  }

  readonly #now = (): Facts => ({ ...this.#facts(() => []), outputs: this.#allOutputs(), fresh: [], soup: [] })

  /** Of what is held, the evidence inside of proofs is a part, which is known once the steps are written out. */
  #onSteps(held: readonly Liveness<any>[]): readonly Violation[] {
    if (held.length === 0) return []
    const { program, world } = this.#settingContext
    const { steps } = replayOnReference(this.#settingContext, this.#entries, world.coalition.offered())
    const { systems, used } = take(program, steps)
    return brokenAfterHealing(program, held, systems.at(-1)!, used)
  }

  #onReference(liveness: readonly Liveness<any>[]): readonly Violation[] {
    if (liveness.length === 0) return []
    const settingContext = this.#settingContext
    const key = `${liveness.map(({ name }) => name)}/${this.#key()}`
    return rememberedAmong(settingContext.healed, MOST_REMEMBERED, key, () => {
      const { program, table, world, sharedTables } = settingContext
      const spoken = (word: number) => ({
        from: word % SENDERS,
        message: table.messages.values[Math.floor(word / SENDERS)]!,
      })
      const used = this.used.words.flatMap((words = [], at) => words.map((word) => ({ at, word: spoken(word) })))
      return brokenAfterHealing(program, liveness, systemOf(world, this.#crashed()), used, sharedTables.healing)
    })
  }

  #crashed(): Id[] {
    return this.#entries.flatMap(({ kind, at }) => (kind === 'crash' ? [at] : []))
  }

  #isBroken(name: string): boolean {
    return this.broken.some(({ claim }) => claim === name)
  }

  /** Everything that the healed run depends on. */
  #key(): string {
    const { world } = this.#settingContext
    const flights = [...world.network.all(), ...world.lost].map(({ to, from, message }) => `${to} ${from} ${message}`)
    const places = this.#correct.map(({ local, record, words }) => [local, record.number, words.length])
    const said: string[] = []
    for (let i = 0; i < world.soup.length; i += 2) said.push(`${world.soup.values[i]} ${world.soup.values[i + 1]}`)
    const used = [...this.used.words].map((words, at) => `${at} ${words ?? ''}`)
    return [places, said.sort(), flights.sort(), used, this.#crashed()].join('/')
  }

  #thrown(place: Instance): string | undefined {
    const { table, setting } = this.#settingContext
    return nameOfThrown(table.locals.values[place.local]!, place.id, setting.n)
  }

  #verdict({ invariants, sometimes }: ClaimGroup, fresh: () => Facts['fresh']): GroupVerdict {
    const facts = this.#facts(fresh)
    const violations = invariants.flatMap((claim) => {
      const witness = brokenIn(claim, facts)
      return witness ? [{ claim: claim.name, witness }] : []
    })
    return { violations, met: sometimes.filter((claim) => reachedIn(claim, facts)).map(({ name }) => name) }
  }

  #value(at: Id, number: number): Facts['outputs'][number] {
    return { at, output: this.#settingContext.table.outputs.values[number]! }
  }

  /** What the step at an instance has put out; before the first step, all that there is. */
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
    const { setting, correct, table, world } = this.#settingContext
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
          const from = world.instances[world.soup.values[i]!]!.id
          const message = table.messages.values[messages[world.soup.values[i + 1]!]!]!
          if (correct.includes(from)) said.push({ from, message })
        }
        return said
      },
    }
  }
}

const NOBODY: readonly string[] = []
