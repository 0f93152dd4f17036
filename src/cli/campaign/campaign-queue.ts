import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { address, DEFAULT_ADDRESS } from '../../campaign/address.ts'
import { Dispatcher, type ShardProgress } from '../../campaign/dispatcher.ts'
import { Feeder } from '../../campaign/feeder.ts'
import { campaignId } from '../../campaign/journal.ts'
import { type CampaignRecord, DEFAULT_QUEUE, ShardQueue } from '../../campaign/queue.ts'
import { refusal } from '../../campaign/redis.ts'
import { arrived, type Shard, type ShardAnswer } from '../../campaign/shard.ts'
import { causeOf, violationsIn } from '../../campaign/violations.ts'
import { work } from '../../campaign/worker.ts'
import { UsageError } from '../../model/index.ts'
import { packageVersion } from '../files/package-folder.ts'
import { buildDigest, protocolFile } from '../files/protocol-files.ts'
import type { Session } from '../flags/session.ts'
import { registered } from '../subjects/registered.ts'
import { isPath } from '../subjects/subjects.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import type { Io, Output } from '../terminal/io.ts'
import { DEFAULT_WORKERS } from '../workers/engines.ts'
import { settled, type ThreadOutcome } from '../workers/outcome.ts'
import type { AskedCampaign } from './campaign-asked.ts'
import { make, textOfCommand } from './campaign-command.ts'
import { CampaignEngines, type Watched } from './campaign-engines.ts'
import type { Act, CampaignFlags } from './campaign-flags.ts'
import { DEFAULT_OUT, SHARDS, tell, watched } from './campaign-places.ts'
import { ShardFile } from './shard-file.ts'
import { ShardPool } from './shard-pool.ts'
import { measuredRuns } from './shard-size.ts'
import { storyOf } from './violation-story.ts'

/** Where the queue is: said by a flag, or by the environment, where no list of processes shows a password. */
export async function opened({ redis, queue }: CampaignFlags, output: Output): Promise<ShardQueue> {
  return ShardQueue.open(address(addressText(redis, output.io)), queueName(queue), remarking(output))
}

/** BullMQ puts the name into its keys. */
function queueName(name = DEFAULT_QUEUE): string {
  if (/^[\w.-]{1,100}$/.test(name)) return name
  throw new UsageError('the name of the queue has odd characters', 'use letters, digits, dots, dashes: --queue night-1')
}

function addressText(redis: CampaignFlags['redis'], { environment }: Io): string {
  return typeof redis === 'string' ? redis : (environment['TURNCOAT_REDIS'] ?? DEFAULT_ADDRESS)
}

function remarking(output: Output): (text: string) => void {
  return (text) => {
    if (!output.flags.quiet) output.warn(`${text}\n`)
  }
}

/** A campaign whose shards are done by workers. */
export async function onQueue(
  asked: AskedCampaign,
  flags: CampaignFlags,
  output: Output,
  session: Session,
): Promise<ExitCode> {
  const queue = await opened(flags, output)
  try {
    return await new Coordinator(queue, await cut(asked, flags, queue, session), flags, output, session).go()
  } catch (error) {
    throw refusal(error, queue)
  } finally {
    await queue.close()
  }
}

/** How many runs are in a shard: as before where the campaign is known, else so many that it takes some seconds. */
async function cut(
  asked: AskedCampaign,
  flags: CampaignFlags,
  queue: ShardQueue,
  session: Session,
): Promise<AskedCampaign> {
  if (flags.shardRuns !== undefined) return asked
  const id = campaignId(asked.heading)
  const known = (await queue.campaigns()).find((one) => one.id === id)
  const shardRuns = known?.shardRuns ?? (await measuredRuns(asked.heading.command, session))
  return { ...asked, heading: { ...asked.heading, shardRuns: shardRuns ?? asked.heading.shardRuns } }
}

/** Violations that are shown while a campaign runs. */
const MOST_TOLD = 50

class Coordinator {
  readonly #queue: ShardQueue
  readonly #asked: AskedCampaign
  readonly #flags: CampaignFlags
  readonly #output: Output
  readonly #session: Session
  readonly #id: string
  readonly #began = Date.now()
  readonly #told = new Set<string>()
  #progress: ShardProgress = { done: 0, asked: 0, fresh: 0 }
  #watched: Watched = { runs: 0, violated: [] }

  constructor(queue: ShardQueue, asked: AskedCampaign, flags: CampaignFlags, output: Output, session: Session) {
    this.#queue = queue
    this.#asked = asked
    this.#flags = flags
    this.#output = output
    this.#session = session
    this.#id = campaignId(asked.heading)
  }

  get #folder(): string {
    return this.#flags.out ?? DEFAULT_OUT
  }

  async go(): Promise<ExitCode> {
    const { heading } = this.#asked
    const file = await ShardFile.open(`${this.#folder}/${SHARDS}`, this.#session.io.cwd, heading)
    await this.#queue.mayRun(this.#id)
    remarking(this.#output)(
      `campaign ${this.#id} on the queue ${this.#queue.shown}; its shards are written to ${file.shown}`,
    )
    await this.#write('running')
    const watch = watched(this.#output, file)
    const { version, build } = heading
    const onLook = async (): Promise<void> => {
      dispatcher.fill()
      await this.#write('running')
    }
    const feeder = new Feeder(this.#queue, { version, build, campaign: this.#id, sleep, onLook })
    const ids = new Set(file.answers.keys())
    const dispatcher = new Dispatcher({
      ...{ files: this.#asked.files, known: file.answers, window: () => feeder.window },
      keep: async (id, answer, shard) => {
        await file.add(id, answer)
        ids.add(id)
        await this.#tellViolations(arrived(shard, this.#asked.files, isRegistered), answer)
      },
      start: async (shard, id, whole) => settled((await feeder.start(shard, id, whole)) as ThreadOutcome<ShardAnswer>),
      onProgress: (progress) => {
        this.#progress = progress
        watch.tell(progress)
      },
    })
    const watchRuns = (so: Watched): void => {
      this.#watched = so
    }
    const plan = { shardRuns: heading.shardRuns, shrinks: true, watch: watchRuns }
    const making = make(heading.command, this.#folder, this.#session, new CampaignEngines(dispatcher, plan))
    // Where the queue fails first, nobody waits for it.
    making.catch(() => {})
    try {
      const feeding = feeder.go()
      const made = await Promise.race([making, feeding.then(() => making)])
      if (feeder.isStopped) return await this.#stopped(file)
      await this.#queue.removeWaiting(this.#id)
      if (made.code === EXIT.usage || made.code === EXIT.internal) await this.#write('stopped')
      else {
        await this.#queue.forget(this.#id, ids)
        await this.#write('done')
      }
      return tell(made, this.#folder, this.#output)
    } finally {
      watch.bar.stop()
      feeder.close()
    }
  }

  /** For whoever watches; what is told in the end comes from the command itself. */
  async #tellViolations(shard: Shard, answer: ShardAnswer): Promise<void> {
    for (const violation of violationsIn(shard, answer)) {
      const cause = causeOf(violation)
      if (this.#told.has(cause) || this.#told.size >= MOST_TOLD) continue
      this.#told.add(cause)
      await this.#queue.tell(this.#id, cause, await storyOf(violation))
    }
  }

  async #stopped(file: ShardFile): Promise<ExitCode> {
    await this.#write('stopped')
    const { done } = this.#progress
    this.#output.say(`stopped: ${done} shards are in ${file.shown}; turncoat campaign resume --redis … goes on`)
    this.#output.json({ command: 'campaign', stopped: true, done, file: file.shown })
    return EXIT.inconclusive
  }

  #write(state: CampaignRecord['state']): Promise<void> {
    const { command, version, build, shardRuns } = this.#asked.heading
    return this.#queue.write('campaigns', this.#id, {
      ...{ id: this.#id, command: textOfCommand(command), version, build, state, shardRuns },
      ...{ done: this.#progress.done, asked: this.#progress.asked, ...this.#watched },
      ...{ began: this.#began, at: Date.now(), folder: this.#folder },
    })
  }
}

/** A worker: it takes shards from the queue until somebody ends it. */
export const workOnQueue: Act = async (words, flags, output, session) => {
  if (words.length > 0)
    throw new UsageError('a worker does whatever is on the queue', 'leave out what stands behind worker')
  const { redis, workers: threads = DEFAULT_WORKERS } = flags
  const queue = queueName(flags.queue)
  const at = address(addressText(redis, output.io))
  const pool = new ShardPool(threads)
  const name = `${hostname()}-${process.pid}`
  output.say(`worker ${name}: ${threads} threads for the queue ${queue} at ${at.shown}`)
  try {
    return await work(
      at,
      queue,
      {
        ...{ name, threads: pool.threads, version: packageVersion(), build: buildDigest() },
        files: (flags.protocol ?? []).map((file) => protocolFile(file, session.io.cwd)),
        isRegistered,
        do: (shard) => pool.do(shard),
        ...{ now: Date.now, sleep },
      },
      remarking(output),
    )
  } finally {
    await pool.close()
  }
}

/** A name that comes from elsewhere never stands for a file. */
function isRegistered(subject: string): boolean {
  if (isPath(subject)) return false
  try {
    registered(subject)
    return true
  } catch {
    return false
  }
}
