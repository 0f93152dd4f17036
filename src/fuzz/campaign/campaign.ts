import { type Claim, program as inSetting, type Law, type Protocol } from '../../model/index.ts'
import { noException } from '../../system/index.ts'
import { assertCampaign } from './asked.ts'
import { BlockRunner } from './block.ts'
import { Learned, type LearningRound, type Lesson, learningRounds } from './lesson.ts'
import { type BlockResult, type Campaign, type CampaignResult, type ClaimResult, type Found, TOTALS } from './result.ts'

/** Runs in one block. A campaign's result is cut at the end of a block, so this number is part of every result. */
export const BLOCK = 200

/** Runs blocks somewhere: in this thread, or on workers. */
export type RunBlock = (first: number, count: number, round: LearningRound) => Promise<BlockResult>

export interface CampaignProgress {
  readonly runs: number
  readonly steps: number
  readonly violated: readonly string[]
  /** What would be the result if it ended now. */
  readonly result: () => CampaignResult
}

export interface CampaignOptions {
  /** Blocks that are under way at the same time. */
  readonly parallel?: number
  /** Waited for before the campaign goes on. */
  readonly onProgress?: (progress: CampaignProgress) => void | Promise<void>
  /**
   * Asked before each block, and by blocks in this thread at each step; a campaign that is stopped says how many runs it
   * made, one after the other from the first. What a later run has found by then is found all the same.
   */
  readonly stop?: () => boolean
  /** What a correct replica never does: for a campaign whose coalition is restricted. */
  readonly law?: Law | undefined
}

/**
 * Runs a campaign, block by block in order, until every claim is violated or all runs are made; one that counts makes
 * all of its runs. Blocks are merged in the order of their runs, whatever order they finish in, so the result is the
 * same for any number of workers. A campaign that learns waits for the last block of a round before the next one begins.
 */
export async function inBlocks(
  campaign: Campaign,
  ruleNames: readonly string[],
  runBlock: RunBlock,
  options: CampaignOptions = {},
): Promise<CampaignResult> {
  const merged = new Merge(campaign, ruleNames)
  for (const { first, end } of learningRounds(campaign.firstRun, campaign.runs, campaign.learns)) {
    const { lesson } = merged
    await oneRound(merged, { first, end, ...(lesson ? { lesson } : {}) }, runBlock, options)
    if (merged.isDone || merged.isStopped || options.stop?.()) break
  }
  return merged.result
}

async function oneRound(
  merged: Merge,
  round: LearningRound,
  runBlock: RunBlock,
  options: CampaignOptions,
): Promise<void> {
  const { parallel = 1, onProgress, stop } = options
  const waiting: Promise<BlockResult>[] = []
  let next = round.first
  while (!merged.isDone && (waiting.length > 0 || next < round.end)) {
    while (waiting.length < parallel && next < round.end && !stop?.()) {
      const count = Math.min(BLOCK, round.end - next)
      const block = runBlock(next, count, round)
      // Its failure is reported when its turn comes.
      block.catch(() => {})
      waiting.push(block)
      next += count
    }
    const block = waiting.shift()
    if (!block) break
    merged.add(await block)
    await onProgress?.(merged.progress)
  }
}

class Merge {
  readonly #campaign: Campaign
  readonly #ruleNames: readonly string[]
  readonly #found = new Map<string, Found>()
  readonly #fired = new Set<string>()
  readonly #violations = new Map<string, number>()
  readonly #totals = { runs: 0, steps: 0, decided: 0, cut: 0, unfinished: 0 }
  #isStopped = false
  readonly #learned: Learned | undefined

  constructor(campaign: Campaign, ruleNames: readonly string[]) {
    this.#campaign = campaign
    if (campaign.learns) this.#learned = new Learned()
    this.#ruleNames = ruleNames
  }

  get isDone(): boolean {
    if (this.#campaign.counts) return false
    const wanted = this.#campaign.claims.filter((claim) => claim !== noException.name)
    return wanted.length > 0 && wanted.every((claim) => this.#found.has(claim))
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** What is known by now, if anything is: nobody learns from nothing. */
  get lesson(): Lesson | undefined {
    return this.#learned && this.#totals.runs > 0 ? this.#learned.lesson : undefined
  }

  get progress(): CampaignProgress {
    const { runs, steps } = this.#totals
    return { runs, steps, violated: [...this.#found.keys()], result: () => this.result }
  }

  add(block: BlockResult): void {
    for (const found of block.found) if (!this.#found.has(found.claim)) this.#found.set(found.claim, found)
    if (this.#isStopped) return
    this.#isStopped = block.stopped === true
    this.#learned?.add(block)
    for (const total of TOTALS) this.#totals[total] += block[total]
    for (const rule of block.fired) this.#fired.add(rule)
    for (const [claim, count] of Object.entries(block.violations ?? {})) {
      this.#violations.set(claim, (this.#violations.get(claim) ?? 0) + count)
    }
  }

  get result(): CampaignResult {
    const claims: ClaimResult[] = this.#campaign.claims.map((claim) => {
      const found = this.#found.get(claim)
      const counted = this.#campaign.counts ? { violations: this.#violations.get(claim) ?? 0 } : {}
      if (found) return { claim, verdict: 'violated', found, ...counted }
      return { claim, verdict: this.#totals.decided === 0 ? 'vacuous' : 'not-found', ...counted }
    })
    const neverFired = this.#ruleNames.filter((name) => !this.#fired.has(name))
    const learned = this.#learned ? { states: this.#learned.states } : {}
    return { seed: this.#campaign.seed, ...this.#totals, ...learned, neverFired, claims }
  }
}

/** Runs a campaign in this thread. */
export async function runHere(
  campaign: Campaign,
  protocol: Protocol,
  claims: readonly Claim<any>[],
  options: CampaignOptions = {},
): Promise<CampaignResult> {
  const { stop, law } = options
  assertCampaign(campaign, protocol, claims, law)
  const runner = new BlockRunner(campaign, protocol, claims, undefined, law)
  return inBlocks(
    campaign,
    ruleNames(protocol, campaign),
    async (first, count, { lesson }) => runner.run(first, count, stop, lesson),
    options,
  )
}

/** The rules that a campaign could fire. */
export function ruleNames(protocol: Protocol, { settings }: Campaign): string[] {
  const { replica, client } = inSetting(protocol, settings[0]!)
  const asked = settings.some((setting) => setting.clients > 0) ? (client?.rules ?? []) : []
  return [...replica.rules, ...asked].map(({ name }) => name)
}
