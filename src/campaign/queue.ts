import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Lesson } from '../fuzz/campaign/lesson.ts'
import { loadOptional, UsageError } from '../model/index.ts'
import { fits, OBJECT, TEXT } from '../model/shape.ts'
import type { Address } from './address.ts'
import { connected, LASTING, QUEUES, refusal } from './redis.ts'
import { isShard, type Shard } from './shard.ts'

export const PREFIX = 'turncoat'
export const DEFAULT_QUEUE = 'shards'
/** How often a shard is tried that ends its thread. */
const ATTEMPTS = 3
/** A job that stalls is found within this; see `docs/scale.md`. In milliseconds. */
export const LOCKED_FOR = 30_000
export const STALLED_EVERY = 5_000
/** How often the worker of one shard may die. */
export const MOST_STALLED = 5
/** Jobs that are looked at to see whose queue it is. */
const LOOKED_AT = 200

/** What travels: a shard, whose it is, and which program may do it. */
export interface ShardJob {
  readonly turncoat: { readonly version: string; readonly build: string; readonly campaign: string }
  readonly shard: Shard
}

const JOB = fits({
  turncoat: { words: '', is: fits({ version: TEXT, build: TEXT, campaign: TEXT }) },
  shard: OBJECT,
})

export function isShardJob(data: unknown): data is ShardJob {
  return JOB(data) && isShard((data as ShardJob).shard)
}

/** What is written about a campaign for whoever asks how far it is. */
export interface CampaignRecord {
  readonly id: string
  readonly command: string
  readonly version: string
  readonly build: string
  readonly state: 'running' | 'done' | 'stopped'
  readonly shardRuns: number
  readonly done: number
  readonly asked: number
  readonly runs: number
  readonly violated: readonly string[]
  /** Times of day. */
  readonly began: number
  readonly at: number
  readonly folder: string
}

export interface WorkerRecord {
  readonly name: string
  readonly threads: number
  readonly shards: number
  /** Milliseconds that its shards took together. */
  readonly busy: number
  readonly began: number
  readonly at: number
}

/** Where shards wait for workers. */
export class ShardQueue {
  readonly name: string
  readonly queue: Queue
  readonly redis: Redis
  readonly #address: Address

  private constructor(at: Address, name: string, queue: Queue, redis: Redis) {
    this.#address = at
    this.name = name
    this.queue = queue
    this.redis = redis
  }

  /** @throws UsageError where there is no Redis that will do, or the queue is somebody else's */
  static async open(at: Address, name: string, remark: (text: string) => void): Promise<ShardQueue> {
    const redis = await connected(at, remark)
    const { Queue } = await loadOptional('queues', QUEUES, () => import('bullmq'))
    const connection = { ...LASTING, url: at.url }
    const queue = new Queue(name, { connection, prefix: PREFIX })
    queue.on('error', () => {})
    const opened = new ShardQueue(at, name, queue, redis)
    try {
      await opened.#assertOwn()
    } catch (error) {
      await opened.close()
      throw error
    }
    return opened
  }

  async #assertOwn(): Promise<void> {
    const jobs = await this.queue.getJobs(['waiting', 'active', 'delayed', 'prioritized'], 0, LOOKED_AT)
    const foreign = jobs.find((job) => job && !isShardJob(job.data))
    if (foreign) throw foreignJob(this, foreign as Job)
  }

  get shown(): string {
    return `${this.name} at ${this.#address.shown}`
  }

  /** Puts a shard there, unless it is there already; one that has failed is tried again. */
  async add(job: ShardJob, id: string): Promise<void> {
    const jobId = this.#jobId(job.turncoat.campaign, id)
    const there = await this.queue.getJob(jobId)
    if (there && (await there.isFailed())) {
      await (there as Job).retry('failed')
      return
    }
    const keep = { removeOnComplete: false, removeOnFail: false }
    if (there) return
    // What is found is shrunk before anything else is begun: nobody may need the rest any more.
    const lifo = job.shard.kind === 'violation'
    await this.queue.add('shard', job, { jobId, attempts: ATTEMPTS, lifo, ...keep }).catch((error: unknown) => {
      throw refusal(error, this)
    })
  }

  /** Puts what shards are to know where workers find it. */
  async teach(campaign: string, lesson: Pick<Lesson, 'digest'>): Promise<void> {
    const key = this.#key('lessons', campaign)
    if ((await this.redis.hexists(key, lesson.digest)) === 1) return
    await this.redis.hset(key, lesson.digest, JSON.stringify(lesson)).catch((error: unknown) => {
      throw refusal(error, this)
    })
  }

  /** @returns nothing where nobody has put it there */
  async lesson(campaign: string, digest: string): Promise<unknown> {
    const text = await this.redis.hget(this.#key('lessons', campaign), digest)
    return text === null ? undefined : JSON.parse(text)
  }

  #jobId(campaign: string, id: string): string {
    return `${campaign}-${id}`
  }

  /** What became of a shard: `lost` where Redis knows nothing of it, nothing where it is not finished. */
  async look(campaign: string, id: string): Promise<{ value: unknown } | { failed: string } | 'lost' | undefined> {
    const job = await this.queue.getJob(this.#jobId(campaign, id))
    if (!job) return 'lost'
    if (job.finishedOn === undefined || job.finishedOn === null) return undefined
    if (job.failedReason) return { failed: job.failedReason }
    return { value: job.returnvalue }
  }

  counts(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed', 'prioritized')
  }

  workers(): Promise<number> {
    return this.queue.getWorkersCount()
  }

  /** Takes away what waits of a campaign; what is under way comes to its end. */
  async removeWaiting(campaign: string): Promise<number> {
    const jobs = await this.queue.getJobs(['waiting', 'delayed', 'prioritized'])
    const own = jobs.filter((job) => job?.data?.turncoat?.campaign === campaign)
    for (const { id } of own) await this.queue.remove(id!)
    return own.length
  }

  /** Takes away the jobs of a campaign whose answers are written down. */
  async forget(campaign: string, ids: Iterable<string>): Promise<void> {
    for (const id of ids) await this.queue.remove(this.#jobId(campaign, id))
    await this.redis.del(this.#key('digests', campaign), this.#key('lessons', campaign))
  }

  /**
   * Notes what a shard came to.
   * @returns whether it came to the same as before, if it was done before
   */
  async agrees(campaign: string, id: string, digest: string): Promise<boolean> {
    const key = this.#key('digests', campaign)
    await this.redis.hsetnx(key, id, digest)
    return (await this.redis.hget(key, id)) === digest
  }

  /** Notes a violation once, by its cause. */
  async tell(campaign: string, cause: string, violation: object): Promise<void> {
    await this.redis.hsetnx(this.#key('violations', campaign), cause, JSON.stringify(violation))
  }

  async violations(campaign: string): Promise<readonly object[]> {
    return this.#all<object>(this.#key('violations', campaign))
  }

  /** The violation of one cause; nothing where there is none. */
  async violation(campaign: string, cause: string): Promise<object | undefined> {
    const text = await this.redis.hget(this.#key('violations', campaign), cause)
    return text === null ? undefined : JSON.parse(text)
  }

  async write(kind: 'campaigns' | 'workers', name: string, record: CampaignRecord | WorkerRecord): Promise<void> {
    await this.redis.hset(this.#key(kind), name, JSON.stringify(record))
  }

  async campaigns(): Promise<readonly CampaignRecord[]> {
    return this.#all<CampaignRecord>(this.#key('campaigns'))
  }

  async workerRecords(): Promise<readonly WorkerRecord[]> {
    return this.#all<WorkerRecord>(this.#key('workers'))
  }

  async #all<T>(key: string): Promise<readonly T[]> {
    const all = await this.redis.hgetall(key)
    return Object.keys(all)
      .sort()
      .flatMap((name) => {
        try {
          return [JSON.parse(all[name]!) as T]
        } catch {
          return []
        }
      })
  }

  async askToStop(campaign: string): Promise<void> {
    await this.redis.sadd(this.#key('stopping'), campaign)
  }

  async isStopping(campaign: string): Promise<boolean> {
    return (await this.redis.sismember(this.#key('stopping'), campaign)) === 1
  }

  async mayRun(campaign: string): Promise<void> {
    await this.redis.srem(this.#key('stopping'), campaign)
  }

  #key(...parts: readonly string[]): string {
    return [`${PREFIX}-of`, this.name, ...parts].join(':')
  }

  async close(): Promise<void> {
    await this.queue.close().catch(() => {})
    this.redis.disconnect()
  }
}

export function foreignJob({ shown }: { readonly shown: string }, job: Pick<Job, 'name' | 'id'>): UsageError {
  return new UsageError(
    `the queue ${shown} holds a job that is not a shard: ${job.name.slice(0, 60)} (${job.id})`,
    'another program uses this queue: name another one with --queue; its jobs are left as they are',
  )
}
