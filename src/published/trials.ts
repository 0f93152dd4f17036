import { PUBLISHED_REACTIONS, type PublishedReaction, publishedInTime } from '../adversary/published.ts'
import {
  canonical,
  HarnessError,
  type Id,
  type Protocol,
  program as programOf,
  range,
  UsageError,
} from '../model/index.ts'
import { type Count, FAR, type Simulated } from '../simulate/measure/simulated.ts'
import { type Conditions, conditions } from '../simulate/request/conditions.ts'
import { Dice } from '../simulate/request/dice.ts'
import { simulate } from '../simulate/run/simulate.ts'
import { configure } from '../system/index.ts'

/** What the published main program runs with; times in milliseconds. */
export interface PublishedConditions {
  readonly minDelay: number
  readonly maxDelay: number
  readonly drop: number
  readonly reorder: number
  /** Counted from the end of the proposal. */
  readonly timeout: number
}

export const PUBLISHED: PublishedConditions = { minDelay: 5, maxDelay: 35, drop: 0, reorder: 0.05, timeout: 2_000 }

/** A late copy takes a further uniform 0 … 20 ms. */
export const EXTRA = 20

/** How often the trial looks whether everybody has committed. */
const POLL = 5

const PRIMARY = 0

const PAYLOAD = 'tx: pay Alice->Bob 5'

export interface PublishedRequest {
  /** The published protocol, or a variant of it. */
  readonly protocol: Protocol
  readonly n: number
  readonly malicious: number
  readonly seed: number
  readonly conditions?: PublishedConditions
}

/** The result of a trial, field by field what the published program returns. */
export interface PublishedResult {
  readonly n: number
  readonly f: number
  readonly malicious: number
  readonly malSet: readonly Id[]
  readonly success: boolean
  readonly latencyS: number | null
  readonly honestCommitted: number
  readonly honestTotal: number
  readonly agreedDigest: boolean
}

/** A trial with what the published program does not say about it. */
export interface PublishedTrial extends PublishedResult {
  readonly primaryByzantine: boolean
  /**
   * Replicas that vote for the digest of a correct primary: the correct ones, and Byzantine replicas that happen to.
   * Else null.
   */
  readonly prepares: number | null
  /** Copies that the correct replicas sent, by type. */
  readonly messages: readonly Count[]
  /** Did correct replicas commit different digests, in a trial that succeeded or in one that did not? */
  readonly disagreed: boolean
}

/** The seed of trial `t` with `m` malicious replicas, as published. The stream that it starts cannot be Python's. */
export function publishedSeed(seed: number, m: number, t: number): number {
  return seed + 1_000 * m + t
}

/** `count` of the numbers below n, each choice as likely as any other. */
function sample(dice: Dice, n: number, count: number): Id[] {
  const ids = range(n)
  const chosen = range(count).map((i) => {
    const at = i + Math.floor(dice.unit() * (n - i))
    const id = ids[at]!
    ids[at] = ids[i]!
    return id
  })
  return chosen.sort((a, b) => a - b)
}

/** One coin for silence; if it speaks, another one for the digest. */
function toss(dice: Dice): PublishedReaction {
  const [silent, same, fake] = PUBLISHED_REACTIONS
  if (dice.happens(0.5)) return silent
  return dice.happens(0.5) ? same : fake
}

function conditionsOf({ minDelay, maxDelay, drop, reorder }: PublishedConditions): Conditions {
  return conditions({
    latency: { kind: 'uniform', min: minDelay, max: maxDelay },
    reorder: { probability: reorder, extra: EXTRA },
    loss: drop,
    blocking: true,
  })
}

/** All dice of the coalition, thrown before the trial begins. */
function tossAll(dice: Dice, n: number, malicious: number) {
  const malSet = sample(dice, n, malicious)
  const reactions = new Map(malSet.map((id) => [id, toss(dice)]))
  const salts = range(malSet.includes(0) ? n : 0).map(() => Math.floor(dice.unit() * (1e9 + 1)))
  return { malSet, reactions, salts }
}

/** Whole microseconds, so that polls and arrivals compare exactly. */
const whole = (ms: number): number => Math.round(ms * 1_000)

/** When the trial looks for the first time and everybody has committed; never, where that is after the timeout. */
function noticed(proposed: number, committed: number, timeout: number): number | undefined {
  const polls = Math.max(0, Math.ceil((whole(committed) - whole(proposed)) / whole(POLL)))
  return polls * POLL < timeout ? (whole(proposed) + polls * whole(POLL)) / 1_000 : undefined
}

/** What the trial reports of a run. */
function judged(run: Simulated, honestTotal: number, timeout: number) {
  // A Byzantine primary's proposal ends later, but nobody ever commits one of its digests: a quorum is more than one.
  const proposed = run.taken[0]?.sent ?? 0
  const times = run.decisions.map(({ time }) => time)
  const digests = new Set(run.decisions.map(({ output }) => canonical(output)))
  const isComplete = honestTotal > 0 && times.length === honestTotal
  const time = isComplete ? noticed(proposed, Math.max(...times), timeout) : undefined
  return {
    success: time !== undefined,
    latencyS: time === undefined ? null : time / 1_000,
    honestCommitted: times.filter((committed) => committed < proposed + timeout).length,
    agreedDigest: time !== undefined && digests.size === 1,
    disagreed: digests.size > 1,
  }
}

/**
 * One trial of the published experiment, its `run_single_consensus`, on the protocol's own reducers: a random sample of
 * all replicas is Byzantine, the primary included; the trial waits until the proposal has been put on its way, and then
 * looks every 5 ms, up to the timeout, whether every correct replica has committed.
 */
export function publishedTrial({
  protocol,
  n,
  malicious,
  seed,
  conditions: asked = PUBLISHED,
}: PublishedRequest): PublishedTrial {
  if (n < 4) throw new UsageError(`a quorum of ${n} replicas is one replica`, 'take at least 4 replicas')
  const dice = new Dice(seed)
  const { malSet, reactions, salts } = tossAll(dice, n, Math.min(malicious, n))
  const [setting] = configure(protocol, { n, byzantine: malSet, values: [PAYLOAD], inputs: { 0: [PAYLOAD] } })
  if (!setting) throw new HarnessError('a trial has no setting')
  const program = { ...programOf(protocol, setting), copies: true }
  const behaviour = publishedInTime(
    { program, members: malSet },
    { reaction: (member) => reactions.get(member)!, variant: (to) => `${PAYLOAD}::to=${to}::salt=${salts[to]}` },
  )
  const run = simulate({
    program,
    conditions: conditionsOf(asked),
    // A stream of its own, which the first one seeds: the two must not be the same.
    seed: Math.floor(dice.unit() * 2 ** 32),
    faults: { behaviour, sequential: true },
    load: { kind: 'inputs' },
    until: FAR,
  })
  const honestTotal = n - malSet.length
  const primaryByzantine = malSet.includes(PRIMARY)
  const votes = honestTotal + [...reactions.values()].filter((reaction) => reaction === 'same').length
  return {
    ...{ n, f: setting.f, malicious, malSet, honestTotal, primaryByzantine },
    ...judged(run, honestTotal, asked.timeout),
    prepares: primaryByzantine ? null : votes,
    messages: run.messages,
  }
}

/** The trials of one point of the sweep, each with its own seed. */
export function publishedTrials(request: PublishedRequest, trials: number): PublishedTrial[] {
  const { seed, malicious } = request
  return range(trials).map((t) => publishedTrial({ ...request, seed: publishedSeed(seed, malicious, t) }))
}
