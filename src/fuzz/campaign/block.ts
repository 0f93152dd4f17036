import { type Strategy, strategiesFor } from '../../adversary/index.ts'
import { systemOf } from '../../kernel/index.ts'
import {
  assertClaims,
  assertCounted,
  assertHeard,
  assertUnchanged,
  type Claim,
  HarnessError,
  isLockstep,
  keyForCode,
  type Law,
  type Protocol,
  UsageError,
} from '../../model/index.ts'
import { digestOf } from '../../system/digest-of.ts'
import { Audit, noException } from '../../system/index.ts'
import { drawFeatures, type Features, type Shares } from '../run/features.ts'
import { replayOnReference } from '../run/replay-on-reference.ts'
import { Run, type RunResult } from '../run/run.ts'
import { SettingContext, SharedTables } from '../run/setting-context.ts'
import { byPlan } from '../schedule/by-plan.ts'
import { type Choices, drawnChoices } from '../schedule/choices.ts'
import type { Chooser, KnownBefore } from '../schedule/chooser.ts'
import { goalDirected } from '../schedule/goal-directed.ts'
import { choosersFor } from '../schedule/own-choosers.ts'
import { Coverage } from './coverage.ts'
import type { Lesson } from './lesson.ts'
import { LockstepRunner } from './lockstep.ts'
import { PILOT, Pilot } from './pilot.ts'
import { PlannedRuns } from './planned.ts'
import { provenViolation } from './proven-violation.ts'
import { Restrained } from './restrained.ts'
import type { BlockResult, Campaign, Found } from './result.ts'
import { assertSameRun, isMadeAgain } from './same-run.ts'

/**
 * The first runs of a campaign, and then one of so many, are taken again on the reference, whether or not they broke
 * something: it needs as long for one as this engine for hundreds.
 */
const FIRST_CHECKED = 2
const CHECKED_EVERY = 10_000

/** The first transitions are taken twice, then one in so many, up to a number, to see that handlers are functions. */
const AUDITED_EVERY = 16
const AUDITED_FIRST = 256
const MOST_AUDITED = 2_000
/** Runs after which it is known what is asked for: in fewer, not all that a rule asks for is asked. */
const ENOUGH_RUNS = 100
/** Where something is wrong, all of one run are. */
const ALL_OF_A_RUN = 1_000_000

/** What the first runs tell the later ones. */
interface Flown {
  readonly shares: Shares
  readonly known: KnownBefore
}

/** Runs blocks of one campaign, keeping setting contexts between them. */
export class BlockRunner {
  readonly #campaign: Campaign
  readonly #strategies: readonly Strategy[]
  readonly #schedulers: readonly Chooser[]
  /** Those that are drawn. */
  readonly #drawn: readonly Chooser[]
  readonly #planned: PlannedRuns
  readonly #protocol: Protocol
  readonly #claims: readonly Claim<any>[]
  readonly #settingContexts = new Map<number, SettingContext>()
  readonly #tablesByKey: Map<string, SharedTables>
  readonly #lockstep: LockstepRunner | undefined
  /** What the first runs tell the later ones, once one of those is asked for. */
  #pilot: Flown | undefined
  readonly #audit = new Audit(MOST_AUDITED, AUDITED_FIRST, AUDITED_EVERY)
  /** What the coalition never does, if it is bound to anything. */
  readonly #restrained: Restrained | undefined
  #coverage: { readonly of: string | undefined; readonly coverage: Coverage } | undefined

  /**
   * @param law what a correct replica never does: for a campaign whose coalition is restricted
   * @param tablesByKey what campaigns over the same protocol have in common; it makes them faster, and no different
   */
  constructor(
    campaign: Campaign,
    protocol: Protocol,
    claims: readonly Claim<any>[],
    tablesByKey: Map<string, SharedTables> = new Map(),
    law?: Law,
  ) {
    assertClaims(claims, protocol.subject, [protocol])
    for (const setting of campaign.settings) assertCounted(claims, setting)
    this.#campaign = campaign
    this.#restrained = Restrained.of(campaign.never, law)
    this.#strategies = strategiesFor(protocol).filter(({ name }) => campaign.strategies.includes(name))
    this.#schedulers = choosersFor(protocol).filter(({ name }) => campaign.schedulers.includes(name))
    const drawn = this.#schedulers.filter((scheduler) => scheduler !== byPlan)
    this.#drawn = drawn.length > 0 ? drawn : this.#schedulers
    // A plan takes for granted that the coalition can send all that it can prove.
    const planned = this.#restrained ? [] : this.#schedulers
    this.#planned = new PlannedRuns(campaign.settings.length, this.#strategies, planned)
    this.#protocol = protocol
    this.#tablesByKey = tablesByKey
    const wanted = claims.filter((claim) => claim.kind === 'sometimes' || campaign.claims.includes(claim.name))
    this.#claims = [...wanted, ...(campaign.claims.includes(noException.name) ? [noException] : [])]
    if (isLockstep(protocol)) this.#lockstep = new LockstepRunner(campaign, protocol, this.#claims)
  }

  /**
   * @param stop asked at each step; a run that it ends counts only with what it has broken by then
   * @param lesson what the rounds before have met, in a campaign that learns
   * @throws UsageError where a handler is seen to do two different things in one state
   */
  run(first: number, count: number, stop?: () => boolean, lesson?: Lesson): BlockResult {
    const { learns, seed } = this.#campaign
    if (learns && (!this.#coverage || this.#coverage.of !== lesson?.digest)) {
      this.#coverage = { of: lesson?.digest, coverage: new Coverage(seed, lesson) }
    }
    const result = this.#lockstep?.run(first, count, stop) ?? this.#runs(first, count, stop)
    this.#audit.finish()
    for (const claim of this.#claims) assertUnchanged(claim)
    if (count >= ENOUGH_RUNS) for (const { program } of this.#tablesByKey.values()) assertHeard(program.vocabulary)
    return result
  }

  #runs(first: number, count: number, stop: (() => boolean) | undefined): BlockResult {
    const fired = new Set<string>()
    const found = new Map<string, Found>()
    const settled = new Set<string>()
    const violations: Record<string, number> = {}
    const { counts = false, seed } = this.#campaign
    let [runs, steps, decided, cut, unfinished] = [0, 0, 0, 0, 0]
    for (let run = first; run < first + count && !stop?.(); run++) {
      if (run >= PILOT) this.#pilot ??= this.#fly(stop)
      const settingContext = this.#settingContext(run, stop)
      if (!settingContext || (run >= PILOT && !this.#pilot)) break
      const result = this.#one(settingContext, run, fired, settled, stop)
      if (result.stopped && result.broken.length === 0) break
      runs++
      steps += result.entries.length
      if (result.reached) decided++
      if (result.cut) cut++
      if (result.unfinished) unfinished++
      if (this.#isChecked(run) && !result.stopped) this.#pure(run, () => this.#check(settingContext, run, result))
      for (const broken of result.broken) {
        const { claim } = broken
        const isKnown = found.has(claim)
        if (!isKnown || this.#restrained) {
          const proven = this.#pure(run, () => provenViolation(settingContext, this.#claims, seed, run, result, broken))
          if (this.#restrained?.offends(settingContext.program, proven.steps)) continue
          if (!isKnown) found.set(claim, proven)
        }
        violations[claim] = (violations[claim] ?? 0) + 1
        // A claim that is known to be broken is worth no further healed run, unless runs are counted.
        if (!counts) settled.add(claim)
      }
      if (isMadeAgain(run - this.#campaign.firstRun, this.#strategies, this.#schedulers) && !this.#coverage)
        assertSameRun(run, result.entries, () => this.#one(settingContext, run, new Set(), new Set()).entries)
      if (settingContext.sharedTables.isFull) this.#startAfresh()
    }
    const totals = { first, runs, steps, decided, cut, unfinished, ...(runs < count ? { stopped: true as const } : {}) }
    const news = this.#coverage ? { news: this.#coverage.coverage.take() } : {}
    const counted = counts ? { violations } : {}
    return { ...totals, fired: [...fired].sort(), found: [...found.values()], ...counted, ...news }
  }

  /** Where the engines do not agree, a handler that is no function may be the reason: that is reported first. */
  #pure<T>(run: number, tell: () => T): T {
    try {
      return tell()
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      const { settings, counts } = this.#campaign
      const audit = new Audit(ALL_OF_A_RUN)
      const setting = settings[run % settings.length]!
      const afresh = new SettingContext(this.#protocol, setting, this.#claims, undefined, counts, audit)
      this.#one(afresh, run, new Set(), new Set())
      audit.finish()
      throw error
    }
  }

  #isChecked(run: number): boolean {
    return run - this.#campaign.firstRun < FIRST_CHECKED || run % CHECKED_EVERY === 0
  }

  /** Replays a run on the reference, which also checks what correct replicas send against their own proofs. */
  #check(settingContext: SettingContext, run: number, { entries }: RunResult): void {
    const { system } = replayOnReference(settingContext, entries, settingContext.world.coalition.offered())
    const crashed = entries.flatMap(({ kind, at }) => (kind === 'crash' ? [at] : []))
    if (digestOf(system) === digestOf(systemOf(settingContext.world, crashed))) return
    throw new HarnessError(`run ${run} of seed ${this.#campaign.seed} ends in another state on the reference`)
  }

  #startAfresh(): void {
    this.#settingContexts.clear()
    for (const [key, sharedTables] of this.#tablesByKey) {
      this.#tablesByKey.set(key, new SharedTables(sharedTables.program, sharedTables))
    }
  }

  /** Nothing if it was stopped on the way: what is known of the universe by then is no part of a result. */
  #settingContext(run: number, stop?: () => boolean): SettingContext | undefined {
    const { settings, counts } = this.#campaign
    const index = run % settings.length
    let settingContext = this.#settingContexts.get(index)
    if (!settingContext) {
      const key = keyForCode(settings[index]!)
      const known = this.#tablesByKey.get(key)
      settingContext = new SettingContext(
        this.#protocol,
        settings[index]!,
        this.#claims,
        known,
        counts,
        this.#audit,
        stop,
      )
      if (stop?.()) return undefined
      this.#tablesByKey.set(key, settingContext.sharedTables)
      this.#settingContexts.set(index, settingContext)
    }
    return settingContext
  }

  #one(
    settingContext: SettingContext,
    run: number,
    fired: Set<string>,
    settled: ReadonlySet<string>,
    stop?: () => boolean,
  ) {
    const { seed, settings, maxSteps } = this.#campaign
    const coverage = this.#coverage?.coverage
    const choices = coverage?.choices(run, run % settings.length) ?? drawnChoices(seed, run)
    const features = this.#features(settingContext, run, choices, stop)
    const watched = coverage ? { ...features, chooser: coverage.watch(features.chooser) } : features
    const bound = this.#restrained?.commitments(settingContext.setting)
    const result = new Run(settingContext, watched, choices, fired, settled, bound).go(maxSteps, stop)
    coverage?.end(run, settingContext.world, result.broken.length > 0)
    return result
  }

  /** The first runs go by nothing but the dice. */
  #features(settingContext: SettingContext, run: number, choices: Choices, stop?: () => boolean): Features {
    if (this.#schedulers.length === 0) {
      throw new UsageError('no scheduler is left to choose from', 'leave out --scheduler')
    }
    if (this.#planned.isPlanned(run)) {
      const planned = this.#planned.features(run, choices, (setting) => this.#settingContext(setting, stop), stop)
      if (planned) return planned
    }
    if (run >= PILOT) {
      const { shares, known } = this.#pilot!
      return drawFeatures(settingContext, choices, this.#strategies, this.#drawn, shares, known)
    }
    const plain = this.#drawn.filter((scheduler) => scheduler !== goalDirected)
    return drawFeatures(settingContext, choices, this.#strategies, plain.length > 0 ? plain : this.#drawn)
  }

  /** Makes the pilot. Nothing if it was stopped on the way. */
  #fly(stop?: () => boolean): Flown | undefined {
    const pilot = new Pilot()
    for (let run = 0; run < PILOT; run++) {
      const settingContext = this.#settingContext(run, stop)
      if (!settingContext) return undefined
      const choices = drawnChoices(this.#campaign.seed, run)
      const features = this.#features(settingContext, run, choices)
      const watched = { ...features, chooser: pilot.watch(features.chooser) }
      const bound = this.#restrained?.commitments(settingContext.setting)
      const made = new Run(settingContext, watched, choices, new Set(), new Set(), bound)
      const { stopped } = made.go(this.#campaign.maxSteps, stop)
      if (stopped) return undefined
      pilot.end(settingContext.world, features)
      if (settingContext.sharedTables.isFull) this.#startAfresh()
    }
    const names = [this.#schedulers, this.#strategies].map((list) => list.map(({ name }) => name))
    return { shares: pilot.finish(names), known: { graph: pilot.graph } }
  }
}
