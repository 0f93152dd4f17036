import { BLOCK } from '../../fuzz/campaign/campaign.ts'
import type { Campaign } from '../../fuzz/campaign/result.ts'
import { UsageError } from '../../model/index.ts'
import type { Session } from '../flags/session.ts'
import type { Engines } from '../workers/engines.ts'
import { settled } from '../workers/outcome.ts'
import { ShardPool } from './shard-pool.ts'

/** What a shard is to take, in milliseconds: long enough for the queue to cost nothing, short enough to be done again. */
const WANTED = 10_000
/** At least so many shards, where there is enough to do. */
const FEWEST = 40
const MOST_BLOCKS = 5_000

/**
 * How many runs take some seconds here: two blocks are run to see. The size of shards is no part of a result.
 * @returns nothing for a command that makes no campaign of runs
 */
export async function measuredRuns(command: readonly string[], session: Session): Promise<number | undefined> {
  if (command[0] !== 'fuzz') return undefined
  const campaign = await campaignOf(command, session)
  if (!campaign) return undefined
  const pool = new ShardPool(1)
  const took = async (first: number): Promise<number> => {
    const began = session.io.now()
    settled(await pool.do({ kind: 'blocks', campaign, first, count: Math.min(BLOCK, campaign.runs) }))
    return session.io.now() - began
  }
  try {
    await took(campaign.firstRun)
    const block = Math.max(1, await took(campaign.firstRun))
    const enough = Math.floor(campaign.runs / BLOCK / FEWEST)
    const blocks = Math.min(MOST_BLOCKS, Math.round(WANTED / block), enough)
    return BLOCK * Math.max(1, blocks)
  } finally {
    await pool.close()
  }
}

/** The campaign that a command would run. */
async function campaignOf(command: readonly string[], session: Session): Promise<Campaign | undefined> {
  let asked: Campaign | undefined
  const engines: Engines = {
    ...session.engines,
    runCampaign: async (campaign) => {
      asked = campaign
      throw new UsageError('only asked what it would do', 'nothing is wrong')
    },
  }
  const { cwd, now, environment } = session.io
  await session.run(command, { cwd, now, environment, isTTY: false, stdout: () => {}, stderr: () => {} }, engines)
  return asked
}
