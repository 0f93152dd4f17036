import type { Dispatcher } from '../campaign/dispatcher.ts'
import type { BlocksAnswer, PointAnswer } from '../campaign/shard.ts'
import { assertCampaign } from '../fuzz/asked.ts'
import type { BlockResult } from '../fuzz/block.ts'
import { BLOCK, inBlocks, ruleNames } from '../fuzz/campaign.ts'
import type { Campaign } from '../fuzz/result.ts'
import { type Claim, HarnessError, UsageError } from '../model/index.ts'
import type { Engines } from './engines.ts'
import type { SearchedSetting } from './search-setting.ts'

/** Shards that may be asked for before the first of them is answered; the dispatcher hands out a window of them. */
const MOST_ASKED = 2_000

/** What of a campaign is known by now, for whoever watches it. */
export interface Watched {
  readonly runs: number
  readonly violated: readonly string[]
}

/** Engines whose work is done by a dispatcher, shard by shard: whatever command runs on them is a campaign. */
export class CampaignEngines {
  readonly #dispatcher: Dispatcher
  readonly #shardRuns: number
  readonly #watch: (watched: Watched) => void
  #number = 0
  #isTurnOver = false

  constructor(dispatcher: Dispatcher, shardRuns: number, watch: (watched: Watched) => void = () => {}) {
    this.#dispatcher = dispatcher
    this.#shardRuns = shardRuns
    this.#watch = watch
  }

  /** Was a shard asked for that is another machine's? The command is then at an end, and has no result. */
  get isTurnOver(): boolean {
    return this.#isTurnOver
  }

  on(own: Engines): Engines {
    return {
      ...own,
      runCampaign: async (campaign, resolved, options) => {
        const { protocol, subject } = resolved
        assertCampaign(campaign, protocol, subject.properties.claims)
        const runBlock = this.#blocks(campaign)
        const { onProgress, ...rest } = options
        const parallel = (MOST_ASKED * this.#shardRuns) / BLOCK
        const result = await inBlocks(campaign, ruleNames(protocol, campaign), runBlock, {
          ...rest,
          parallel,
          onProgress: async (progress) => {
            if (this.#isTurnOver) return
            this.#watch({ runs: progress.runs, violated: progress.violated })
            await onProgress?.(progress)
          },
        })
        this.#dispatcher.drop()
        this.#assertMine()
        return result
      },
      searchElsewhere: ({ resolved, chosen, without, maxStates, maxUniverse }) => {
        const asked: Promise<unknown>[] = []
        const claims = chosen.claims.map((claim: Claim<any>) => claim.name)
        return ({ setting, others = [] }) => {
          const how = { claims, without, maxStates, maxUniverse }
          const shard = { kind: 'setting', subject: resolved.found, setting, others, ...how } as const
          const answer = this.#dispatcher.answer(shard, this.#number++)
          asked.push(answer)
          const mine = answer.then(async (known) => known ?? this.#end(asked))
          mine.catch(() => {})
          return mine as Promise<SearchedSetting>
        }
      },
      lookAtAll: async (tasks, _, onLooked) => {
        const all = tasks.map((task) => this.#dispatcher.answer({ kind: 'point', task }, this.#number++))
        const answers = await Promise.all(all)
        if (answers.includes(undefined)) this.#isTurnOver = true
        this.#assertMine()
        for (const answer of answers) await onLooked(answer as PointAnswer)
      },
    }
  }

  #blocks(campaign: Campaign): (first: number, count: number) => Promise<BlockResult> {
    const base = this.#number
    const end = campaign.firstRun + campaign.runs
    this.#number += Math.ceil(campaign.runs / this.#shardRuns)
    return async (first, count) => {
      const at = Math.floor((first - campaign.firstRun) / this.#shardRuns)
      const begins = campaign.firstRun + at * this.#shardRuns
      const shard = { kind: 'blocks', campaign, first: begins, count: Math.min(this.#shardRuns, end - begins) } as const
      const answer = await this.#dispatcher.answer(shard, base + at)
      if (!answer) {
        this.#isTurnOver = true
        return nothing(first, count)
      }
      const block = (answer as BlocksAnswer).find((one) => one.first === first)
      // Runs after the last claim is violated are never asked for.
      if (!block) throw new HarnessError(`the shard from run ${begins} on has no block from run ${first} on`)
      return block
    }
  }

  /** The end of a check of which some settings are for other machines: all that is for this one is done first. */
  async #end(asked: readonly Promise<unknown>[]): Promise<never> {
    this.#isTurnOver = true
    await Promise.all(asked)
    throw this.#others()
  }

  #assertMine(): void {
    if (this.#isTurnOver) throw this.#others()
  }

  #others(): UsageError {
    return new UsageError('the rest is for other machines', 'merge the files of all of them: turncoat campaign merge')
  }
}

/** What another machine's block is taken for: it counts for nothing, and is never told. */
function nothing(first: number, runs: number): BlockResult {
  return { first, runs, steps: 0, decided: 0, cut: 0, unfinished: 0, fired: [], found: [] }
}
