import { type LineRow, type LinesAbout, lines, type Plot } from '../report/plots/index.ts'
import { counted } from '../report/text/numbers.ts'
import { wilson } from '../sweep/wilson.ts'
import type { PublishedPoint, Share } from './point.ts'
import { checkedText } from './report.ts'
import { expectedOf, type PublishedStudy } from './theory.ts'

const MALICIOUS = 'number of malicious (Byzantine) replicas'
const LATENCY = 'mean latency of the successes, seconds'
/** As published: the ends of the curve do not touch the frame. */
const SHARES = { y: 'success rate', scale: 'share', domain: [-0.05, 1.05] } as const
const MEANS = { interval: '95 % interval of the mean' } as const

/** How the numbers came about, below every picture. */
function method({ n, runs, seed, conditions }: PublishedStudy): string {
  const { minDelay, maxDelay, reorder, timeout } = conditions
  return `n = ${n}, ${counted(runs, 'trial')} a point, seed ${seed}. Simulated under a virtual clock: delays uniform from ${minDelay} to ${maxDelay} ms, ${reorder * 100} % of the copies up to 20 ms later, nothing lost, timeout ${timeout / 1_000} s, a broadcast blocks its sender.`
}

type Mean = Pick<PublishedPoint, 'meanLatencyS' | 'halfWidthS'>

/** A mean with the interval around it, where there is one. */
function meanRow(series: string, x: number, { meanLatencyS, halfWidthS }: Mean): LineRow {
  const interval =
    meanLatencyS === null || halfWidthS === null
      ? { low: null, high: null }
      : { low: Math.max(0, meanLatencyS - halfWidthS), high: meanLatencyS + halfWidthS }
  return { series, x, y: meanLatencyS, ...interval }
}

function latencyRows(series: string, points: readonly PublishedPoint[]): LineRow[] {
  return points.map((point) => meanRow(series, point.malicious, point))
}

function successRows(series: string, points: readonly PublishedPoint[], of: (point: PublishedPoint) => Share) {
  return points.flatMap((point): LineRow[] => {
    const { trials, successes } = of(point)
    if (trials === 0) return []
    return [{ series, x: point.malicious, y: successes / trials, ...wilson(successes, trials) }]
  })
}

/** The two plots as published, without intervals. */
function asPublished(study: PublishedStudy): Promise<Plot>[] {
  const caption = method(study)
  const bare = (rows: readonly LineRow[]): LineRow[] => rows.map(({ series, x, y }) => ({ series, x, y }))
  return [
    lines(bare(latencyRows('mean over the successes', study.points)), {
      name: 'published-latency',
      title: 'As published: latency against malicious replicas',
      ...{ x: MALICIOUS, y: LATENCY },
      caption: `${caption}\nThe mean of the successful trials; where none succeeded there is no value.`,
    }),
    lines(bare(successRows('all trials', study.points, (point) => point)), {
      name: 'published-success',
      title: 'As published: success rate against malicious replicas',
      ...{ x: MALICIOUS, ...SHARES },
      caption,
    }),
  ]
}

function bySplit(study: PublishedStudy): Promise<Plot> {
  const chance = 'computed: 1 − m/n up to f, then 0'
  const computed = expectedOf(study).map(({ malicious, success }) => ({ series: chance, x: malicious, y: success }))
  const about: LinesAbout = {
    name: 'success-by-primary',
    title: 'Success, split by whether the primary is Byzantine',
    subtitle: 'The falling curve is the chance that the primary was not drawn',
    ...{ x: MALICIOUS, ...SHARES, computed: [chance], interval: '95 % Wilson interval' },
    caption: `${method(study)}\n${checkedText(study)}.`,
  }
  const split = [
    ...successRows('all trials', study.points, (point) => point),
    ...successRows('primary correct', study.points, ({ primaryCorrect }) => primaryCorrect),
    ...successRows('primary Byzantine', study.points, ({ primaryByzantine }) => primaryByzantine),
  ]
  return lines([...split, ...computed], about)
}

function onceOnly(study: PublishedStudy): Promise<Plot> {
  const name = 'computed: COMMIT once + repetitions × one blocked broadcast'
  const computed = expectedOf(study).map(({ malicious, latencyS }) => ({ series: name, x: malicious, y: latencyS }))
  const measured = [...latencyRows('as published', study.points), ...latencyRows('COMMIT sent once', study.once)]
  return lines([...measured, ...computed], {
    name: 'latency-commit-once',
    title: 'Latency falls because COMMIT is repeated less often',
    ...{ x: MALICIOUS, y: LATENCY, computed: [name], ...MEANS },
    caption: `${method(study)}\nBoth on the same samples of malicious replicas; no trial with more than f of them succeeds.`,
  })
}

/** The reason made visible: at a given number of votes, the number of malicious replicas makes no difference. */
function byPrepares(study: PublishedStudy): Promise<Plot> {
  const rows = study.points.flatMap(({ malicious, byVotes }) =>
    byVotes.map((votes) => meanRow(`${malicious} malicious`, votes.prepares, votes)),
  )
  return lines(rows, {
    name: 'latency-by-prepares',
    title: 'What latency depends on: PREPAREs for the proposal',
    subtitle: `Each one beyond the quorum of ${2 * study.f + 1} is one more COMMIT broadcast to wait for`,
    ...{ x: 'replicas that sent PREPARE for the proposal', y: LATENCY, ...MEANS },
    caption: `${method(study)}\nThe successful trials by the votes in them. Without an interval: fewer than 5 trials.`,
  })
}

/** The published plots, and those that explain them. */
export async function publishedPlots(study: PublishedStudy): Promise<Plot[]> {
  return Promise.all([...asPublished(study), bySplit(study), onceOnly(study), byPrepares(study)])
}
