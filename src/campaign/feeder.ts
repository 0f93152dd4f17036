import { HarnessError, UsageError } from '../model/index.ts'
import type { ShardQueue } from './queue.ts'
import type { Shard, ShardAnswer } from './shard.ts'

/** Shards on the queue for each thread that works on it: none waits for the feeder, and few are left when it ends. */
const EACH = 10
/** Before it is known how many there are. */
const FEWEST = 20
const POLL = 200
/** Every so many polls each shard is looked at, whether or not anything seems to have changed: Redis may have died. */
const LOOK_ANYWAY = 10

export interface FeederPlaces {
  readonly version: string
  readonly build: string
  readonly campaign: string
  readonly sleep: (milliseconds: number) => Promise<unknown>
  /** Called after each look at the queue. */
  readonly onLook: () => Promise<void>
}

interface Under {
  readonly shard: Shard
  readonly whole: Shard
  readonly settle: (outcome: object) => void
  readonly fail: (error: unknown) => void
}

/** Feeds a queue, and waits for what becomes of each shard by asking, never by listening: events get lost. */
export class Feeder {
  readonly #queue: ShardQueue
  readonly #places: FeederPlaces
  readonly #under = new Map<string, Under>()
  #threads = 0
  #isClosed = false
  #isStopped = false

  constructor(queue: ShardQueue, places: FeederPlaces) {
    this.#queue = queue
    this.#places = places
  }

  get window(): number {
    return Math.max(FEWEST, EACH * this.#threads)
  }

  get threads(): number {
    return this.#threads
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Puts a shard on the queue. What comes back is what a worker made of it: an answer, or an error. */
  async start(
    shard: Shard,
    id: string,
    whole: Shard,
  ): Promise<{ readonly value: ShardAnswer } | { readonly failed: object }> {
    if (this.#isStopped) throw this.#stopped()
    await this.#add(shard, id, whole)
    const outcome = await new Promise<object>((settle, fail) => this.#under.set(id, { shard, whole, settle, fail }))
    if ('value' in outcome || 'failed' in outcome) return outcome as { value: ShardAnswer }
    throw new UsageError(`shard ${id} has an answer that is none`, 'another program writes to this queue')
  }

  async #add(shard: Shard, id: string, whole: Shard): Promise<void> {
    const { version, build, campaign } = this.#places
    // What a shard is to know is there before it is.
    if (whole.kind === 'blocks' && whole.lesson) await this.#queue.teach(campaign, whole.lesson)
    return this.#queue.add({ turncoat: { version, build, campaign }, shard }, id)
  }

  /** Looks after the queue until it is closed. */
  async go(): Promise<void> {
    let before = ''
    for (let look = 0; !this.#isClosed; look++) {
      if (await this.#queue.isStopping(this.#places.campaign)) return this.#stop()
      const { completed, failed } = await this.#queue.counts()
      const now = `${completed} ${failed}`
      if (now !== before || look % LOOK_ANYWAY === 0) {
        await Promise.all([...this.#under].map(([id, under]) => this.#look(id, under)))
        await this.#count()
      }
      before = now
      await this.#places.onLook()
      await this.#places.sleep(POLL)
    }
  }

  async #count(): Promise<void> {
    const connected = await this.#queue.workers()
    const records = await this.#queue.workerRecords()
    const latest = Math.max(0, ...records.map(({ at }) => at))
    const alive = records.filter(({ at }) => at >= latest - LIVES)
    this.#threads = Math.max(
      connected,
      alive.reduce((sum, { threads }) => sum + threads, 0),
    )
  }

  async #look(id: string, under: Under): Promise<void> {
    const found = await this.#queue.look(this.#places.campaign, id)
    if (found === undefined) return
    // Redis came back without what it was last told: it is told once more.
    if (found === 'lost') return this.#add(under.shard, id, under.whole)
    this.#under.delete(id)
    if ('failed' in found) under.fail(failedFor(id, found.failed))
    else under.settle(found.value as object)
  }

  async #stop(): Promise<void> {
    this.#isStopped = true
    await this.#queue.removeWaiting(this.#places.campaign)
    for (const { fail } of this.#under.values()) fail(this.#stopped())
    this.#under.clear()
  }

  #stopped(): UsageError {
    return new UsageError('the campaign was stopped', 'turncoat campaign resume goes on with it')
  }

  close(): void {
    this.#isClosed = true
  }
}

/** A worker that has given no sign of life for so many milliseconds counts no more. */
const LIVES = 15_000

function failedFor(id: string, reason: string): Error {
  if (/stalled/.test(reason)) {
    return new UsageError(
      `shard ${id} was begun again and again, and its worker died each time`,
      'make the setting smaller or give workers more memory; turncoat campaign resume tries it again',
    )
  }
  if (/memory/i.test(reason)) {
    return new UsageError(
      `shard ${id} fills the memory of its worker: ${reason}`,
      'make the setting smaller, or give workers more: NODE_OPTIONS=--max-old-space-size=8192',
    )
  }
  return new HarnessError(`shard ${id} failed three times: ${reason.slice(0, 500)}`)
}
