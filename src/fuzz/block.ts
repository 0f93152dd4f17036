import { type Strategy, strategies } from '../adversary/index.ts'
import { systemOf } from '../kernel/index.ts'
import {
  assertClaims,
  assertCounted,
  assertHeard,
  type Claim,
  HarnessError,
  isLockstep,
  type Protocol,
  UsageError,
} from '../model/index.ts'
import { digestOf } from '../system/digest-of.ts'
import { Audit, brokenBySteps, noException, take } from '../system/index.ts'
import { Arena, Ground } from './arena.ts'
import { type Choices, drawn } from './choices.ts'
import type { Chooser } from './chooser.ts'
import { choosers } from './choosers.ts'
import { Coverage } from './coverage.ts'
import type { Entry } from './entry.ts'
import { drawFeatures, type Features } from './features.ts'
import { goalDirected } from './goal-directed.ts'
import type { Broken } from './judging.ts'
import type { Lesson, News } from './lesson.ts'
import { LockstepRunner } from './lockstep.ts'
import { PILOT, Pilot, type Shares } from './pilot.ts'
import { recount } from './recount.ts'
import type { Campaign, Found } from './result.ts'
import { Run, type RunResult } from './run.ts'

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
/** Runs after which it is known what is asked for. */
const ENOUGH_RUNS = 100
/** Where something is wrong, all of one run are. */
const ALL_OF_A_RUN = 1_000_000

/** What some consecutive runs brought: plain data, so that it can cross from one thread to another. */
export interface BlockResult {
  readonly first: number
  readonly runs: number
  readonly steps: number
  readonly decided: number
  readonly cut: number
  readonly unfinished: number
  readonly fired: readonly string[]
  /** The first violation of each claim within the block. */
  readonly found: readonly Found[]
  /** How many runs violated each claim that was violated, in a campaign that counts. */
  readonly violations?: Readonly<Record<string, number>>
  /** What its runs met that the lesson did not know, in a campaign that learns: run by run. */
  readonly news?: readonly News[]
  /** Was it stopped before all of its runs were made? */
  readonly stopped?: true
}

/** Runs blocks of one campaign, keeping the arenas between them. */
export class BlockRunner {
  readonly #campaign: Campaign
  readonly #strategies: readonly Strategy[]
  readonly #schedulers: readonly Chooser[]
  readonly #protocol: Protocol
  readonly #claims: readonly Claim<any>[]
  readonly #arenas = new Map<number, Arena>()
  readonly #grounds: Map<string, Ground>
  readonly #lockstep: LockstepRunner | undefined
  /** What the first runs tell the later ones, once one of those is asked for. */
  #pilot: { readonly pilot: Pilot; readonly shares: Shares } | undefined
  readonly #audit = new Audit(MOST_AUDITED, AUDITED_FIRST, AUDITED_EVERY)
  #coverage: { readonly of: string | undefined; readonly coverage: Coverage } | undefined

  /** @param grounds what campaigns over the same protocol have in common; it makes them faster, and no different */
  constructor(
    campaign: Campaign,
    protocol: Protocol,
    claims: readonly Claim<any>[],
    grounds: Map<string, Ground> = new Map(),
  ) {
    assertClaims(claims, protocol.subject, [protocol])
    for (const setting of campaign.settings) assertCounted(claims, setting)
    this.#campaign = campaign
    this.#strategies = strategies.filter(({ name }) => campaign.strategies.includes(name))
    this.#schedulers = choosers.filter(({ name }) => campaign.schedulers.includes(name))
    this.#protocol = protocol
    this.#grounds = grounds
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
    // In a few runs, not all that a rule asks for is asked.
    if (count >= ENOUGH_RUNS) for (const { program } of this.#grounds.values()) assertHeard(program.vocabulary)
    return result
  }

  #runs(first: number, count: number, stop: (() => boolean) | undefined): BlockResult {
    const fired = new Set<string>()
    const found = new Map<string, Found>()
    const settled = new Set<string>()
    const violations: Record<string, number> = {}
    const { counts = false } = this.#campaign
    let [runs, steps, decided, cut, unfinished] = [0, 0, 0, 0, 0]
    for (let run = first; run < first + count && !stop?.(); run++) {
      if (run >= PILOT) this.#pilot ??= this.#fly(stop)
      const arena = this.#arena(run, stop)
      if (!arena || (run >= PILOT && !this.#pilot)) break
      const result = this.#one(arena, run, fired, settled, stop)
      if (result.stopped && result.broken.length === 0) break
      runs++
      steps += result.entries.length
      if (result.reached) decided++
      if (result.cut) cut++
      if (result.unfinished) unfinished++
      if (this.#isChecked(run) && !result.stopped) this.#pure(run, () => this.#check(arena, run, result))
      for (const broken of result.broken) {
        violations[broken.claim] = (violations[broken.claim] ?? 0) + 1
        if (found.has(broken.claim)) continue
        // A claim that is known to be broken is worth no further healed run, unless runs are counted.
        if (!counts) settled.add(broken.claim)
        found.set(
          broken.claim,
          this.#pure(run, () => this.#proven(arena, run, result.entries, broken, result.named)),
        )
      }
      if (arena.ground.isFull) this.#startAfresh()
    }
    const totals = { first, runs, steps, decided, cut, unfinished, ...(runs < count ? { stopped: true as const } : {}) }
    const news = this.#coverage ? { news: this.#coverage.coverage.take() } : {}
    const counted = counts ? { violations } : {}
    return { ...totals, fired: [...fired].sort(), found: [...found.values()], ...counted, ...news }
  }

  /** Where the engines do not agree, a handler that is no function may be the reason: that is said first. */
  #pure<T>(run: number, tell: () => T): T {
    try {
      return tell()
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      const { settings, counts } = this.#campaign
      const audit = new Audit(ALL_OF_A_RUN)
      const setting = settings[run % settings.length]!
      this.#one(new Arena(this.#protocol, setting, this.#claims, undefined, counts, audit), run, new Set(), new Set())
      audit.finish()
      throw error
    }
  }

  #isChecked(run: number): boolean {
    return run - this.#campaign.firstRun < FIRST_CHECKED || run % CHECKED_EVERY === 0
  }

  /** Tells a run again on the reference, which also holds what correct replicas say against their own proofs. */
  #check(arena: Arena, run: number, { entries }: RunResult): void {
    const { system } = recount(arena, entries, arena.world.coalition.offered())
    const crashed = entries.flatMap(({ kind, at }) => (kind === 'crash' ? [at] : []))
    if (digestOf(system) === digestOf(systemOf(arena.world, crashed))) return
    throw new HarnessError(`run ${run} of seed ${this.#campaign.seed} ends in another state on the reference`)
  }

  #startAfresh(): void {
    this.#arenas.clear()
    for (const [key, ground] of this.#grounds) {
      this.#grounds.set(key, new Ground(ground.program, ground))
    }
  }

  /** Nothing if it was stopped on the way: what is known of the universe by then is no part of a result. */
  #arena(run: number, stop?: () => boolean): Arena | undefined {
    const { settings, counts } = this.#campaign
    const index = run % settings.length
    let arena = this.#arenas.get(index)
    if (!arena) {
      const key = Ground.key(settings[index]!)
      const known = this.#grounds.get(key)
      arena = new Arena(this.#protocol, settings[index]!, this.#claims, known, counts, this.#audit, stop)
      if (stop?.()) return undefined
      this.#grounds.set(key, arena.ground)
      this.#arenas.set(index, arena)
    }
    return arena
  }

  #one(arena: Arena, run: number, fired: Set<string>, settled: ReadonlySet<string>, stop?: () => boolean) {
    const { seed, settings, maxSteps } = this.#campaign
    const coverage = this.#coverage?.coverage
    const choices = coverage?.choices(run, run % settings.length) ?? drawn(seed, run)
    const features = this.#features(arena, run, choices)
    const named = { scheduler: features.chooser.name, strategies: features.strategies.map(({ name }) => name) }
    const watched = coverage ? { ...features, chooser: coverage.watch(features.chooser) } : features
    const result = new Run(arena, watched, choices, fired, settled).go(maxSteps, stop)
    coverage?.end(run, arena.world, result.broken.length > 0)
    return { ...result, named }
  }

  /** The first runs go by nothing but the dice. */
  #features(arena: Arena, run: number, choices: Choices): Features {
    if (this.#schedulers.length === 0) {
      throw new UsageError('no scheduler is left to choose from', 'leave out --scheduler')
    }
    const [strategies, schedulers] = [this.#strategies, this.#schedulers]
    if (run >= PILOT) {
      const { shares, pilot } = this.#pilot!
      return { ...drawFeatures(arena, choices, strategies, schedulers, shares), graph: pilot.graph }
    }
    const plain = schedulers.filter((scheduler) => scheduler !== goalDirected)
    return drawFeatures(arena, choices, strategies, plain.length > 0 ? plain : schedulers)
  }

  /** Makes the pilot. Nothing if it was stopped on the way. */
  #fly(stop?: () => boolean): { readonly pilot: Pilot; readonly shares: Shares } | undefined {
    const pilot = new Pilot()
    for (let run = 0; run < PILOT; run++) {
      const arena = this.#arena(run, stop)
      if (!arena) return undefined
      const choices = drawn(this.#campaign.seed, run)
      const features = this.#features(arena, run, choices)
      const watched = { ...features, chooser: pilot.watch(features.chooser) }
      const { stopped } = new Run(arena, watched, choices, new Set()).go(this.#campaign.maxSteps, stop)
      if (stopped) return undefined
      pilot.end(arena.world, features)
      if (arena.ground.isFull) this.#startAfresh()
    }
    const names = [this.#schedulers, this.#strategies].map((list) => list.map(({ name }) => name))
    return { pilot, shares: pilot.finish(names) }
  }

  /** Replays a violation on the reference before anybody hears of it. */
  #proven(
    arena: Arena,
    run: number,
    entries: readonly Entry[],
    broken: Broken,
    named: { readonly scheduler: string; readonly strategies: readonly string[] },
  ): Found {
    const { program } = arena
    const { steps } = recount(arena, entries.slice(0, broken.length), arena.world.coalition.offered())
    const claim = this.#claims.find(({ name }) => name === broken.claim)
    const witness = claim && brokenBySteps(claim, take(program, steps))
    if (witness === undefined) {
      throw new HarnessError(
        `run ${run} of seed ${this.#campaign.seed} broke ${broken.claim} (${broken.witness}), but its replay does not`,
      )
    }
    return { claim: broken.claim, witness, run, setting: arena.setting, ...named, steps, healed: broken.healed }
  }
}
