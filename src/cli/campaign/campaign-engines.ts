import type { Dispatcher } from '../../campaign/dispatcher.ts'
import type { BlocksAnswer, PointAnswer, StudyAnswer, StudyShard, ViolationAnswer } from '../../campaign/shard.ts'
import { type Cause, Causes } from '../../campaign/violations.ts'
import type { SearchedSetting } from '../../check/settings/search-setting.ts'
import { assertCampaign } from '../../fuzz/campaign/asked.ts'
import { BLOCK, inBlocks, type RunBlock, ruleNames } from '../../fuzz/campaign/campaign.ts'
import { learningRounds } from '../../fuzz/campaign/lesson.ts'
import type { BlockResult, Campaign } from '../../fuzz/campaign/result.ts'
import { type Claim, HarnessError, UsageError } from '../../model/index.ts'
import type { Simulated } from '../../simulate/index.ts'
import type { LookedAt } from '../../studies/scenario.ts'
import type { Resolved } from '../subjects/resolved.ts'
import type { Engines } from '../workers/engines.ts'

/** Shards that may be asked for before the first of them is answered; the dispatcher hands out a window of them. */
const MOST_ASKED = 2_000

/** What of a campaign is known by now, for whoever watches it. */
export interface Watched {
  readonly runs: number
  readonly violated: readonly string[]
}

/** The violations of a campaign, one of each cause. */
export interface FoundCauses {
  readonly campaign: Campaign
  readonly resolved: Resolved
  readonly causes: readonly Cause[]
}

/** What campaigns differ in. */
export interface CampaignPlan {
  readonly shardRuns: number
  /** Is what is found shrunk as a shard, too? Not where each machine does what it can by itself. */
  readonly shrinks?: boolean
  readonly watch?: (watched: Watched) => void
}

/** Engines whose work is done by a dispatcher, shard by shard: whatever command runs on them is a campaign. */
export class CampaignEngines {
  readonly #dispatcher: Dispatcher
  readonly #shardRuns: number
  readonly #plan: CampaignPlan
  readonly #causes = new Causes()
  readonly #cases: Promise<unknown>[] = []
  #number = 0
  #isTurnOver = false
  /** What is known of the causes of violations, once all runs are made. */
  #found: FoundCauses | undefined

  constructor(dispatcher: Dispatcher, plan: CampaignPlan) {
    this.#dispatcher = dispatcher
    this.#shardRuns = plan.shardRuns
    this.#plan = plan
  }

  /** The violations of a campaign of runs, one of each cause. */
  get found(): FoundCauses | undefined {
    return this.#found
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
            this.#plan.watch?.({ runs: progress.runs, violated: progress.violated })
            await onProgress?.(progress)
          },
        })
        this.#dispatcher.drop()
        this.#assertMine()
        const causes = this.#causes.of(campaign, campaign.firstRun + result.runs)
        this.#found = { campaign, resolved, causes }
        return result
      },
      ...(this.#plan.shrinks
        ? {
            shrinkElsewhere: async ({ resolved, found, ...most }) => {
              const { setting, claim, steps } = found
              const asked = { kind: 'violation', subject: resolved.found, setting, claim, steps, ...most } as const
              return ((await this.#dispatcher.answer(asked, this.#number++)) as ViolationAnswer).shrunk
            },
          }
        : {}),
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
      studyElsewhere: {
        scenario: (scenario, effort) =>
          this.#study('scenario', scenario.subject, { scenario, effort }) as Promise<LookedAt>,
        trials: (trials) => this.#study('trials', trials.subject, trials) as Promise<readonly Simulated[]>,
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

  /** One case of a study; all of them are asked for before the first is answered. */
  #study(of: StudyShard['of'], subject: string, asked: object): Promise<object> {
    // On the way, what is not said is lost: equal cases are to have equal names.
    const shard = { kind: 'study', of, subject, asked: JSON.parse(JSON.stringify(asked)) } as const
    const answer = this.#dispatcher.answer(shard, this.#number++)
    this.#cases.push(answer)
    const mine = answer.then((known) => (known ? (known as StudyAnswer).said : this.#end(this.#cases)))
    // Who waits for them one by one hears of the first failure only.
    mine.catch(() => {})
    return mine
  }

  #blocks(campaign: Campaign): RunBlock {
    const { firstRun, runs, learns } = campaign
    const size = this.#shardRuns
    // Shards are counted over all rounds, whether or not it comes to them.
    const bases = new Map<number, number>()
    for (const { first, end } of learningRounds(firstRun, runs, learns)) {
      bases.set(first, this.#number)
      this.#number += Math.ceil((end - first) / size)
    }
    return async (first, count, { first: begin, end, lesson }) => {
      // What the others have found in the rounds before is not known here.
      if (begin !== firstRun) this.#assertMine()
      const at = Math.floor((first - begin) / size)
      const begins = begin + at * size
      const cut = { first: begins, count: Math.min(size, end - begins), ...(lesson ? { lesson } : {}) }
      const answer = await this.#dispatcher.answer({ kind: 'blocks', campaign, ...cut }, bases.get(begin)! + at)
      if (!answer) {
        this.#isTurnOver = true
        return nothing(first, count)
      }
      this.#causes.add(campaign, answer as BlocksAnswer)
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
