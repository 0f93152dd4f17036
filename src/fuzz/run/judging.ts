import type { Instance, Record } from '../../kernel/index.ts'
import { brokenIn, type Facts, type Liveness, reachedIn, readsHeld } from '../../model/index.ts'
import { nameOfThrown, noException, type Violation } from '../../system/index.ts'
import { type ClaimGroup, type GroupVerdict, NOTHING_SEEN, type SeenByClaims } from './claim-group.ts'
import type { RunEntry } from './entry.ts'
import { ReferenceHealing } from './reference-healing.ts'
import { RunFacts } from './run-facts.ts'
import type { SettingContext } from './setting-context.ts'
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
  /** Is it to be judged, even where nothing was output that they see? */
  isDue: boolean
  /** Guards that were reached when it was judged last. */
  met: readonly string[]
}

/**
 * Judges the claims of a setting on its runs, one after another. Verdicts are remembered by what was output
 * and sent.
 */
export class Judging {
  /** What the present run has broken. */
  broken: Broken[] = []
  readonly used: UsedMessages
  readonly #settingContext: SettingContext
  #entries: readonly RunEntry[] = []
  /** Participants that claims speak of, and their places among them by instance; -1 for all others. */
  readonly #correct: Instance[] = []
  readonly #places: number[] = []
  readonly #facts: RunFacts
  readonly #watches: readonly Watch[]
  readonly #listens: boolean
  /** Liveness claims on what is held, and all others. */
  readonly #held: readonly Liveness<any>[]
  readonly #others: readonly Liveness<any>[]
  /** Is some group to be judged, even where nothing is output? */
  #isDue = true
  #wanted = 0
  #healsOften = false
  /** Envelopes that had been sent when claims were last judged. */
  #said = 0
  /** Guards that were reached on the way; those that do not look at what is sent are met at the end, or not. */
  readonly #met = new Set<string>()
  /** Liveness claims that are known to be broken, and need no further run. */
  #settled: ReadonlySet<string> = NOTHING_SETTLED

  /** The world of the setting has begun a run. */
  constructor(settingContext: SettingContext) {
    const { liveness, setting, groups, correct, world } = settingContext
    this.#settingContext = settingContext
    this.used = new UsedMessages(liveness.length > 0 && setting.byzantine.length > 0)
    this.#correct = correct.map((at) => world.correct[at]!)
    for (const [place, { index }] of this.#correct.entries()) this.#places[index] = place
    this.#watches = groups.map((group) => ({ group, readSet: NOTHING_SEEN, isDue: true, met: NOBODY }))
    this.#listens = groups.some(({ listens }) => listens)
    this.#facts = new RunFacts(settingContext, this.#correct)
    this.#held = liveness.filter(readsHeld)
    this.#others = liveness.filter((claim) => !readsHeld(claim))
  }

  /**
   * Begins a run, as the world of the setting has.
   * @param healsOften is healing judged after each decision, too?
   */
  begin(entries: readonly RunEntry[], settled: ReadonlySet<string>, healsOften: boolean): void {
    const { healsAtEnd, invariants, liveness } = this.#settingContext
    this.broken = []
    this.used.clear()
    this.#entries = entries
    this.#settled = settled
    this.#healsOften = healsOften && !healsAtEnd
    this.#said = 0
    if (this.#met.size > 0) this.#met.clear()
    for (let i = 0; i < this.#watches.length; i++) this.#watch(this.#watches[i]!)
    this.#wanted = invariants.length
    for (let i = 0; i < liveness.length; i++) if (!settled.has(liveness[i]!.name)) this.#wanted++
    if (this.#listens) this.#listen()
    this.#judgeAll(undefined, undefined)
  }

  #watch(watch: Watch): void {
    const { group } = watch
    watch.readSet = group.start(this.#correct)
    watch.isDue = true
    watch.met = NOBODY
  }

  get isDone(): boolean {
    return this.#wanted > 0 && this.broken.length >= this.#wanted
  }

  /** Looks at what a step of an instance has output since `before`, and sent. */
  judge(instance: Instance, before: Record): void {
    const { world } = this.#settingContext
    if (this.#listens && world.soup.length > this.#said) this.#listen()
    const isQuiet = instance.record === before
    if (isQuiet && !instance.stopped && !this.#isDue) return
    if (this.#placeOf(instance) < 0) return
    this.#judgeAll(instance, before)
    if (!isQuiet && this.#healsOften) this.judgeHealing()
  }

  /** Takes up what has been sent since the last time. */
  #listen(): void {
    const { soup, kernel, instances } = this.#settingContext.world
    for (; this.#said < soup.length; this.#said += 2) {
      const instance = instances[soup.values[this.#said]!]!
      if (this.#placeOf(instance) < 0) continue
      const { id } = instance
      const message = kernel.envelopes.messages[soup.values[this.#said + 1]!]!
      for (let i = 0; i < this.#watches.length; i++) {
        const watch = this.#watches[i]!
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
    const place = instance ? this.#placeOf(instance) : -1
    for (let i = 0; i < this.#watches.length; i++) {
      const watch = this.#watches[i]!
      // Mostly nothing that these claims see has changed.
      if (!watch.isDue && instance && watch.group.isSame(instance.record, before!)) continue
      this.#look(watch, place, instance, before)
    }
    if (!instance?.stopped) return
    const witness = this.#thrown(instance)
    const { name } = noException
    if (witness && this.#settingContext.invariants.some((claim) => claim.name === name))
      this.#note([{ claim: name, witness }])
  }

  #placeOf({ index }: Instance): number {
    return this.#places[index] ?? -1
  }

  #look(watch: Watch, place: number, instance: Instance | undefined, before: Record | undefined): void {
    const { group } = watch
    const old = instance ? watch.readSet.views[place]! : -1
    const view = instance && instance.record !== before ? group.view(instance.record) : old
    // Nothing is fresh that these claims see; when a run begins, everything is.
    const isQuiet = instance !== undefined && view === old
    const seen = watch.readSet
    if (!isQuiet && instance) watch.readSet = group.seen(seen, place, view)
    const verdict =
      isQuiet || !group.listens
        ? this.#quietly(watch, instance, before)
        : this.#freshly(watch, seen, place, view, instance, before)
    if (verdict.violations.length > 0) this.#note(verdict.violations)
    watch.met = verdict.met
    if (group.listens) for (const name of verdict.met) this.#met.add(name)
    // A claim that was shown a fresh output has not been asked about the same state without.
    watch.isDue = group.listens && !isQuiet
    if (watch.isDue) this.#isDue = true
  }

  /** Claims that do not look at what is fresh are asked once. */
  #quietly({ group, readSet }: Watch, instance: Instance | undefined, before: Record | undefined): GroupVerdict {
    if (readSet.quiet === undefined) readSet.quiet = this.#verdict(group, instance, before)
    return readSet.quiet
  }

  /** @param seen what was seen before the instance in a place output more */
  #freshly(
    { group, readSet }: Watch,
    seen: SeenByClaims,
    place: number,
    view: number,
    instance: Instance | undefined,
    before: Record | undefined,
  ): GroupVerdict {
    if (!instance) {
      if (readSet.first === undefined) readSet.first = this.#verdict(group, instance, before)
      return readSet.first
    }
    let verdict = group.freshVerdict(seen, place, view)
    if (verdict === undefined) {
      verdict = this.#verdict(group, instance, before)
      group.rememberFresh(seen, place, view, verdict)
    }
    return verdict
  }

  #note(violations: readonly Violation[]): void {
    for (const violation of violations) {
      if (this.#isBroken(violation.claim)) continue
      this.broken.push({ ...violation, length: this.#entries.length, healed: false })
    }
  }

  /** Was everything reached that a run should reach to prove anything? */
  reached(): boolean {
    for (let i = 0; i < this.#watches.length; i++) {
      const { group, met } = this.#watches[i]!
      const { sometimes, listens } = group
      for (let j = 0; j < sometimes.length; j++) {
        if (!(listens ? this.#met.has(sometimes[j]!.name) : met.includes(sometimes[j]!.name))) return false
      }
    }
    return true
  }

  /** Judges the liveness claims on the healed run from here. */
  judgeHealing(): void {
    if (this.#others.some(this.#isOpen)) {
      const { healing } = this.#settingContext
      if (!healing) this.#noteHealed(this.#asked().broken(this.#others.filter(this.#isOpen)))
      else for (let i = 0; i < healing.length; i++) this.#noteHealed(healing[i]!.broken(this.used.words, this.#now))
    }
    if (this.#held.some(this.#isOpen)) this.#noteHealed(this.#asked().brokenOnSteps(this.#held.filter(this.#isOpen)))
  }

  #noteHealed(violations: readonly Violation[]): void {
    for (let i = 0; i < violations.length; i++) {
      const { claim, witness } = violations[i]!
      if (this.#settled.has(claim) || this.#isBroken(claim)) continue
      this.broken.push({ claim, witness, length: this.#entries.length, healed: true })
    }
  }

  /** Is it worth a healed run? */
  readonly #isOpen = ({ name }: Liveness<any>): boolean => !this.#settled.has(name) && !this.#isBroken(name)

  #asked(): ReferenceHealing {
    return new ReferenceHealing(this.#settingContext, this.#entries, this.#correct, this.used)
  }

  readonly #now = (): Facts => this.#facts.silent()

  #isBroken(name: string): boolean {
    return this.broken.length > 0 && this.broken.some(({ claim }) => claim === name)
  }

  #thrown(place: Instance): string | undefined {
    const { table, setting } = this.#settingContext
    return nameOfThrown(table.locals.values[place.local]!, place.id, setting.n)
  }

  /** What the claims of a group say of what is there, and of what an instance has just output. */
  #verdict(
    { invariants, sometimes }: ClaimGroup,
    instance: Instance | undefined,
    before: Record | undefined,
  ): GroupVerdict {
    const facts = this.#facts.after(instance, before)
    const violations = invariants.flatMap((claim) => {
      const witness = brokenIn(claim, facts)
      return witness ? [{ claim: claim.name, witness }] : []
    })
    const met = sometimes.filter((claim) => reachedIn(claim, facts)).map(({ name }) => name)
    return violations.length + met.length === 0 ? NOTHING_TO_SAY : { violations, met }
  }
}

const NOBODY: readonly string[] = []
const NOTHING_TO_SAY: GroupVerdict = { violations: [], met: [] }
const NOTHING_SETTLED: ReadonlySet<string> = new Set()
