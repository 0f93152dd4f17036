import type { Claim, Id } from '../model/index.ts'
import { type Cell, type Point, type Searched, type StrategyTally, traceName, type Verdict } from './cell.ts'
import type { PointProof } from './prove.ts'
import { NONE } from './search.ts'
import { contradicts, theoryOf } from './theory.ts'
import { wilson } from './wilson.ts'

/** What a cell is made of. */
export interface CellEvidence {
  readonly point: Point
  readonly claim: Claim<any>
  /** The quorum, where the protocol has one. */
  readonly q: number | undefined
  /** Is it a setting that theory speaks of? */
  readonly hasTheory: boolean
  readonly proof?: PointProof
  readonly tallies: readonly StrategyTally[]
  /** Was every run made under silence? */
  readonly silent: boolean
  /** The cell of the first pass. */
  readonly earlier: Cell | undefined
  readonly witness?: string
  /** Does the claim promise nothing where these are Byzantine, whatever their number is? */
  readonly isBeyond?: ((byzantine: readonly Id[]) => boolean) | undefined
}

/** Is it a claim that a coalition breaks by saying nothing? A broadcast's totality is not: there somebody delivered. */
export function isSilenced(claim: Claim<any>): boolean {
  return claim.kind === 'liveness' && claim.healing === 'full'
}

/** The strategy that an exhaustive search stands for: all of them. */
const EXHAUSTIVE = 'any'

/** Decides what is known about a claim at a point, from all that was tried there. */
export function cellOf(evidence: CellEvidence): Cell {
  const { point, claim, q, proof, tallies: fresh, silent, earlier, witness } = evidence
  const tallies = added(earlier?.tallies ?? [], fresh)
  const [runs, violations, decided] = [total(tallies, 'runs'), total(tallies, 'violations'), total(tallies, 'decided')]
  const searched = [...(earlier?.searched ?? []), ...(proof?.searched ?? [])]
  const verdict = verdictOf(claim, proof?.verdict, tallies)
  const theory = q === undefined || !evidence.hasTheory ? undefined : theoryOf(q, point)
  const known = { claim: claim.name, verdict }
  return {
    ...point,
    ...(q === undefined ? {} : { quorum: q }),
    ...known,
    strategy: worstOf(tallies, proof)?.strategy ?? EXHAUSTIVE,
    ...{ runs, violations, decided },
    upper95: verdict === 'proved' ? 0 : rounded(wilson(violations, runs).high),
    ...{ tallies, searched },
    ...(silent ? { silent } : {}),
    ...(theory ? { theory, contradicts: contradicts(known, theory) } : {}),
    ...(isBeyondPromise(evidence, tallies, searched) ? { beyond: true } : {}),
    ...(witness === undefined ? {} : { witness, trace: `traces/${traceName(point, claim.name)}` }),
  }
}

/** Is it broken by such coalitions only to which the claim promises nothing? */
function isBeyondPromise(
  { isBeyond }: CellEvidence,
  tallies: readonly StrategyTally[],
  searched: readonly Searched[],
): boolean {
  const broken = [
    ...tallies.filter(({ violations }) => violations > 0),
    ...searched.filter(({ verdict }) => verdict === 'violated'),
  ]
  return isBeyond !== undefined && broken.length > 0 && broken.every(({ byzantine }) => isBeyond(byzantine))
}

function total(tallies: readonly StrategyTally[], what: 'runs' | 'violations' | 'decided'): number {
  return tallies.reduce((sum, tally) => sum + tally[what], 0)
}

const rounded = (share: number): number => Math.round(share * 1e6) / 1e6

/** The same strategy of the same coalition counts as one, whenever its runs were made. */
function added(before: readonly StrategyTally[], more: readonly StrategyTally[]): readonly StrategyTally[] {
  const same = (a: StrategyTally, b: StrategyTally): boolean => a.strategy === b.strategy && a.stratum === b.stratum
  const grown = before.map((tally) => {
    const next = more.find((one) => same(one, tally))
    if (!next) return tally
    const firstRun = tally.firstRun ?? next.firstRun
    return {
      ...tally,
      runs: tally.runs + next.runs,
      violations: tally.violations + next.violations,
      decided: tally.decided + next.decided,
      ...(firstRun === undefined ? {} : { firstRun }),
    }
  })
  return [...grown, ...more.filter((tally) => !before.some((one) => same(one, tally)))]
}

/** The strategy that violated the claim most often, else the one that let the fewest runs decide. */
function worstOf(tallies: readonly StrategyTally[], proof: PointProof | undefined): StrategyTally | undefined {
  const share = (tally: StrategyTally, what: 'violations' | 'decided'): number => tally[what] / Math.max(1, tally.runs)
  const [worst] = [...tallies].sort(
    (a, b) => share(b, 'violations') - share(a, 'violations') || share(a, 'decided') - share(b, 'decided'),
  )
  // What only the exhaustive search found is nobody's strategy.
  return proof?.verdict === 'violated' && worst?.violations === 0 ? undefined : worst
}

function verdictOf(claim: Claim<any>, proof: PointProof['verdict'], tallies: readonly StrategyTally[]): Verdict {
  if (proof === 'holds') return 'proved'
  if (proof === 'vacuous') return 'vacuous'
  const broken = tallies.some(({ violations }) => violations > 0)
  if (isSilenced(claim)) {
    if (broken) return isStuck(tallies) ? 'stuck' : 'violated'
    if (tallies.every(({ stratum }) => stratum === 'everybody')) return tallies.length > 0 ? 'vacuous' : 'inconclusive'
  }
  if (broken || proof === 'violated') return 'violated'
  if (total(tallies, 'runs') === 0) return 'inconclusive'
  // Whether anybody decides after healing is what liveness itself asks.
  return total(tallies, 'decided') === 0 && !isSilenced(claim) ? 'vacuous' : 'not-found'
}

/** Does silence alone keep everybody from deciding, in every run? */
function isStuck(tallies: readonly StrategyTally[]): boolean {
  const quiet = tallies.filter(({ strategy }) => strategy === 'silent' || strategy === NONE)
  return total(quiet, 'violations') > 0 && total(quiet, 'decided') === 0
}
