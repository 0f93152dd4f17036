import { Dispatcher, type Places, type ShardProgress } from '../campaign/dispatcher.ts'
import { type Answer, arrived } from '../campaign/shard.ts'
import { UsageError } from '../model/index.ts'
import type { Act, CampaignFlags } from './campaign.ts'
import { type AskedCampaign, askedOf, assertOwn } from './campaign-asked.ts'
import { campaignCommand, type Made, make, RESULT } from './campaign-command.ts'
import { CampaignEngines } from './campaign-engines.ts'
import { DEFAULT_WORKERS } from './engines.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { Output } from './io.ts'
import { answerOf } from './outcome.ts'
import { type Progress, progress } from './progress.ts'
import type { Session } from './session.ts'
import { readShards, ShardFile } from './shard-file.ts'
import { ShardPool } from './shard-pool.ts'

export const DEFAULT_OUT = 'out/campaign'
export const SHARDS = 'shards.jsonl'

export const runCampaign: Act = async (words, flags, output, session) => {
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
    const engines = new CampaignEngines(dispatcher, asked.heading.shardRuns)
    return tell(await make(asked.heading.command, folder, session, engines.on(session.engines)), folder, output)
  } finally {
    watch.bar.stop()
    await pool.close()
  }
}

/** Shards done on threads of this machine, and written down. */
export function onPool(
  pool: ShardPool,
  { files }: AskedCampaign,
  known: ReadonlyMap<string, Answer>,
  file: ShardFile,
): Places {
  return {
    ...{ files, known },
    keep: (id, answer) => file.add(id, answer),
    // One more than there are threads, so that none waits.
    window: () => pool.threads + 1,
    // Over the same way as from another machine: what is lost on it is lost everywhere.
    start: async (shard) => plain(answerOf(await pool.do(arrived(shard, files, () => true)))),
  }
}

function plain(answer: Answer): Answer {
  return JSON.parse(JSON.stringify(answer))
}

export interface Watching {
  readonly bar: Progress
  readonly tell: (progress: ShardProgress) => void
}

/** Shows how many shards are done; whoever cuts the command off hears where they are. */
export function watched(output: Output, file: ShardFile): Watching {
  let total = 0
  let bar: Progress = progress(output, 1, 'shards')
  const tell = ({ done, asked }: ShardProgress): void => {
    if (asked > total) {
      total = asked
      bar = progress(output, total, 'shards')
    }
    bar.update(done)
    output.keep(() => ({
      lines: [`${done} of ${asked} shards that were asked for by now are in ${file.shown}; the same command goes on`],
      json: { command: 'campaign', done, asked, file: file.shown },
      code: EXIT.inconclusive,
    }))
  }
  return { bar: { update: (...so) => bar.update(...so), stop: () => bar.stop() }, tell }
}

/** Prints what the command of a campaign has printed. */
export function tell({ code, text, json }: Made, folder: string, output: Output): ExitCode {
  const hasFailed = code === EXIT.usage || code === EXIT.internal
  if (hasFailed) {
    output.io.stderr(text)
    output.json(json)
    return code
  }
  output.io[output.flags.json ? 'stderr' : 'stdout'](text)
  output.remark(`in ${folder}: ${RESULT} and all that it names`)
  output.json(json)
  return code
}
