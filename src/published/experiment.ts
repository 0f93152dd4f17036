/**
 * The published experiment, with asyncio-pbft: 0 … f + 6 malicious replicas, the same trials with the protocol as it was
 * written and with the variant that sends COMMIT once.
 */
import { type Protocol, range } from '../model/index.ts'
import { asyncioPbft, commitOnce } from '../protocols/asyncio-pbft.ts'
import { type PublishedPoint, publishedPoint } from './point.ts'
import type { PublishedStudy } from './theory.ts'
import { PUBLISHED, publishedTrials } from './trials.ts'

/** What the published main program says; it makes 6 trials of each point. */
export const MAIN = { n: 10, runs: 6, seed: 11 }

/** The protocol as it was written, and the variant that sends COMMIT once. */
export const VARIANTS = [asyncioPbft, commitOnce] as readonly unknown[] as readonly Protocol[]

export interface PublishedExperiment {
  readonly study: PublishedStudy
  /** Every trial as a line: the fields of the published program first. */
  readonly trials: readonly object[]
  /** How long each protocol took. */
  readonly seconds: readonly number[]
}

const F = Math.floor((MAIN.n - 1) / 3)
/** The main program goes up to f + 6, which is 9 of its 10 replicas. */
const MALICIOUS = range(Math.min(MAIN.n, F + 6) + 1)

/** How many trials the experiment makes in all. */
export function trialsIn(runs: number): number {
  return VARIANTS.length * MALICIOUS.length * runs
}

/**
 * Both protocols on the same samples of malicious replicas.
 * @param watch the clock, in milliseconds, and who is told how many trials are done
 */
export function publishedExperiment(
  runs: number,
  seed: number,
  watch: { readonly now: () => number; readonly onProgress: (done: number, note: string) => void },
): PublishedExperiment {
  const { n } = MAIN
  const trials: object[] = []
  const lists: PublishedPoint[][] = []
  const seconds: number[] = []
  let done = 0
  for (const protocol of VARIANTS) {
    const points: PublishedPoint[] = []
    const began = watch.now()
    for (const malicious of MALICIOUS) {
      const made = publishedTrials({ protocol, n, malicious, seed }, runs)
      points.push(publishedPoint(malicious, made))
      for (const [t, trial] of made.entries()) trials.push({ subject: protocol.subject, trial: t, ...trial })
      done += runs
      watch.onProgress(done, `${protocol.subject}, ${malicious} malicious`)
    }
    lists.push(points)
    seconds.push(Math.round(watch.now() - began) / 1_000)
  }
  const study = { n, f: F, runs, seed, conditions: PUBLISHED, points: lists[0]!, once: lists[1]! }
  return { study, trials, seconds }
}
