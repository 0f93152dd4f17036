import type { Found } from '../fuzz/campaign/result.ts'
import { type Claim, program as inSetting, type Protocol, type Setting } from '../model/index.ts'
import { reproducesEagerly } from '../shrink/eager.ts'
import { readable } from '../shrink/readable.ts'
import type { Shrunk } from '../shrink/result.ts'
import { type ShrinkOptions, shrink } from '../shrink/shrink.ts'
import { MOST_PARTICIPANTS, noException } from '../system/index.ts'
import { deservesMore } from './boundary.ts'
import type { Cell, Point, PointRecord, StrategyTally } from './cell.ts'
import { configurationAt, type Grid, settingsAt } from './grid.ts'
import { cellOf, isSilenced } from './judge.ts'
import { metricsOf } from './metrics.ts'
import { type PointProof, provePoint, type ShortestFound } from './prove.ts'
import { type SearchTask, searchPoint } from './search.ts'
import { strata } from './strata.ts'
import { hasTheory, quorumOf } from './theory.ts'

/** One point to look at, once. */
export interface Task {
  readonly grid: Grid
  readonly point: Point
  readonly pass: 0 | 1
  /** What the first pass found here. */
  readonly before?: PointRecord
}

/** A violation, as short as it is worth making it here. */
export interface PointViolation {
  readonly claim: string
  readonly shrunk: Omit<Shrunk, 'stages'>
  /** The run that it comes from; nothing where an exhaustive search found it. */
  readonly found?: Found
  /** How many steps it had before shrinking. */
  readonly steps: number
}

export interface Examined {
  readonly record: PointRecord
  readonly violations: readonly PointViolation[]
}

/** What shrinking may look at: a sweep has many violations, and each can be shrunk further by hand. */
const SHRINK = { maxStates: 500, maxReplays: 2_000 }
/** Each look at a liveness claim is a healed run. */
const SHRINK_LIVENESS = { maxStates: 50, maxReplays: 100 }

/** Everything that a grid asks about one point. A function of its task: equal tasks, equal results. */
export function examine(task: Task, protocol: Protocol, claims: readonly Claim<any>[]): Examined {
  const { grid, point, pass, before } = task
  const configuration = configurationAt(grid, point)
  const settings = settingsAt(protocol, configuration, point)
  const wanted = wantedIn(task, claims)
  const guards = claims.filter(({ kind }) => kind === 'sometimes')
  const proofs =
    pass === 0 && !isTooLarge(settings[0]!)
      ? provePoint(protocol, configuration, point, wanted.filter(provable), guards, grid.maxStates)
      : new Map<string, PointProof>()
  const coalitions = strata(point.n, point.b).map(({ stratum }, i) => ({ stratum, setting: settings[i]! }))
  const runs = allRuns(task, protocol, coalitions, claims, wanted, proofs)
  const q = quorumOf(protocol, settings[0]!)
  const violations: PointViolation[] = []
  const names = [...runs.tallies.keys()].filter((name) => wanted.some((claim) => claim.name === name))
  const odd = [...runs.found.keys()].filter((name) => !names.includes(name))
  const cells = [...new Set([...wanted.map(({ name }) => name), ...odd])].map((name): Cell => {
    const claim = [...claims, noException].find((one) => one.name === name)!
    const proof = proofs.get(name)
    const earlier = before?.cells.find((cell) => cell.claim === name)
    const limits = claim.kind === 'liveness' ? SHRINK_LIVENESS : SHRINK
    const violation = violationOf(protocol, claim, proof?.violation, runs.found.get(name), limits, SHRINK.maxStates)
    if (violation) violations.push(violation)
    return cellOf({
      ...{ point, claim, q, hasTheory: hasTheory(settings[0]!), earlier },
      tallies: runs.tallies.get(name) ?? [],
      silent: isSilenced(claim) && grid.silences.every((strategy) => strategy === SILENCE),
      ...(proof ? { proof } : {}),
      isBeyond: claim.promise && ((byzantine) => !claim.promise!({ ...settings[0]!, byzantine })),
      ...(violation ? { witness: violation.shrunk.witness } : {}),
    })
  })
  const { conditions, trials, seed } = grid
  const metrics = pass === 0 ? metricsOf({ protocol, claims, coalitions, conditions, trials, seed }) : []
  return { record: { ...point, pass, cells, metrics }, violations }
}

/** The strategy that says nothing. */
const SILENCE = 'silent'

/** The claims of a point that there is something to find out about: in the second pass, those that deserve more. */
function wantedIn({ grid, point, before }: Task, claims: readonly Claim<any>[]): readonly Claim<any>[] {
  const asked = grid.subjects.find(({ subject }) => subject === point.subject)!.claims
  const left = before?.cells.filter(deservesMore).map(({ claim }) => claim)
  return [...claims, noException].filter(({ name }) => asked.includes(name) && (left?.includes(name) ?? true))
}

/** Engines with tables, which search, have a largest size; a simulation has none. */
function isTooLarge({ n, clients }: Setting): boolean {
  return n + clients > MOST_PARTICIPANTS
}

/** Liveness is asked of the silent coalition, which an exhaustive search has no word for. */
function provable(claim: Claim<any>): boolean {
  return !isSilenced(claim) && claim.name !== noException.name
}

/** Runs for the claims that are not proved. Safety and liveness have runs of their own, so that neither depends on the other. */
function allRuns(
  { grid, pass }: Task,
  protocol: Protocol,
  coalitions: SearchTask['coalitions'],
  claims: readonly Claim<any>[],
  wanted: readonly Claim<any>[],
  proofs: ReadonlyMap<string, PointProof>,
) {
  const open = wanted.filter(({ name }) => !['holds', 'vacuous'].includes(proofs.get(name)?.verdict ?? ''))
  const tallies = new Map<string, readonly StrategyTally[]>()
  const found = new Map<string, Found>()
  if (isTooLarge(coalitions[0]!.setting)) return { tallies, found }
  for (const silenced of [false, true]) {
    const judged = open.filter((claim) => isSilenced(claim) === silenced).map(({ name }) => name)
    if (judged.length === 0) continue
    const part = searchPoint({
      ...{ protocol, claims, coalitions },
      asked: judged,
      strategies: silenced ? grid.silences : grid.strategies,
      runs: pass === 0 ? grid.runs : grid.runs * (1 + grid.boundary),
      after: pass === 0 ? 0 : grid.runs,
      ...{ seed: grid.seed, maxSteps: grid.maxSteps, rates: grid.rates },
    })
    for (const [claim, list] of part.tallies) tallies.set(claim, [...(tallies.get(claim) ?? []), ...list])
    for (const [claim, hit] of part.found) if (!found.has(claim)) found.set(claim, hit)
  }
  return { tallies, found }
}

/**
 * The violation that is saved: the exhaustive search's, which is the shortest one, else that of a run, shrunk.
 * @param eagerStates states that are looked at to see whether it happens with eager rules, too
 */
export function violationOf(
  protocol: Protocol,
  claim: Claim<any>,
  shortest: ShortestFound | undefined,
  found: Found | undefined,
  limits: Pick<ShrinkOptions, 'maxStates' | 'maxReplays'>,
  eagerStates?: number,
): PointViolation | undefined {
  if (shortest) {
    const { setting, steps } = shortest
    const program = inSetting(protocol, setting)
    const story = readable(program, claim, steps)
    const eager = reproducesEagerly(program, claim, story.steps, eagerStates)
    const known = shortest.shortest === 'certified' ? 'certified' : (`bound reached; ${shortest.shortest}` as const)
    return { claim: claim.name, shrunk: { setting, ...story, shortest: known, eager }, steps: steps.length }
  }
  if (!found) return undefined
  const { stages: _, ...shrunk } = shrink(inSetting(protocol, found.setting), claim, found.steps, limits)
  return { claim: claim.name, shrunk, found, steps: found.steps.length }
}
