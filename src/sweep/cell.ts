import type { Id } from '../model/index.ts'
import type { PointMetrics } from './metrics.ts'
import type { Stratum } from './strata.ts'

/** One place of the grid: all that is asked there is asked at once. */
export interface Point {
  /** As it was named on the command line: a variant is a place on this axis. */
  readonly subject: string
  readonly n: number
  readonly f: number
  readonly b: number
}

/**
 * - `proved`: holds in every schedule and for every Byzantine message of every coalition of b, within the bounds.
 * - `not-found`: held in all runs. No proof: `upper95` bounds the share of runs drawn like these that violate it.
 * - `violated`: a schedule breaks it; its trace is saved.
 * - `stuck`: a liveness claim is violated by a coalition that says nothing, and nobody decided in any run.
 * - `vacuous`: nobody decided in any run, so nothing was tested.
 * - `inconclusive`: nothing could be searched here.
 */
export const VERDICTS = ['proved', 'not-found', 'violated', 'stuck', 'vacuous', 'inconclusive'] as const
export type Verdict = (typeof VERDICTS)[number]

/** One strategy of one coalition. */
export interface StrategyTally {
  /** `none` where nobody is Byzantine. */
  readonly strategy: string
  readonly stratum: Stratum
  readonly byzantine: readonly Id[]
  readonly runs: number
  readonly violations: number
  /** Runs in which somebody decided. */
  readonly decided: number
  /** The first run that violated the claim. */
  readonly firstRun?: number
}

/** An exhaustive search of one coalition. */
export interface Searched {
  readonly byzantine: readonly Id[]
  /** For how many choices of coalitions it stands, itself included. */
  readonly stands: number
  readonly states: number
  readonly verdict: 'holds' | 'violated' | 'inconclusive' | 'vacuous'
}

/** What arithmetic says: two quorums share a correct replica, and the correct alone are a quorum. */
export interface Theory {
  /** 2q − n > b. */
  readonly safe: boolean
  /** q ≤ n − b. */
  readonly live: boolean
  /** Why nothing breaks although it is not safe: fewer than two replicas are correct, or nobody is Byzantine. */
  readonly exempt?: 'fewer than two correct' | 'nobody is Byzantine'
}

/** What is known about one claim at one point. */
export interface Cell extends Point {
  readonly quorum?: number
  readonly claim: string
  readonly verdict: Verdict
  /** The strategy that violated the claim most often; where none did, the one under which the fewest runs decided. */
  readonly strategy: string
  readonly runs: number
  readonly violations: number
  readonly decided: number
  /** Upper end of the Wilson interval for the share of violating runs. */
  readonly upper95: number
  readonly tallies: readonly StrategyTally[]
  /** Was it judged under silence alone? Then runs differ in their schedules only. */
  readonly silent?: true
  /** What was searched exhaustively, if anything: all coalitions up to renaming where the verdict is `proved`. */
  readonly searched: readonly Searched[]
  readonly theory?: Theory
  /** Does the verdict say otherwise than theory? */
  readonly contradicts?: boolean
  /** Is it broken only by coalitions to which the claim promises nothing, although b ≤ f? */
  readonly beyond?: true
  /** How the claim is broken, as the claim says it. */
  readonly witness?: string
  /** The file of the trace, from the folder of the sweep. */
  readonly trace?: string
}

/** Everything that was found at one point, in one pass: a line of the journal. */
export interface PointRecord extends Point {
  /** 0: the whole grid. 1: more runs near the boundary. */
  readonly pass: 0 | 1
  readonly cells: readonly Cell[]
  /** Of simulated executions: of all coalitions together, then of each. In the first pass only. */
  readonly metrics: readonly PointMetrics[]
}

/** A point by its name. */
export function keyOf({ subject, n, f, b }: Point): string {
  return `${subject} ${n} ${f} ${b}`
}

/** The name of the file for the trace of a cell. */
export function traceName({ subject, n, f, b }: Point, claim: string): string {
  const words = `${subject} ${claim} n${n} f${f} b${b}`
  return `${words.replace(/\W+/g, '-').replace(/^-/, '')}.json`
}
