import type { Shard, ShardAnswer } from '../../campaign/shard.ts'
import type { ThreadOutcome } from '../workers/outcome.ts'

/** Threads that shards are done on. From TypeScript sources they are done in this one. */
export class ShardPool {
  readonly threads: number
  readonly #open = new Set<Promise<unknown>>()
  readonly #isBuilt = import.meta.url.endsWith('.js')
  #pool: import('piscina').Piscina | undefined

  constructor(threads: number) {
    this.threads = this.#isBuilt ? threads : 1
  }

  async do(shard: Shard): Promise<ThreadOutcome<ShardAnswer>> {
    if (!this.#isBuilt) return (await import('./shard-thread.ts')).default(shard)
    const { Piscina } = await import('piscina')
    this.#pool ??= new Piscina({
      filename: new URL('./shard-thread.js', import.meta.url).href,
      maxThreads: this.threads,
      minThreads: this.threads,
    })
    const running: Promise<ThreadOutcome<ShardAnswer>> = this.#pool.run(shard)
    this.#open.add(running)
    return running.finally(() => this.#open.delete(running))
  }

  /** Waits for what is under way, and ends the threads. */
  async close(): Promise<void> {
    // A pool that is destroyed while a thread still answers takes that answer for an error of its own.
    await Promise.allSettled(this.#open)
    await this.#pool?.destroy()
  }
}
