import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Dispatcher, type ShardProgress } from '../../campaign/dispatcher.ts'
import type { CampaignHeading } from '../../campaign/journal.ts'
import { isTurnOf, turn } from '../../campaign/turn.ts'
import { UsageError } from '../../model/index.ts'
import { counted } from '../../report/text/numbers.ts'
import type { Session } from '../flags/session.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'
import { DEFAULT_WORKERS } from '../workers/engines.ts'
import { type AskedCampaign, askedOf, assertOwn } from './campaign-asked.ts'
import { campaignCommand, make, textOfCommand } from './campaign-command.ts'
import { CampaignEngines } from './campaign-engines.ts'
import type { Act, CampaignFlags } from './campaign-flags.ts'
import { DEFAULT_OUT, onPool, tell, watched } from './campaign-places.ts'
import { readTogether, ShardFile } from './shard-file.ts'
import { ShardPool } from './shard-pool.ts'

/** The shards of one machine out of several, into a file. */
export async function oneTurn(
  asked: AskedCampaign,
  flags: CampaignFlags,
  output: Output,
  session: Session,
): Promise<ExitCode> {
  const { cwd } = session.io
  const { index, of } = turn(flags.shard!)
  const shown = flags.out ?? `${DEFAULT_OUT}/shard-${index}-of-${of}.jsonl`
  const heading: CampaignHeading = { ...asked.heading, shard: `${index}/${of}` }
  const before = flags.with ? await readTogether(flags.with, cwd, heading) : undefined
  const file = await ShardFile.open(shown, cwd, heading)
  const known = new Map([...(before?.answers ?? []), ...file.answers])
  const pool = new ShardPool(flags.workers ?? DEFAULT_WORKERS)
  const watch = watched(output, file)
  let so: ShardProgress = { done: 0, asked: 0, fresh: 0 }
  const onProgress = (progress: ShardProgress): void => {
    so = progress
    watch.tell(progress)
  }
  // What the command itself would make is made by who merges.
  const unused = await mkdtemp(join(tmpdir(), 'turncoat-'))
  try {
    const places = { ...onPool(pool, asked, known, file), isMine: isTurnOf({ index, of }), onProgress }
    const engines = new CampaignEngines(new Dispatcher(places), { shardRuns: heading.shardRuns })
    const made = await make(heading.command, unused, session, engines)
    const hasFailed = made.code === EXIT.usage || made.code === EXIT.internal
    if (hasFailed && !engines.isTurnOver) return tell(made, shown, output)
    await file.begin()
  } finally {
    watch.bar.stop()
    await pool.close()
    await rm(unused, { recursive: true, force: true })
  }
  output.say(`machine ${index} of ${of}: ${counted(so.fresh, 'shard')} done, all of its turn are in ${shown}`)
  output.remark('when all machines are done: turncoat campaign merge FILE…')
  output.json({ command: 'campaign', shard: heading.shard, file: shown, done: so.fresh })
  return EXIT.holds
}

/** The result of a campaign from the files of all machines. */
export const mergeCampaign: Act = async (words, flags, output, session) => {
  if (words.length === 0) throw new UsageError('there is nothing to merge', 'name the files of all machines')
  const { heading, answers } = await readTogether(words, session.io.cwd)
  const { shard: _, ...whole } = heading
  const asked = askedOf(campaignCommand(whole.command), { shardRuns: whole.shardRuns }, session)
  assertOwn(asked.heading, whole, words[0]!)
  const missing: number[] = []
  const dispatcher = new Dispatcher({
    ...{ files: asked.files, known: answers, keep: async () => {}, window: () => 1 },
    isMine: (number) => {
      missing.push(number)
      return false
    },
    start: () => Promise.reject(new UsageError('nothing is done while files are merged', 'do the shards first')),
  })
  const engines = new CampaignEngines(dispatcher, { shardRuns: whole.shardRuns })
  const folder = flags.out ?? DEFAULT_OUT
  const made = await make(whole.command, folder, session, engines)
  if (!engines.isTurnOver) return tell(made, folder, output)
  throw incomplete(missing, words, heading)
}

/** How many machines are named. */
const MOST_NAMED = 10

/** Says whose shards are missing; where nobody's are, the campaign needs another round. */
function incomplete(
  missing: readonly number[],
  files: readonly string[],
  { shard, command }: CampaignHeading,
): UsageError {
  const of = Number(shard?.split('/')[1] ?? 1)
  const whose = [...new Set(missing.map((number) => (number % of) + 1))].sort((a, b) => a - b)
  const some = whose.slice(0, MOST_NAMED).map((index) => `${index}/${of}`)
  const more = whose.length > MOST_NAMED ? ` and ${whose.length - MOST_NAMED} more` : ''
  const are = missing.length === 1 ? 'is' : 'are'
  return new UsageError(
    `${counted(missing.length, 'shard')} of ${textOfCommand(command)} ${are} missing from ${counted(files.length, 'file')}`,
    `let ${some.join(', ')}${more} run again; where all have run, this is the next round: let them run with --with and all files`,
  )
}
