import { availableParallelism } from 'node:os'
import { strategies } from '../adversary/index.ts'
import { check } from '../check/check.ts'
import { distinctSettings } from '../check/distinct-settings.ts'
import type { CheckRequest, CheckResult } from '../check/result.ts'
import type { BlockResult } from '../fuzz/block.ts'
import { BLOCK, type CampaignProgress, inBlocks, ruleNames, runHere } from '../fuzz/campaign.ts'
import { choosers } from '../fuzz/choosers.ts'
import type { Campaign, CampaignResult } from '../fuzz/result.ts'
import type { Claim, Protocol, Setting } from '../model/index.ts'
import type { Named } from '../report/list-text.ts'
import type { Task } from '../sweep/examine.ts'
import type { DistinctSetting } from './merged-checks.ts'
import { answerOf, type Outcome } from './outcome.ts'
import type { Resolved } from './subjects.ts'
import type { Looked } from './sweep-worker.ts'
import type { BlockRequest } from './worker.ts'

/** What a campaign tells while it runs. */
export interface CampaignOptions {
  readonly workers: number
  readonly onProgress?: (done: CampaignProgress) => void | Promise<void>
  readonly stop?: () => boolean
  /** Milliseconds that are left, where there is an end to them. */
  readonly left?: () => number
}

/** What the commands need of the fuzzer and of the exhaustive search. */
export interface Engines {
  readonly runCampaign: (campaign: Campaign, resolved: Resolved, options: CampaignOptions) => Promise<CampaignResult>
  readonly strategies: readonly Named[]
  readonly schedulers: readonly Named[]
  /** Searches everything within the bounds of one setting. */
  readonly check: (request: CheckRequest) => CheckResult
  /** One of each kind among settings that differ by renaming only. Without it, all are searched. */
  readonly distinctSettings?: (
    protocol: Protocol,
    settings: readonly Setting[],
    claims: readonly Claim<any>[],
    stops?: () => boolean,
  ) => readonly DistinctSetting[]
  /** Looks at points of a sweep, and hands over what each came to: one at a time, in any order. */
  readonly lookAtAll: (
    tasks: readonly Task[],
    workers: number,
    onLooked: (looked: Looked) => Promise<void>,
  ) => Promise<void>
  /** Do `fuzz` and `shrink` ask the exhaustive search whether anything shorter exists? */
  readonly certifies: boolean
}

/** Threads that are used unless --workers says otherwise. */
export const DEFAULT_WORKERS = availableParallelism()

/**
 * Runs a campaign on worker threads. Blocks are merged in the order of their runs, so the result is that of one
 * thread. From TypeScript sources, and for a campaign of one block, there is nothing to gain: it runs here.
 */
async function onThreads(campaign: Campaign, resolved: Resolved, options: CampaignOptions): Promise<CampaignResult> {
  const { protocol, subject } = resolved
  const isBuilt = import.meta.url.endsWith('.js')
  if (options.workers <= 1 || campaign.runs <= BLOCK || !isBuilt) {
    return runHere(campaign, protocol, subject.properties.claims, options)
  }
  const { Piscina } = await import('piscina')
  const pool = new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    maxThreads: options.workers,
    minThreads: options.workers,
  })
  const open = new Set<Promise<unknown>>()
  try {
    const runBlock = async (first: number, count: number): Promise<BlockResult> => {
      // Threads have clocks of their own, which begin at different times; the time of day they share.
      const until = options.left ? Date.now() + options.left() : undefined
      const asked: BlockRequest = { campaign, first, count, ...(until === undefined ? {} : { until }) }
      const running: Promise<Outcome<BlockResult>> = pool.run(asked)
      open.add(running)
      return answerOf(await running)
    }
    // One block more than there are threads, so that none waits for the merging.
    const parallel = options.workers + 1
    return await inBlocks(campaign, ruleNames(protocol, campaign), runBlock, { ...options, parallel })
  } finally {
    // A pool that is destroyed while a thread still answers takes that answer for an error of its own.
    await Promise.allSettled(open)
    await pool.destroy()
  }
}

export const engines: Engines = {
  runCampaign: onThreads,
  strategies,
  schedulers: choosers,
  check,
  distinctSettings,
  // A sweep brings simulations with it, which nobody else waits for.
  lookAtAll: async (...asked) => (await import('./sweep-pool.ts')).lookAtAll(...asked),
  certifies: true,
}
