import { RESTRICTED, type Restriction } from '../../adversary/index.ts'
import type { CampaignResult, ClaimResult, Found } from '../../fuzz/campaign/result.ts'
import type { Setting } from '../../model/index.ts'
import { wilson } from '../../sweep/wilson.ts'
import { counted, duration, listed, percent, thousands } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { settingsText, surroundings } from './setting-text.ts'
import { type SavedViolation, violationText } from './violation-text.ts'
import { visible } from './visible.ts'

/** What became of one claim in a campaign, after shrinking. */
export interface ClaimReport
  extends SavedViolation,
    Pick<ClaimResult, 'claim' | 'verdict'>,
    Partial<Pick<Found, 'witness' | 'strategies' | 'scheduler'>> {
  readonly firstRun?: number
  readonly rawSteps?: number
  readonly steps?: number
  readonly deliveries?: number
  readonly shortest?: string
  /** Do the steps break the claim without the coalition, too? */
  readonly uncorrupted?: boolean
}

/** All that `fuzz` reports. */
export interface FuzzReport extends Omit<CampaignResult, 'claims'> {
  readonly subject: string
  readonly protocol: string
  readonly variant: string | null
  readonly settings: readonly Setting[]
  readonly asked: number
  readonly seconds: number
  readonly claims: readonly ClaimReport[]
  readonly notJudged: readonly string[]
  /** What the coalition never does; all verdicts are about such a coalition. */
  readonly never?: readonly Restriction[]
  /** The file that exports the protocol, where it is not a registered one. */
  readonly file?: string
  /** The command that repeats it. */
  readonly command: string
}

function lengthText({ rawSteps, steps, deliveries, shortest }: ClaimReport): string {
  const raw = counted(rawSteps ?? 0, 'step')
  const shrunk = steps === undefined ? `, ${raw}, not shrunk` : `, ${raw} shrunk to ${steps}`
  const delivered = deliveries === undefined ? '' : ` (${counted(deliveries, 'delivery', 'deliveries')})`
  return `${shrunk}${delivered}${shortest ? `; shortest: ${shortest}` : ''}`
}

/** The coalition that verdicts are about, where it is not any. */
function restricted({ never = [] }: FuzzReport): string | undefined {
  return never.length > 0 ? `a coalition that never ${listed(never.map((name) => RESTRICTED[name]))}` : undefined
}

function violated(claim: ClaimReport, report: FuzzReport, paint: Paint): string[] {
  const { settings, file } = report
  const who = restricted(report)
  const by = claim.strategies?.length ? ` by strategy ${claim.strategies.join(' + ')}` : ''
  const how = claim.scheduler ? `, scheduler ${claim.scheduler}` : ''
  return [
    `${paint.red(paint.bold(`violated  ${claim.claim}`))}: ${visible(claim.witness ?? '')}`,
    `  found in run ${thousands(claim.firstRun ?? 0)}${by}${how}${lengthText(claim)}`,
    ...(who ? [`  by ${who}`] : []),
    ...(claim.uncorrupted ? ['  no Byzantine replica is needed: the same steps break it without one'] : []),
    ...violationText(claim, settings, file),
  ]
}

function verdict(claim: ClaimReport, report: FuzzReport, paint: Paint): string[] {
  if (claim.verdict === 'violated') return violated(claim, report, paint)
  if (claim.verdict === 'vacuous' && report.runs === 0) {
    return [`${paint.yellow(`vacuous   ${claim.claim}`)}: no run came to its end, so nothing was tested`]
  }
  if (claim.verdict === 'vacuous') {
    return [
      `${paint.yellow(`vacuous   ${claim.claim}`)}: nobody decided in any of ${counted(report.runs, 'run')}, so nothing was tested`,
    ]
  }
  const bound = percent(wilson(0, report.runs).high)
  const who = restricted(report)
  const by = who ? ` of ${who}` : ''
  return [
    `${paint.green(`not found ${claim.claim}`)}: no violation in ${counted(report.runs, 'run')}${by} (Wilson upper 95 % bound on the share of violating runs: ${bound}); this is no proof`,
  ]
}

/** What a search looked at, besides its verdicts. */
function coverage(report: FuzzReport): string[] {
  const { runs, steps, seconds, decided, cut, unfinished, states, neverFired, notJudged } = report
  const unjudged = notJudged.length > 0 ? [`not judged: ${notJudged.join(', ')} (--claim all judges them)`] : []
  if (runs === 0) return [`no run, ${duration(seconds)}`, ...unjudged]
  const share = percent(decided / runs)
  return [
    `${counted(runs, 'run')}, ${counted(steps, 'step')}, ${duration(seconds)}; some replica decided in ${share} of the runs`,
    cut > 0 ? `a bound was hit in ${percent(cut / runs)} of the runs` : 'no bound was hit',
    ...(unfinished > 0 ? [`${percent(unfinished / runs)} of the runs ended at --max-steps`] : []),
    ...(states === undefined ? [] : [`${counted(states, 'abstract state')} met`]),
    neverFired.length > 0 ? `rules that never fired: ${neverFired.join(', ')}` : 'every rule fired',
    ...unjudged,
  ]
}

/** The lines that `fuzz` prints. With `brief`, the verdicts only. */
export function fuzzText(report: FuzzReport, paint: Paint = plain, brief = false): string[] {
  const [first] = report.settings
  const head = [
    `${paint.bold(report.subject)}: ${settingsText(report.settings)}`,
    ...(first ? surroundings(first, paint) : []),
    '',
  ]
  const verdicts = report.claims.flatMap((claim) => verdict(claim, report, paint))
  if (brief) return verdicts
  return [...head, ...verdicts, '', ...coverage(report), `again: ${report.command}`]
}

/** The object that `fuzz --json` prints. */
export function fuzzJson(report: FuzzReport): object {
  const { protocol, variant, settings, seed, runs, steps, seconds, decided, cut, unfinished, states, neverFired } =
    report
  return {
    command: 'fuzz',
    protocol,
    variant,
    setting: settings.length === 1 ? settings[0] : null,
    settings,
    bounds: settings[0]?.bounds ?? {},
    seed,
    runs,
    steps,
    seconds,
    decided,
    cut,
    unfinished,
    ...(states === undefined ? {} : { states }),
    ...(report.never ? { never: report.never } : {}),
    neverFired,
    claims: report.claims.map(({ strategies, kept: _, setting: where, ...claim }) => ({
      ...claim,
      ...(strategies ? { strategy: strategies.join('+') } : {}),
      ...(where ? { setting: where } : {}),
    })),
    notJudged: report.notJudged,
    reproduce: report.command,
  }
}
