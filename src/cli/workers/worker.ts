import { BlockRunner } from '../../fuzz/campaign/block.ts'
import type { Lesson } from '../../fuzz/campaign/lesson.ts'
import type { BlockResult, Campaign } from '../../fuzz/campaign/result.ts'
import { canonical, lawOf } from '../../model/index.ts'
import { resolveSubject } from '../subjects/subjects.ts'
import { asOutcome, type ThreadOutcome } from './outcome.ts'

/** What a worker thread is asked for: some consecutive runs of a campaign. */
export interface BlockRequest {
  readonly campaign: Campaign
  readonly first: number
  readonly count: number
  /** What the rounds before have met, in a campaign that learns. */
  readonly lesson?: Lesson
  /** The time of day at which it is to stop. */
  readonly until?: number
}

/** Tables are dear, so a worker keeps them for the campaign it is working on. */
let current: { readonly key: string; readonly runner: BlockRunner } | undefined

/** Runs on a worker thread. */
export default function runBlock(request: BlockRequest): Promise<ThreadOutcome<BlockResult>> {
  return asOutcome(() => run(request))
}

/** Runs on a worker thread when all blocks are done. */
export function end(): Promise<ThreadOutcome<void>> {
  return asOutcome(async () => (await import('../../external/index.ts')).settlePrograms())
}

async function run({ campaign, first, count, lesson, until }: BlockRequest): Promise<BlockResult> {
  const key = canonical(campaign)
  if (current?.key !== key) {
    const { protocol, subject } = await resolveSubject(campaign.subject, '/')
    const law = lawOf(subject, protocol)
    current = { key, runner: new BlockRunner(campaign, protocol, subject.properties.claims, undefined, law) }
  }
  const stop = until === undefined ? undefined : () => Date.now() >= until
  return current.runner.run(first, count, stop, lesson)
}
