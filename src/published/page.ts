import { htmlReport, type ReportTable } from '../report/pages/html-report.ts'
import type { Plot } from '../report/plots/index.ts'
import { counted } from '../report/text/numbers.ts'
import { checkedText, explanations, millisecondsText, SPLIT_COLUMNS, splitRows } from './report.ts'
import { blockedBy, mostTolerated, type PublishedStudy } from './theory.ts'

function printed({ runs, points }: PublishedStudy): ReportTable {
  return {
    caption: 'What the published program prints',
    columns: ['malicious', 'success', 'mean latency', 'digest agreement'],
    rows: points.map(({ malicious, successes, meanLatencyS, agreements }) => [
      malicious,
      `${successes}/${runs}`,
      meanLatencyS === null ? 'NA' : millisecondsText(meanLatencyS),
      `${agreements}/${Math.max(1, successes)}`,
    ]),
  }
}

function byVotes({ points }: PublishedStudy): ReportTable {
  return {
    caption: 'Mean latency by the replicas that sent PREPARE for the proposal',
    columns: ['malicious', 'PREPAREs', 'successful trials', 'mean latency'],
    rows: points.flatMap(({ malicious, byVotes: votes }) =>
      votes.map(({ prepares, trials, meanLatencyS }) => [malicious, prepares, trials, millisecondsText(meanLatencyS)]),
    ),
  }
}

/** Why the curve is what it is, for readers who want the proof. */
function derivation({ n, f, conditions }: PublishedStudy): string {
  const most = mostTolerated(n, f)
  return `Let f = ⌊(n − 1)/3⌋ ≥ 1 and let m replicas be malicious, a random sample of all n.

A Byzantine primary sends every replica a digest of its own. A backup votes for the digest that it got itself, or for a \
fake made of it; so the tally of a correct replica's digest holds that replica's own vote and no other. One vote is \
less than 2f + 1: nobody ever sends COMMIT, and no trial succeeds.

With a correct primary, every correct replica votes for its digest, and a correct replica commits exactly if 2f + 1 \
replicas send COMMIT for it. The malicious never send COMMIT. If n − m < 2f + 1, the correct ones are too few: no trial \
succeeds. If n − m ≥ 2f + 1, that is m ≤ n − (2f + 1) = ${most}, all of them do: a replica's own PREPARE reaches it \
after the proposal, and makes it look at the votes that came before, and so does its own COMMIT; nothing is lost. The \
timeout never matters: with delays of at most ${conditions.maxDelay + 20} ms the proposal, the PREPAREs and at most \
${n - 2 * f} COMMIT broadcasts of each replica are over after ${(conditions.maxDelay + 20) * (2 + n - 2 * f)} ms.

So success is decided by the draw alone: C(n − 1, m) of the C(n, m) samples leave the primary out, a share of \
(n − m)/n. P(success) = 1 − m/n for m ≤ n − (2f + 1), and 0 beyond. That bound is f only because n = 3f + 1 here; with \
n = 11 and 12 the same program would succeed with 4 and 5 malicious replicas, and a correct primary.

Latency: a correct replica gets n − m PREPAREs of correct replicas, and m/4 of malicious ones on average. It sends \
COMMIT on each from the (2f + 1)th on, hence n − m + m/4 − 2f times, ${n - 2 * f} times for m = 0. Each broadcast blocks \
it until the slowest of ${n} copies has arrived: ${blockedBy(n, conditions).toFixed(1)} ms on average. What it does not \
handle meanwhile are the COMMITs that would let it decide.`
}

/** One page with the tables, the pictures and the reasons. */
export function publishedPage(study: PublishedStudy, plots: readonly Plot[], command: string): string {
  const named = (...names: string[]): Plot[] => plots.filter(({ name }) => names.includes(name))
  const [success, latency] = explanations(study)
  return htmlReport({
    title: 'What the published experiment measures',
    intro: `A published PBFT simulator draws malicious replicas at random and plots latency and success rate against \
their number. Here its rules run under a virtual clock, ${counted(study.runs, 'trial')} a point with its own seeds, \
delays, timeout and adversary; the random numbers are not Python's. ${checkedText(study)}.`,
    sections: [
      {
        heading: 'As published',
        plots: named('published-latency', 'published-success'),
        table: printed(study),
      },
      {
        heading: 'Success measures who was drawn',
        text: success!,
        plots: named('success-by-primary'),
        table: { columns: [...SPLIT_COLUMNS], rows: splitRows(study) },
      },
      {
        heading: 'Latency measures how often COMMIT is repeated',
        text: latency!,
        plots: named('latency-commit-once', 'latency-by-prepares'),
        table: byVotes(study),
      },
      { heading: 'Why exactly so', text: derivation(study) },
    ],
    command,
  })
}
