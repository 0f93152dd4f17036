import { type Strategy, strategies } from '../adversary/index.ts'
import { BlockRunner } from '../fuzz/campaign/block.ts'
import { BLOCK } from '../fuzz/campaign/campaign.ts'
import { isScripted, sceneOf } from '../fuzz/campaign/lockstep.ts'
import type { Campaign, Found } from '../fuzz/campaign/result.ts'
import { SettingContext, type SharedTables } from '../fuzz/run/setting-context.ts'
import { choosers } from '../fuzz/schedule/choosers.ts'
import { type Claim, isLockstep, keyForCode, type Protocol, remembered, type Setting } from '../model/index.ts'
import { noException } from '../system/index.ts'
import type { StrategyTally } from './cell.ts'
import type { Stratum } from './strata.ts'

/** Runs of one point for some claims. */
export interface SearchTask {
  readonly protocol: Protocol
  readonly claims: readonly Claim<any>[]
  /** Names of the claims to judge, all of them in `claims`. Exceptions in rules are looked for besides. */
  readonly asked: readonly string[]
  readonly coalitions: readonly { readonly stratum: Stratum; readonly setting: Setting }[]
  /** Names of strategies, in the order in which they are tried. */
  readonly strategies: readonly string[]
  /** Runs of each strategy, shared among the coalitions. */
  readonly runs: number
  /** How many of these were made before. */
  readonly after: number
  readonly seed: number
  readonly maxSteps: number
  /** Are all runs made, or is a claim left alone once it is broken? */
  readonly rates: boolean
}

/** What the runs say about each claim. */
export interface SearchedRuns {
  readonly tallies: ReadonlyMap<string, readonly StrategyTally[]>
  /** The first violation of each claim. */
  readonly found: ReadonlyMap<string, Found>
}

/** The strategy where nobody is Byzantine. */
export const NONE = 'none'

/** A violation that is easy to find is found in few runs: blocks begin small and double. */
const FIRST_BLOCK = 10

/** Tries one strategy after the other, so that each has figures of its own. */
export function searchPoint(task: SearchTask): SearchedRuns {
  const { protocol, claims, asked, coalitions } = task
  const tallies = new Map<string, StrategyTally[]>(asked.map((claim) => [claim, []]))
  const found = new Map<string, Found>()
  const tablesByKey = new Map<string, SharedTables>()
  const suitable = coalitions.map(({ setting }) => suitableIn(protocol, claims, setting, tablesByKey))
  const names = coalitions.some(({ stratum }) => stratum === 'nobody') ? [NONE] : task.strategies
  for (const strategy of names) {
    for (const [i, { stratum, setting }] of coalitions.entries()) {
      if (strategy !== NONE && !suitable[i]!.some(({ name }) => name === strategy)) continue
      const open = asked.filter((claim) => task.rates || !found.has(claim))
      const first = share(task.after, i, coalitions.length)
      const runs = share(task.runs, i, coalitions.length) - first
      if (open.length === 0 || runs <= 0) continue
      const { violations, decided, firsts, made } = tally(task, strategy, setting, open, { first, runs }, tablesByKey)
      for (const hit of firsts.values()) if (!found.has(hit.claim)) found.set(hit.claim, hit)
      // An exception in a rule is a finding under any claim.
      for (const claim of new Set([...open, ...firsts.keys()])) {
        const firstRun = firsts.get(claim)?.run
        const one = {
          ...{ strategy, stratum, byzantine: setting.byzantine, runs: made },
          ...{ violations: violations.get(claim) ?? 0, decided },
          ...(firstRun === undefined ? {} : { firstRun }),
        }
        remembered(tallies, claim, () => []).push(one)
      }
    }
  }
  return { tallies, found }
}

/** The part of the i-th of several; the first ones get what does not divide. */
function share(total: number, i: number, count: number): number {
  return Math.floor((total + count - 1 - i) / count)
}

/** Strategies that make sense in a setting. */
function suitableIn(
  protocol: Protocol,
  claims: readonly Claim<any>[],
  setting: Setting,
  tablesByKey: Map<string, SharedTables>,
): readonly Strategy[] {
  if (isLockstep(protocol)) {
    const scene = sceneOf(protocol, setting)
    return strategies.filter((strategy) => isScripted(scene, strategy))
  }
  const key = keyForCode(setting)
  const { scene, sharedTables } = new SettingContext(protocol, setting, claims, tablesByKey.get(key))
  tablesByKey.set(key, sharedTables)
  return strategies.filter((strategy) => strategy.suits?.(scene) ?? true)
}

/** The runs of one strategy and coalition, until every claim is broken or all are made. */
function tally(
  { protocol, claims, seed, maxSteps, rates }: SearchTask,
  strategy: string,
  setting: Setting,
  asked: readonly string[],
  { first, runs }: { readonly first: number; readonly runs: number },
  tablesByKey: Map<string, SharedTables>,
) {
  const campaign: Campaign = {
    ...{ subject: protocol.subject, settings: [setting], runs, firstRun: first, seed, maxSteps },
    claims: [...new Set([...asked, noException.name])],
    strategies: [strategy],
    schedulers: choosers.map(({ name }) => name),
    counts: true,
  }
  const runner = new BlockRunner(campaign, protocol, claims, tablesByKey)
  const violations = new Map<string, number>()
  const firsts = new Map<string, Found>()
  let [decided, made] = [0, 0]
  for (let size = FIRST_BLOCK; made < runs; size = Math.min(2 * size, BLOCK)) {
    const block = runner.run(first + made, Math.min(rates ? BLOCK : size, runs - made))
    made += block.runs
    decided += block.decided
    for (const [claim, count] of Object.entries(block.violations ?? {})) {
      violations.set(claim, (violations.get(claim) ?? 0) + count)
    }
    for (const found of block.found) if (!firsts.has(found.claim)) firsts.set(found.claim, found)
    if (!rates && asked.every((claim) => firsts.has(claim))) break
  }
  return { violations, decided, firsts, made }
}
