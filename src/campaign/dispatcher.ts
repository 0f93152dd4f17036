import { idOf, type ProtocolFile, type Shard, type ShardAnswer, travelling } from './shard.ts'

/** Where shards are done, and what is known already. */
export interface ShardPlaces {
  readonly files: readonly ProtocolFile[]
  /** Answers by shard. */
  readonly known: ReadonlyMap<string, ShardAnswer>
  /** Does one shard somewhere. `whole` is the same with all that it is to know. */
  readonly start: (travelled: Shard, id: string, whole: Shard) => Promise<ShardAnswer>
  /** How many may be under way at the same time. */
  readonly window: () => number
  /** Waited for before an answer counts: whatever counts is written down. */
  readonly keep: (id: string, answer: ShardAnswer, shard: Shard) => Promise<void>
  /** Is a shard to be done here, or is it the turn of another machine? Asked by its number. */
  readonly isMine?: (number: number) => boolean
  readonly onProgress?: (progress: ShardProgress) => void
}

export interface ShardProgress {
  /** Shards with an answer, those that were known included. */
  readonly done: number
  readonly asked: number
  /** Without answers that were known before. */
  readonly fresh: number
}

interface Waiting {
  readonly shard: Shard
  readonly whole: Shard
  readonly id: string
  readonly settle: (answer: ShardAnswer) => void
  readonly fail: (error: unknown) => void
}

/** Hands shards out, first come first served, a window of them at a time. Equal shards are done once. */
export class Dispatcher {
  readonly #places: ShardPlaces
  readonly #answers = new Map<string, Promise<ShardAnswer>>()
  #waiting: Waiting[] = []
  #under = 0
  #done = 0
  #fresh = 0

  constructor(places: ShardPlaces) {
    this.#places = places
  }

  /**
   * The answer of a shard.
   * @param number counts the shards of a campaign; it decides whose turn it is
   * @returns nothing where it is another machine's turn
   */
  answer(shard: Shard, number: number): Promise<ShardAnswer | undefined> {
    const { files, known, isMine } = this.#places
    const travelled = travelling(shard, files)
    const id = idOf(travelled)
    let answer = this.#answers.get(id)
    if (answer) return answer
    const before = known.get(id)
    if (!before && isMine && !isMine(number)) return Promise.resolve(undefined)
    if (before) {
      this.#done++
      answer = Promise.resolve(before)
    } else {
      answer = new Promise((settle, fail) => this.#waiting.push({ shard: travelled, whole: shard, id, settle, fail }))
      // Who has asked for more than is needed in the end hears of no failure.
      answer.catch(() => {})
    }
    this.#answers.set(id, answer)
    this.fill()
    return answer
  }

  /** Forgets what has not begun: nobody waits for it any more. */
  drop(): void {
    for (const { id } of this.#waiting) this.#answers.delete(id)
    this.#waiting = []
  }

  /** Starts what there is room for. To be called when the window has become larger, too. */
  fill(): void {
    while (this.#waiting.length > 0 && this.#under < this.#places.window()) {
      const next = this.#waiting.shift()!
      this.#under++
      void this.#do(next)
    }
    this.#places.onProgress?.({ done: this.#done, asked: this.#answers.size, fresh: this.#fresh })
  }

  async #do({ shard, whole, id, settle, fail }: Waiting): Promise<void> {
    try {
      const answer = await this.#places.start(shard, id, whole)
      await this.#places.keep(id, answer, shard)
      this.#done++
      this.#fresh++
      settle(answer)
    } catch (error) {
      fail(error)
    } finally {
      this.#under--
      this.fill()
    }
  }
}
