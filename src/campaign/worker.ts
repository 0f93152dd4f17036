import type { Job, Worker } from 'bullmq'
import { HarnessError, UsageError } from '../model/index.ts'
import type { Address } from './address.ts'
import { answerDigest, differs } from './journal.ts'
import {
  foreignJob,
  isShardJob,
  LOCKED_FOR,
  MOST_STALLED,
  PREFIX,
  type ShardJob,
  ShardQueue,
  STALLED_EVERY,
} from './queue.ts'
import { LASTING, refusal } from './redis.ts'
import { arrived, type ProtocolFile, type Shard, type ShardAnswer, taught } from './shard.ts'

/** What a worker is, and how it does a shard. */
export interface Workshop {
  readonly name: string
  readonly threads: number
  readonly version: string
  readonly build: string
  /** The files of protocols that its user gave it: no others are ever loaded. */
  readonly files: readonly ProtocolFile[]
  readonly isRegistered: (subject: string) => boolean
  /** On another thread than this, which renews locks meanwhile. An answer, or an error that says the same anywhere. */
  readonly do: (shard: Shard) => Promise<{ readonly value: ShardAnswer } | { readonly failed: object }>
  /** The time of day. */
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<unknown>
  readonly onShard?: (shards: number) => void
}

/** Milliseconds between its signs of life, and within which it ends if it has to. */
const HEARTBEAT = 1_000

/**
 * Does shards until the end of the process.
 * @throws UsageError for a job that it must not do; the job is put back for others first
 */
export async function work(at: Address, name: string, shop: Workshop, remark: (text: string) => void): Promise<never> {
  const queue = await ShardQueue.open(at, name, remark)
  try {
    return await new Work(at, queue, shop).go()
  } catch (error) {
    throw refusal(error, queue)
  } finally {
    await queue.close()
  }
}

class Work {
  readonly #at: Address
  readonly #queue: ShardQueue
  readonly #shop: Workshop
  readonly #began: number
  #worker: Worker | undefined
  #shards = 0
  #busy = 0
  #refused: Error | undefined
  #lesson: { readonly digest: string; readonly said: unknown } | undefined

  constructor(at: Address, queue: ShardQueue, shop: Workshop) {
    this.#at = at
    this.#queue = queue
    this.#shop = shop
    this.#began = shop.now()
  }

  async go(): Promise<never> {
    const { name, threads } = this.#shop
    for (const { id, state, version, build } of await this.#queue.campaigns()) {
      if (state === 'running' && !(await this.#queue.isStopping(id))) this.#assertSame(id, version, build)
    }
    const { Worker, WaitingError } = await import('bullmq')
    const putBack = async (job: Job<ShardJob>, token: string | undefined, why: Error): Promise<never> => {
      this.#refused ??= why
      // No more of them are fetched, this one least of all.
      await this.#worker!.pause(true)
      await job.moveToWait(token)
      throw new WaitingError()
    }
    const worker = new Worker<ShardJob>(
      this.#queue.name,
      async (job, token) => {
        const why = this.#objection(job)
        return why ? putBack(job, token, why) : this.#do(job)
      },
      {
        ...{ connection: { ...LASTING, url: this.#at.url }, prefix: PREFIX, name, concurrency: threads },
        ...{ lockDuration: LOCKED_FOR, stalledInterval: STALLED_EVERY, maxStalledCount: MOST_STALLED, drainDelay: 1 },
      },
    )
    this.#worker = worker
    worker.on('error', () => {})
    while (!this.#refused) {
      await this.#tell()
      await this.#shop.sleep(HEARTBEAT)
    }
    await worker.close()
    throw this.#refused
  }

  #assertSame(campaign: string, version: string, build: string): void {
    if (version === this.#shop.version && build === this.#shop.build) return
    throw new UsageError(
      `the campaign was started by Turncoat ${version} (build ${build}), and this worker is ${this.#shop.version} (build ${this.#shop.build})`,
      `install the same version on both, the shard is left for others; campaign stop ${campaign} takes its shards away`,
    )
  }

  /** Why a job is not done here, if it is not. */
  #objection(job: Job<ShardJob>): Error | undefined {
    if (!isShardJob(job.data)) return foreignJob(this.#queue, job)
    try {
      const { campaign, version, build } = job.data.turncoat
      this.#assertSame(campaign, version, build)
      arrived(job.data.shard, this.#shop.files, this.#shop.isRegistered)
      return undefined
    } catch (error) {
      return error as Error
    }
  }

  async #do({ data, id }: Job<ShardJob>): Promise<object> {
    const { campaign } = data.turncoat
    const began = this.#shop.now()
    const shard = arrived(data.shard, this.#shop.files, this.#shop.isRegistered)
    const outcome = await this.#shop.do(taught(shard, await this.#lessonOf(data)))
    this.#shards++
    this.#busy += this.#shop.now() - began
    this.#shop.onShard?.(this.#shards)
    const name = id!.slice(campaign.length + 1)
    if ('value' in outcome && !(await this.#queue.agrees(campaign, name, answerDigest(outcome.value)))) {
      const { name: kind, message } = new HarnessError(differs(name, `the second time by ${this.#shop.name}`))
      return { failed: { name: kind, message } }
    }
    return outcome
  }

  /** The lesson of a shard. Rounds are long: the one that was asked for last is kept. */
  async #lessonOf({ turncoat: { campaign }, shard }: ShardJob): Promise<unknown> {
    const digest = shard.kind === 'blocks' ? shard.lesson?.digest : undefined
    if (digest === undefined) return undefined
    if (this.#lesson?.digest !== digest) this.#lesson = { digest, said: await this.#queue.lesson(campaign, digest) }
    const { said } = this.#lesson
    if (said === undefined) this.#lesson = undefined
    return said
  }

  async #tell(): Promise<void> {
    const { name, threads, now } = this.#shop
    const so = { name, threads, shards: this.#shards, busy: this.#busy, began: this.#began, at: now() }
    await this.#queue.write('workers', name, so)
  }
}
