import { type Configuration, type Protocol, type Setting, UsageError } from '../model/index.ts'
import { configure } from '../system/index.ts'
import { places } from './axis.ts'
import type { Point } from './cell.ts'
import { strata } from './strata.ts'
import type { SweptConditions } from './swept-conditions.ts'

/** One subject of a sweep, in one kind of surroundings. */
export interface GridSubject {
  /** As it was named; with the flags that tell it from itself in other surroundings: `pbft --auth channels`. */
  readonly subject: string
  /** As it was named, where `subject` says more. */
  readonly asked?: string
  /** By this name a worker finds it again. */
  readonly found: string
  /** Names of the claims to judge. */
  readonly claims: readonly string[]
  /** The setting, but for n, f and who is Byzantine. */
  readonly configuration: Configuration
}

/** All that a sweep asks. Equal grids have equal results, whatever machine and number of threads. */
export interface Grid {
  readonly subjects: readonly GridSubject[]
  /** Axes as they were written. */
  readonly n: string
  readonly f: string | null
  readonly b: string
  /**
   * Bounds that replace others where nobody is Byzantine: it takes more views to break a quorum without Byzantine
   * replicas.
   */
  readonly unattacked: Readonly<Record<string, string>>
  /** Names of strategies, in the order in which they are tried. */
  readonly strategies: readonly string[]
  /** Strategies that liveness is judged under. */
  readonly silences: readonly string[]
  readonly runs: number
  /** How many times as many runs a point near the boundary gets, where nothing was found there. */
  readonly boundary: number
  readonly maxSteps: number
  /** States that the exhaustive searches of one point may look at together. */
  readonly maxStates: number
  /** Simulated executions of each coalition of a point. */
  readonly trials: number
  /** The network and the machines of these. */
  readonly conditions: SweptConditions
  readonly seed: number
  /** Are all runs made, to count the violating ones, or only until the first one? */
  readonly rates: boolean
}

/** Points that one sweep looks at: at a second each, ten thousand take hours. */
const MOST_POINTS = 10_000

/** The points of a grid, in its order: subjects, then n, f, b. */
export function pointsOf(grid: Grid, protocols: ReadonlyMap<string, Protocol>): readonly Point[] {
  const points: Point[] = []
  if (places(grid.n).length === 0) {
    throw new UsageError(`no n is in ${grid.n}`, 'write the smaller number first: --n 4..7')
  }
  for (const { subject } of grid.subjects) {
    const { definition } = protocols.get(subject)!
    for (const n of places(grid.n).filter((size) => size >= 1)) {
      const sizes = grid.f === null ? [definition.defaults(n).f] : places(grid.f, { n })
      for (const f of sizes.filter((size) => size >= 0 && size <= n)) {
        if (points.length > MOST_POINTS) {
          throw new UsageError(
            `the grid has more than ${MOST_POINTS} points`,
            'write shorter axes: --n 4..13 --b 0..f+1',
          )
        }
        const byzantineReplicas = places(grid.b, { n, f }).filter((count) => count >= 0 && count <= n)
        points.push(...byzantineReplicas.map((b) => ({ subject, n, f, b })))
      }
    }
  }
  if (points.length === 0) throw new UsageError('the grid has no point', 'let --b reach down to n: --b 0..n')
  return points
}

/** The configuration of a point, but for who is Byzantine. */
export function configurationAt(grid: Grid, { subject, n, f, b }: Point): Configuration {
  const { configuration } = grid.subjects.find((one) => one.subject === subject)!
  const { byzantine: _, b: __, ...rest } = configuration
  const more = b === 0 ? Object.entries(grid.unattacked).map(([name, text]) => [name, places(text, { n, f })[0]!]) : []
  return { ...rest, n, f, bounds: { ...configuration.bounds, ...Object.fromEntries(more) } }
}

/** The settings that stand for a point in runs. */
export function settingsAt(protocol: Protocol, configuration: Configuration, { n, b }: Point): readonly Setting[] {
  return strata(n, b).map(({ byzantine }) => configure(protocol, { ...configuration, byzantine })[0]!)
}
