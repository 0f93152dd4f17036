import type { PublishedPoint } from './point.ts'
import { EXTRA, type PublishedConditions } from './trials.ts'

/**
 * The most malicious replicas with which a correct primary succeeds. Byzantine replicas never send COMMIT, so the n − m
 * correct ones must be the quorum of 2f + 1 by themselves. That is f only where n = 3f + 1.
 */
export function mostTolerated(n: number, f: number): number {
  return n - (2 * f + 1)
}

/**
 * The share of trials that succeed, for f ≥ 1 and a network that loses nothing.
 *
 * A Byzantine primary sends every replica a digest of its own. Backups vote for what they got themselves, so no digest
 * has the votes of two correct replicas, nor of any other Byzantine one: no quorum, no success.
 *
 * With a correct primary the PREPAREs of the correct replicas are a quorum, and their COMMITs, as long as n − m is at
 * least 2f + 1. Nothing can be missed: votes that come before the proposal are counted, and a replica's own vote, which
 * comes after it, makes it look at them. Nor can the timeout pass: the last proposal arrives within one longest delay,
 * the last PREPARE within another, and each replica's COMMIT broadcasts take one longest delay each.
 *
 * Hence what is left is the draw. Of the C(n, m) samples, C(n−1, m) leave the primary out: a share of (n − m)/n.
 */
export function chanceOfSuccess(n: number, f: number, m: number): number {
  return m <= mostTolerated(n, f) ? (n - m) / n : 0
}

/** Byzantine replicas that vote for a correct primary's proposal, on average: one coin to speak, one for the digest. */
const VOTES_FOR_IT = 1 / 4

/**
 * COMMIT broadcasts that a correct replica makes beyond its first: one for each PREPARE beyond the quorum. Those of the
 * n − m correct replicas all come; a Byzantine one's in a quarter of the trials.
 */
export function repeatedCommits(n: number, f: number, m: number): number {
  return n - m + VOTES_FOR_IT * m - (2 * f + 1)
}

/** Steps of the numeric integral: with so many it is exact to the microsecond. */
const STEPS = 20_000

/** The share of copies that take at most `time`: uniform, and for late copies plus another uniform. */
function arrivedBy(time: number, { minDelay, maxDelay, reorder }: PublishedConditions): number {
  const width = maxDelay - minDelay
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value))
  const uniform = width > 0 ? within(time - minDelay, width) / width : time >= minDelay ? 1 : 0
  if (width === 0) return (1 - reorder) * uniform + (reorder * within(time - minDelay, EXTRA)) / EXTRA
  // The area of the rectangle of both delays that is below the line of sums equal to `time`.
  const corner = (value: number): number => Math.max(0, value) ** 2 / 2
  const rest = time - minDelay
  const area = corner(rest) - corner(rest - width) - corner(rest - EXTRA) + corner(rest - width - EXTRA)
  return (1 - reorder) * uniform + (reorder * area) / (width * EXTRA)
}

/** How long a broadcast to n replicas blocks its sender, on average in milliseconds: until its slowest copy is there. */
export function blockedBy(n: number, conditions: PublishedConditions): number {
  const longest = conditions.maxDelay + EXTRA
  const width = longest / STEPS
  let sum = 0
  for (let i = 0; i < STEPS; i++) sum += (1 - arrivedBy((i + 0.5) * width, conditions) ** n) * width
  return sum
}

/** The published sweep, as it is and with COMMIT sent once, on the same samples of malicious replicas. */
export interface PublishedStudy {
  readonly n: number
  readonly f: number
  /** Trials of each point. */
  readonly runs: number
  readonly seed: number
  readonly conditions: PublishedConditions
  readonly points: readonly PublishedPoint[]
  readonly once: readonly PublishedPoint[]
}

/** What the analysis says about one number of malicious replicas. */
export interface PublishedExpectation {
  readonly malicious: number
  readonly success: number
  /** Nothing where nothing succeeds. */
  readonly repeatedCommits: number | null
  readonly latencyS: number | null
}

/**
 * What arithmetic expects at each point. The latency starts from the one measured with COMMIT sent once, over all
 * successes; each repeated COMMIT adds one blocked broadcast. It is a little low where there are several: the trial
 * waits for the slowest replica, and the sum of several broadcasts varies more from replica to replica.
 */
export function expectedOf({ n, f, conditions, points, once }: PublishedStudy): PublishedExpectation[] {
  const successes = once.reduce((sum, point) => sum + point.successes, 0)
  const total = once.reduce((sum, point) => sum + point.successes * (point.meanLatencyS ?? 0), 0)
  const blockedS = blockedBy(n, conditions) / 1_000
  return points.map(({ malicious }) => {
    const success = chanceOfSuccess(n, f, malicious)
    const repeated = success > 0 ? repeatedCommits(n, f, malicious) : null
    const latencyS = repeated === null || successes === 0 ? null : total / successes + repeated * blockedS
    return { malicious, success, repeatedCommits: repeated, latencyS }
  })
}

/** Points where some trial ended otherwise than the analysis says: it leaves nothing to chance but who is drawn. */
export function oddPoints({ n, f, points, once }: PublishedStudy): PublishedPoint[] {
  return [...points, ...once].filter(({ malicious, primaryCorrect, primaryByzantine, agreements, successes }) => {
    const due = malicious <= mostTolerated(n, f) ? primaryCorrect.trials : 0
    return primaryByzantine.successes > 0 || primaryCorrect.successes !== due || agreements !== successes
  })
}
