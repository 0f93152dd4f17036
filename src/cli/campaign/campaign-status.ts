import { once } from 'node:events'
import type { CampaignRecord, ShardQueue, WorkerRecord } from '../../campaign/queue.ts'
import { UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { table } from '../../report/text/table.ts'
import { EXIT, type ExitCode } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'
import type { Act } from './campaign-flags.ts'
import { opened } from './campaign-queue.ts'
import type { ViolationStory } from './violation-story.ts'

/** Milliseconds without a sign of life after which a worker, or a campaign, is taken for dead. */
const LIVES = 15_000

/** What a queue is at. */
export interface Status {
  readonly queue: string
  /** Jobs by state, as the queue counts them. */
  readonly jobs: Readonly<Record<string, number>>
  readonly campaigns: readonly (CampaignRecord & { readonly isAlive: boolean })[]
  readonly workers: readonly (WorkerRecord & { readonly isAlive: boolean })[]
  /** As they were found, one for each cause. */
  readonly violations: readonly object[]
}

export async function statusOf(queue: ShardQueue, now: number): Promise<Status> {
  const isAlive = ({ at }: { readonly at: number }): boolean => now - at < LIVES
  const campaigns = await queue.campaigns()
  const violations: object[] = []
  for (const { id } of campaigns) {
    // Diagrams are asked for one by one.
    for (const { svg, ...one } of (await queue.violations(id)) as readonly ViolationStory[]) {
      violations.push({
        ...one,
        campaign: id,
        ...(svg === undefined ? {} : { diagram: `diagrams/${id}/${one.cause}.svg` }),
      })
    }
  }
  return {
    queue: queue.shown,
    jobs: await queue.counts(),
    campaigns: campaigns.map((one) => ({ ...one, isAlive: isAlive(one) })),
    workers: (await queue.workerRecords()).map((one) => ({ ...one, isAlive: isAlive(one) })),
    violations,
  }
}

export const showStatus: Act = async (words, flags, output) => {
  if (words.length > 0) throw new UsageError('status is of a whole queue', 'name the queue with --queue')
  const queue = await opened(flags, output)
  try {
    if (flags.page !== undefined) return await servePage(flags.page, queue, output)
    const status = await statusOf(queue, Date.now())
    output.say(statusLines(status))
    output.json({ command: 'campaign', ...status })
    return EXIT.holds
  } finally {
    await queue.close()
  }
}

/** Serves the live page until somebody ends it. */
async function servePage(asked: number, queue: ShardQueue, output: Output): Promise<ExitCode> {
  const { serve } = await import('./status-server.ts')
  const { server, port } = await serve(
    asked,
    () => statusOf(queue, Date.now()),
    async (campaign, cause) => {
      const { svg } = ((await queue.violation(campaign, cause)) ?? {}) as Partial<ViolationStory>
      return typeof svg === 'string' ? svg : undefined
    },
  )
  output.say(`the queue ${queue.shown}, live: http://127.0.0.1:${port}/`)
  await once(server, 'close')
  return EXIT.holds
}

function statusLines({ queue, jobs, campaigns, workers }: Status): string[] {
  const counts = Object.entries(jobs).flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []))
  const campaignRows = campaigns.map((one) => [
    one.id,
    one.isAlive || one.state !== 'running' ? one.state : 'died',
    `${one.done} of ${one.asked}`,
    one.violated.length > 0 ? `violated: ${one.violated.join(', ')}` : '',
    one.command,
  ])
  const workerRows = workers
    .filter(({ isAlive }) => isAlive)
    .map(({ name, threads, shards, busy }) => [name, `${threads} threads`, `${shards} shards`, rate(shards, busy)])
  return [
    `${queue}: ${counts.length > 0 ? counts.join(', ') : 'no jobs'}`,
    ...(campaigns.length > 0 ? ['', ...table(campaignRows)] : ['no campaign']),
    ...(workerRows.length > 0 ? ['', ...table(workerRows)] : ['no worker']),
  ]
}

function rate(shards: number, busy: number): string {
  return shards === 0 ? '' : `${(busy / shards / 1_000).toFixed(1)} s a shard`
}

/** Ends a campaign: what waits is taken away, and what is done stays done. */
export const stopCampaign: Act = async (words, flags, output) => {
  const queue = await opened(flags, output)
  try {
    const running = (await queue.campaigns()).filter(({ state }) => state === 'running')
    const ids = running.map(({ id }) => id)
    const asked = words.length > 0 ? words : ids
    const odd = asked.find((id) => !ids.includes(id))
    if (odd !== undefined) {
      throw new UsageError(
        `no campaign called ${odd.slice(0, 50)} is running`,
        didYouMean(odd, ids, `see turncoat campaign status`),
      )
    }
    if (words.length === 0 && ids.length > 1) {
      throw new UsageError(
        `${ids.length} campaigns are running: ${ids.join(', ')}`,
        'name one of them: campaign stop ID',
      )
    }
    for (const id of asked) {
      await queue.askToStop(id)
      await queue.removeWaiting(id)
    }
    output.say(asked.length > 0 ? `stopping ${asked.join(', ')}` : 'no campaign is running')
    output.json({ command: 'campaign', stopping: asked })
    return EXIT.holds
  } finally {
    await queue.close()
  }
}
