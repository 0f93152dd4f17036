import type { ShardPlaces, ShardProgress } from '../../campaign/dispatcher.ts'
import { arrived, type ShardAnswer, taught } from '../../campaign/shard.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'
import { type Progress, progress } from '../terminal/progress.ts'
import { settled } from '../workers/outcome.ts'
import type { AskedCampaign } from './campaign-asked.ts'
import { type CommandResult, RESULT } from './campaign-command.ts'
import type { ShardFile } from './shard-file.ts'
import type { ShardPool } from './shard-pool.ts'

export const DEFAULT_OUT = 'out/campaign'
export const SHARDS = 'shards.jsonl'

/** Shards done on threads of this machine, and written down. */
export function onPool(
  pool: ShardPool,
  { files }: AskedCampaign,
  known: ReadonlyMap<string, ShardAnswer>,
  file: ShardFile,
): ShardPlaces {
  return {
    ...{ files, known },
    keep: (id, answer) => file.add(id, answer),
    // One more than there are threads, so that none waits.
    window: () => pool.threads + 1,
    // Over the same way as from another machine: what is lost on it is lost everywhere.
    start: async (shard, _, whole) => {
      const lesson = whole.kind === 'blocks' ? whole.lesson : undefined
      return plain(
        settled(
          await pool.do(
            taught(
              arrived(shard, files, () => true),
              lesson,
            ),
          ),
        ),
      )
    },
  }
}

function plain(answer: ShardAnswer): ShardAnswer {
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
      lines: [`${done} of ${asked} shards are in ${file.shown}; the same command goes on`],
      json: { command: 'campaign', done, asked, file: file.shown },
      code: EXIT.inconclusive,
    }))
  }
  return { bar: { update: (...so) => bar.update(...so), stop: () => bar.stop() }, tell }
}

/** Prints what the command of a campaign has printed. */
export function tell({ code, text, json }: CommandResult, folder: string, output: Output): ExitCode {
  const hasFailed = code === EXIT.usage || code === EXIT.internal
  if (hasFailed) {
    output.warn(text)
    output.json(json)
    return code
  }
  output.say(text.replace(/\n$/, ''))
  output.remark(`in ${folder}: ${RESULT} and all that it names`)
  output.json(json)
  return code
}
