import type { Answer, BlocksAnswer, BlocksShard, SettingAnswer, SettingShard, Shard } from '../campaign/shard.ts'
import { check } from '../check/check.ts'
import type { PassName } from '../check/result.ts'
import { assertCampaign } from '../fuzz/asked.ts'
import { BLOCK } from '../fuzz/campaign.ts'
import { noException } from '../system/index.ts'
import { claimsOf } from './claim-names.ts'
import { answerOf, asOutcome, type Outcome } from './outcome.ts'
import { searchSetting } from './search-setting.ts'
import { resolveSubject } from './subjects.ts'
import { look } from './sweep-worker.ts'
import runBlock from './worker.ts'

/** Does a shard, on a thread: a function of the shard, whoever does it, and when. */
export default function doShard(shard: Shard): Promise<Outcome<Answer>> {
  return asOutcome<Answer>(() => {
    if (shard.kind === 'blocks') return blocks(shard)
    return shard.kind === 'setting' ? settingOf(shard) : look(shard.task)
  })
}

/** Blocks one after the other, until all are run or every claim is violated: nothing after that is part of a result. */
async function blocks({ campaign, first, count }: BlocksShard): Promise<BlocksAnswer> {
  const { protocol, subject } = await resolveSubject(campaign.subject, '/')
  assertCampaign(campaign, protocol, subject.properties.claims)
  const open = new Set(campaign.claims.filter((claim) => claim !== noException.name))
  const judged = open.size
  const results: BlocksAnswer[number][] = []
  for (let next = first; next < first + count; next += BLOCK) {
    const result = answerOf(await runBlock({ campaign, first: next, count: Math.min(BLOCK, first + count - next) }))
    results.push(result)
    for (const { claim } of result.found) open.delete(claim)
    if (judged > 0 && open.size === 0 && !campaign.counts) break
  }
  return results
}

async function settingOf(shard: SettingShard): Promise<SettingAnswer> {
  const { setting, others, without, maxStates, maxUniverse } = shard
  const { protocol, subject } = await resolveSubject(shard.subject, '/')
  const claims = claimsOf(subject).filter(({ name }) => shard.claims.includes(name))
  const how = { protocol, subject, claims, without: without as readonly PassName[], maxStates, maxUniverse }
  return searchSetting({ setting, others }, how, check)
}
