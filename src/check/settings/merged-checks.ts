import { HarnessError, type Setting } from '../../model/index.ts'
import type { Step } from '../../system/index.ts'
import type { CheckedClaim, CheckResult, CheckVerdict, PassReport } from '../result/result.ts'

/** A setting that stands for some of a command's choices of Byzantine replicas. */
export interface StandingSetting {
  readonly setting: Setting
  /** For how many choices, itself included: those that renaming makes of it. */
  readonly stands: number
  /** The others that it stands for. */
  readonly others?: readonly Setting[]
}

/** A setting with what its search came to; without a result, the time was up before it began. */
export interface SearchedStanding extends StandingSetting {
  readonly result?: CheckResult
}

/** A violation in one of the settings: the shortest one. */
export interface ShortestViolation {
  readonly setting: Setting
  readonly steps: readonly Step[]
  /** What is known about its length in its own setting: `certified`, or how far the search got. */
  readonly shortest: string
}

/** What became of a claim in all settings together. */
export interface MergedClaim {
  readonly claim: string
  readonly verdict: CheckVerdict
  readonly why?: string
  readonly violation?: ShortestViolation
  /** What is known about the length over all settings. */
  readonly shortest?: string
}

/** Several searches, reported as one. */
export interface MergedChecks extends Omit<CheckResult, 'claims'> {
  readonly claims: readonly MergedClaim[]
}

/** From the worst to the best. */
const VERDICTS: readonly CheckVerdict[] = ['violated', 'inconclusive', 'vacuous', 'holds']

/** The verdict on one claim in one setting. */
interface Part extends StandingSetting {
  readonly checked: CheckedClaim
}

/**
 * Puts the searches of all settings together. A claim is worth as much as in its worst setting, numbers are summed, and
 * what is reported of all must be true of each.
 */
export function mergedChecks(claims: readonly string[], searched: readonly SearchedStanding[]): MergedChecks {
  const results = searched.flatMap(({ result }) => result ?? [])
  const [first] = results
  if (!first) throw new HarnessError('there is no search to report')
  const closures = results.flatMap(({ closure }) => closure ?? [])
  const audits = results.flatMap(({ audit }) => audit ?? [])
  const slow = results.find(({ engine }) => engine === 'reference')
  return {
    claims: claims.map((claim) => mergedClaim(searched.map((one) => partOf(claim, one)))),
    states: total(results, ({ states }) => states),
    transitions: total(results, ({ transitions }) => transitions),
    ...(closures.length > 0
      ? { closure: { states: total(closures, ({ states }) => states), calls: total(closures, ({ calls }) => calls) } }
      : {}),
    ...(audits.length > 0
      ? {
          audit: {
            transitions: total(audits, ({ transitions }) => transitions),
            audited: total(audits, ({ audited }) => audited),
          },
        }
      : {}),
    reductions: first.reductions.map(({ pass }) => mergedPass(pass, searched)),
    universe: {
      messages: Math.max(...results.map(({ universe }) => universe.messages)),
      closed: results.every(({ universe }) => universe.closed),
      extent: mergedExtent(results),
      ...(results.some(({ universe }) => universe.unsaid)
        ? { unsaid: [...new Set(results.flatMap(({ universe }) => universe.unsaid ?? []))].sort() }
        : {}),
    },
    cut: results.some(({ cut }) => cut),
    boundsRead: [...new Set(results.flatMap(({ boundsRead = [] }) => boundsRead))].sort(),
    neverFired: first.neverFired.filter((rule) => results.every(({ neverFired }) => neverFired.includes(rule))),
    engine: slow ? 'reference' : 'tables',
    ...(slow?.engineWhy === undefined ? {} : { engineWhy: slow.engineWhy }),
  }
}

/** What a number of each comes to in all. */
function total<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((sum, one) => sum + of(one), 0)
}

function partOf(claim: string, { setting, stands, result }: SearchedStanding): Part {
  if (!result) {
    const why = 'the time was up before the search began'
    return { setting, stands, checked: { claim, verdict: 'inconclusive', why } }
  }
  const checked = result.claims.find((one) => one.claim === claim)
  if (!checked) throw new HarnessError(`the search says nothing about ${claim}`)
  if (checked.verdict === 'violated' && !checked.steps) throw new HarnessError(`no steps violate ${claim}`)
  return { setting, stands, checked }
}

function mergedClaim(parts: readonly Part[]): MergedClaim {
  const { claim } = parts[0]!.checked
  const verdict = VERDICTS.find((one) => parts.some(({ checked }) => checked.verdict === one))!
  const worst = parts.filter(({ checked }) => checked.verdict === verdict)
  if (verdict === 'violated') return { claim, verdict, ...shortestOf(worst, parts) }
  const why = worst.find(({ checked }) => checked.why !== undefined)?.checked.why
  return { claim, verdict, ...(why === undefined ? {} : { why: ofSome(worst, parts, why) }) }
}

/** A sentence that is not true of all choices says of how many it is. */
function ofSome(some: readonly StandingSetting[], all: readonly StandingSetting[], text: string): string {
  const [count, every] = [some, all].map((list) => total(list, ({ stands }) => stands))
  return count === every ? text : `for ${count} of ${every} choices of Byzantine replicas, ${text}`
}

/** The shortest violation; of several, one whose length is certified, then the first. */
function shortestOf(
  violated: readonly Part[],
  all: readonly Part[],
): { readonly violation: ShortestViolation; readonly shortest: string } {
  const violations = violated.map(({ setting, checked }) => ({
    setting,
    steps: checked.steps!,
    shortest: checked.shortest ?? 'the search was not finished',
  }))
  const unsure = (one: ShortestViolation): number => (one.shortest === 'certified' ? 0 : 1)
  const [violation] = violations.sort((a, b) => a.steps.length - b.steps.length || unsure(a) - unsure(b))
  // Another choice of Byzantine replicas might break the claim sooner, where its search was not finished.
  const open = all.filter(
    ({ checked }) =>
      checked.verdict === 'inconclusive' || (checked.verdict === 'violated' && checked.shortest !== 'certified'),
  )
  const { shortest } = violation!
  if (shortest !== 'certified' || open.length === 0) return { violation: violation!, shortest }
  const stopped = ofSome(open, all, 'the search was not finished')
  return { violation: violation!, shortest: `certified for its own choice of Byzantine replicas; ${stopped}` }
}

function mergedPass(pass: PassReport['pass'], searched: readonly SearchedStanding[]): PassReport {
  const parts = searched.flatMap(({ setting, stands, result }) => {
    const report = result?.reductions.find((one) => one.pass === pass)
    return report ? [{ setting, stands, report }] : []
  })
  const off = parts.filter(({ report }) => !report.on)
  const why = off.find(({ report }) => report.why !== undefined)?.report.why
  const unit = parts.find(({ report }) => report.unit !== undefined)?.report.unit
  const counted = parts.flatMap(({ report: { before, after } }) =>
    before === undefined || after === undefined ? [] : [{ before, after }],
  )
  return {
    pass,
    on: off.length === 0,
    ...(why === undefined ? {} : { why: ofSome(off, parts, why) }),
    ...(counted.length > 0
      ? { before: total(counted, ({ before }) => before), after: total(counted, ({ after }) => after) }
      : {}),
    ...(unit === undefined ? {} : { unit }),
  }
}

function mergedExtent(results: readonly CheckResult[]): CheckResult['universe']['extent'] {
  const all = results.flatMap(({ universe }) => Object.entries(universe.extent))
  return Object.fromEntries([...all, ...all.filter(([, how]) => how === 'one change')])
}
