import { Dispatcher } from '../../campaign/dispatcher.ts'
import { UsageError } from '../../model/index.ts'
import type { Session } from '../flags/session.ts'
import type { ExitCode } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'
import { DEFAULT_WORKERS } from '../workers/engines.ts'
import { type AskedCampaign, askedOf, assertOwn } from './campaign-asked.ts'
import { campaignCommand, make } from './campaign-command.ts'
import { CampaignEngines } from './campaign-engines.ts'
import type { Act, CampaignFlags } from './campaign-flags.ts'
import { DEFAULT_OUT, onPool, SHARDS, tell, watched } from './campaign-places.ts'
import { readShards, ShardFile } from './shard-file.ts'
import { ShardPool } from './shard-pool.ts'

export const runCampaign: Act = async (words, flags, output, session) => {
  if (flags.redis !== undefined && flags.shard !== undefined) {
    throw new UsageError('--redis and --shard exclude each other: each says who does the shards', 'give one of the two')
  }
  const asked = askedOf(campaignCommand(words), flags, session)
  if (flags.redis !== undefined) return (await import('./campaign-queue.ts')).onQueue(asked, flags, output, session)
  if (flags.shard !== undefined) return (await import('./campaign-turn.ts')).oneTurn(asked, flags, output, session)
  return onThreads(asked, flags, output, session)
}

/** Goes on with a campaign from what its folder holds. */
export const resumeCampaign: Act = async (words, flags, output, session) => {
  if (words.length > 0) throw new UsageError('a campaign is resumed by its folder', 'name the folder with --out')
  const folder = flags.out ?? DEFAULT_OUT
  const shown = `${folder}/${SHARDS}`
  const found = await readShards(shown, session.io.cwd)
  if (!found) throw new UsageError(`there is no ${shown} to go on from`, 'name the folder of a campaign with --out')
  const { heading } = found
  const asked = askedOf(campaignCommand(heading.command), { ...flags, shardRuns: heading.shardRuns }, session)
  assertOwn(asked.heading, heading, shown)
  if (flags.redis !== undefined) return (await import('./campaign-queue.ts')).onQueue(asked, flags, output, session)
  return onThreads(asked, flags, output, session)
}

/** The whole campaign on threads of this machine. What is done is in the folder, and is not done again. */
async function onThreads(
  asked: AskedCampaign,
  flags: CampaignFlags,
  output: Output,
  session: Session,
): Promise<ExitCode> {
  const folder = flags.out ?? DEFAULT_OUT
  const file = await ShardFile.open(`${folder}/${SHARDS}`, session.io.cwd, asked.heading)
  const pool = new ShardPool(flags.workers ?? DEFAULT_WORKERS)
  const watch = watched(output, file)
  try {
    const dispatcher = new Dispatcher({ ...onPool(pool, asked, file.answers, file), onProgress: watch.tell })
    const { shardRuns, command } = asked.heading
    const engines = new CampaignEngines(dispatcher, { shardRuns, shrinks: true })
    return tell(await make(command, folder, session, engines), folder, output)
  } finally {
    watch.bar.stop()
    await pool.close()
  }
}
