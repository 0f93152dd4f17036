import type {
  BlocksAnswer,
  BlocksShard,
  SettingAnswer,
  SettingShard,
  Shard,
  ShardAnswer,
  ShardBlock,
  ShortFound,
  StudyAnswer,
  StudyShard,
  ViolationAnswer,
  ViolationShard,
} from '../../campaign/shard.ts'
import { windowOf } from '../../campaign/violations.ts'
import { assertCampaign } from '../../fuzz/campaign/asked.ts'
import { BLOCK } from '../../fuzz/campaign/campaign.ts'
import type { Lesson } from '../../fuzz/campaign/lesson.ts'
import type { Found } from '../../fuzz/campaign/result.ts'
import { type Claim, type Protocol, program, UsageError } from '../../model/index.ts'
import { certify } from '../../shrink/certify.ts'
import { shrink } from '../../shrink/shrink.ts'
import type { Scenario, ScenarioEffort } from '../../studies/scenario.ts'
import type { Trials } from '../../studies/trials.ts'
import { noException } from '../../system/index.ts'
import type { PassName } from '../../tables/passes/pass-names.ts'
import { claimsOf } from '../subjects/claim-names.ts'
import { resolveSubject } from '../subjects/subjects.ts'
import { asOutcome, settled, type ThreadOutcome } from '../workers/outcome.ts'
import { searchNamed } from '../workers/search-named.ts'
import { look } from '../workers/sweep-worker.ts'
import runBlock from '../workers/worker.ts'

/** Does a shard, on a thread: a function of the shard, whoever does it, and when. */
export default function doShard(shard: Shard): Promise<ThreadOutcome<ShardAnswer>> {
  return asOutcome<ShardAnswer>(() => {
    if (shard.kind === 'blocks') return blocks(shard)
    if (shard.kind === 'violation') return violationOf(shard)
    if (shard.kind === 'study') return caseOf(shard)
    return shard.kind === 'setting' ? settingOf(shard) : look(shard.task)
  })
}

/** Blocks one after the other, until all are run or every claim is violated: nothing after that is part of a result. */
async function blocks({ campaign, first, count, lesson }: BlocksShard): Promise<BlocksAnswer> {
  const { protocol, subject } = await resolveSubject(campaign.subject, '/')
  assertCampaign(campaign, protocol, subject.properties.claims)
  const open = new Set(campaign.claims.filter((claim) => claim !== noException.name))
  const judged = open.size
  const results: ShardBlock[] = []
  const short = new Set<string>()
  for (let next = first; next < first + count; next += BLOCK) {
    const result = settled(
      await runBlock({
        ...{ campaign, first: next, count: Math.min(BLOCK, first + count - next) },
        ...(lesson ? { lesson: lesson as Lesson } : {}),
      }),
    )
    // The first violation of each claim in each window is shrunk; all the others are most likely the same.
    const firsts = result.found.filter((found) => {
      const key = `${found.claim} ${windowOf(campaign, found.run)}`
      return !short.has(key) && short.add(key)
    })
    const shrunk = firsts.map((found) => shortened(protocol, claimsOf(subject), found))
    results.push({ ...result, ...(shrunk.length > 0 ? { short: shrunk } : {}) })
    for (const { claim } of result.found) open.delete(claim)
    if (judged > 0 && open.size === 0 && !campaign.counts) break
  }
  return results
}

const settingOf = ({ kind: _, without, ...shard }: SettingShard): Promise<SettingAnswer> =>
  searchNamed({ ...shard, without: without as readonly PassName[] })

/** What shrinking may look at where a violation is found: there may be one in each window. */
const QUICKLY = { maxStates: 200, maxReplays: 500 }

function shortened(protocol: Protocol, claims: readonly Claim<any>[], found: Found): ShortFound {
  const { run, strategies, scheduler, steps, setting } = found
  const claim = claims.find(({ name }) => name === found.claim)!
  const { stages: _, ...shrunk } = shrink(program(protocol, setting), claim, steps, QUICKLY)
  return { claim: found.claim, ...shrunk, found: { run, strategies, scheduler, steps: steps.length } }
}

async function violationOf(shard: ViolationShard): Promise<ViolationAnswer> {
  const { setting, steps, maxStates, certifyStates } = shard
  const { protocol, subject } = await resolveSubject(shard.subject, '/')
  const claim = claimsOf(subject).find(({ name }) => name === shard.claim)
  if (!claim) throw new UsageError(`${shard.subject} has no claim ${shard.claim}`, 'use one version for all')
  return {
    shrunk: shrink(program(protocol, setting), claim, steps, {
      ...(maxStates === undefined ? {} : { maxStates }),
      ...(certifyStates === undefined ? {} : { certify: certify({ maxStates: certifyStates }) }),
    }),
  }
}

/** What is asked is as it was asked: whoever asked is the same version of this program. */
async function caseOf({ of, asked }: StudyShard): Promise<StudyAnswer> {
  if (of === 'trials') return { said: (await import('../../studies/trials.ts')).runTrials(asked as Trials) }
  const { scenario, effort } = asked as { scenario: Scenario; effort: ScenarioEffort }
  return { said: await (await import('../../studies/scenario.ts')).lookAt(scenario, effort) }
}
