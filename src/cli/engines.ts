import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { strategies } from '../adversary/index.ts'
import type { BlockResult } from '../fuzz/block.ts'
import { BLOCK, inBlocks, ruleNames, runHere } from '../fuzz/campaign.ts'
import { choosers } from '../fuzz/choosers.ts'
import type { Campaign, CampaignResult } from '../fuzz/result.ts'
import type { Named } from '../report/list-text.ts'
import { answerOf, type Outcome } from './outcome.ts'
import type { Resolved } from './subjects.ts'
import type { BlockRequest } from './worker.ts'

/** What a campaign tells while it runs. */
export interface CampaignOptions {
  readonly workers: number
  readonly onProgress?: (done: { runs: number; steps: number; violated: readonly string[] }) => void
  readonly stop?: () => boolean
}

/** What the commands need of the fuzzer. */
export interface Engines {
  readonly runCampaign: (campaign: Campaign, resolved: Resolved, options: CampaignOptions) => Promise<CampaignResult>
  readonly strategies: readonly Named[]
  readonly schedulers: readonly Named[]
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
  const pool = new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    maxThreads: options.workers,
    minThreads: options.workers,
  })
  try {
    const runBlock = async (first: number, count: number): Promise<BlockResult> => {
      const outcome: Outcome<BlockResult> = await pool.run({ campaign, first, count } satisfies BlockRequest)
      return answerOf(outcome)
    }
    // One block more than there are threads, so that none waits for the merging.
    const parallel = options.workers + 1
    return await inBlocks(campaign, ruleNames(protocol, campaign), runBlock, { ...options, parallel })
  } finally {
    await pool.destroy()
  }
}

export const engines: Engines = { runCampaign: onThreads, strategies, schedulers: choosers }
