import type { Piscina } from 'piscina'
import { BLOCK, inBlocks, ruleNames, runHere } from '../../fuzz/campaign/campaign.ts'
import type { LearningRound } from '../../fuzz/campaign/lesson.ts'
import type { BlockResult, Campaign, CampaignResult } from '../../fuzz/campaign/result.ts'
import { lawOf } from '../../model/index.ts'
import type { Resolved } from '../subjects/resolved.ts'
import type { RunningCampaign } from './engines.ts'
import { settled, type ThreadOutcome } from './outcome.ts'
import type { BlockRequest } from './worker.ts'

/**
 * Runs a campaign on worker threads. Blocks are merged in the order of their runs, so the result is that of one
 * thread. From TypeScript sources, and for a campaign of one block, there is nothing to gain: it runs here.
 */
export async function onThreads(
  campaign: Campaign,
  resolved: Resolved,
  options: RunningCampaign,
): Promise<CampaignResult> {
  const { protocol, subject } = resolved
  const isBuilt = import.meta.url.endsWith('.js')
  if (options.workers <= 1 || campaign.runs <= BLOCK || !isBuilt) {
    return runHere(campaign, protocol, subject.properties.claims, { ...options, law: lawOf(subject, protocol) })
  }
  const { Piscina: Pool } = await import('piscina')
  const pool = new Pool({
    filename: new URL('./worker.js', import.meta.url).href,
    maxThreads: options.workers,
    minThreads: options.workers,
  })
  const open = new Set<Promise<unknown>>()
  try {
    const runBlock = async (first: number, count: number, { lesson }: LearningRound): Promise<BlockResult> => {
      // Threads have clocks of their own, which begin at different times; the time of day they share.
      const until = options.left ? Date.now() + options.left() : undefined
      const asked: BlockRequest = {
        ...{ campaign, first, count, ...(lesson ? { lesson } : {}) },
        ...(until === undefined ? {} : { until }),
      }
      const running: Promise<ThreadOutcome<BlockResult>> = pool.run(asked)
      open.add(running)
      return settled(await running)
    }
    // One block more than there are threads, so that none waits for the merging.
    const parallel = options.workers + 1
    const result = await inBlocks(campaign, ruleNames(protocol, campaign), runBlock, { ...options, parallel })
    if (resolved.file !== undefined) await endOfThreads(pool, options.workers)
    return result
  } finally {
    // A pool that is destroyed while a thread still answers takes that answer for an error of its own.
    await Promise.allSettled(open)
    await pool.destroy()
  }
}

/** Each thread has programs of its own, if any. All threads are idle, so that each gets one of these. */
async function endOfThreads(pool: Piscina, threads: number): Promise<void> {
  const all = Array.from({ length: threads }, (): Promise<ThreadOutcome<void>> => pool.run(undefined, { name: 'end' }))
  for (const outcome of await Promise.all(all)) settled(outcome)
}
