import type { CheckedClaim, CheckResult, PassReport } from '../../check/result/result.ts'
import type { Claim, Setting } from '../../model/index.ts'
import { boundsText } from './bounds-text.ts'
import { counted, duration, thousands } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { settingsText, surroundings } from './setting-text.ts'
import { table } from './table.ts'
import { type SavedViolation, violationText } from './violation-text.ts'
import { visible } from './visible.ts'

/** What became of one claim in all settings of a command. */
export interface CheckedReport extends SavedViolation, Omit<CheckedClaim, 'steps' | 'atLeast'> {
  readonly kind: Claim['kind']
  readonly steps?: number
  readonly deliveries?: number
}

/** All that `check` reports. */
export interface CheckReport extends Omit<CheckResult, 'claims'> {
  readonly subject: string
  readonly protocol: string
  readonly variant: string | null
  readonly settings: readonly Setting[]
  /** How many of the settings were to be searched: the others differ from them by renaming only. */
  readonly searched: number
  readonly claims: readonly CheckedReport[]
  readonly notJudged: readonly string[]
  readonly seconds: number
  /** What ended the search before it was done, if anything did. */
  readonly stoppedBy: 'time' | 'memory' | 'signal' | null
  /** The file that exports the protocol, where it is not a registered one. */
  readonly file?: string
  /** The command that repeats it. */
  readonly command: string
}

function violated(claim: CheckedReport, { settings, file }: CheckReport, paint: Paint): string[] {
  const { steps = 0, deliveries = 0, shortest } = claim
  const length = `${counted(steps, 'step')} (${counted(deliveries, 'delivery', 'deliveries')})`
  return [
    `${paint.red(paint.bold(`violated ${claim.claim}`))}: ${visible(claim.witness ?? '')}`,
    `  ${length}${shortest ? `; shortest: ${visible(shortest)}` : ''}`,
    ...violationText(claim, settings, file),
  ]
}

function verdict(claim: CheckedReport, report: CheckReport, paint: Paint): string[] {
  const { verdict: said, kind, why } = claim
  const { settings, universe, cut, boundsRead, states } = report
  const head = `${said} ${claim.claim}`
  if (said === 'violated') return violated(claim, report, paint)
  if (said === 'holds') {
    const healed = kind === 'liveness' ? 'healed run from every reachable state; ' : ''
    // Bounds are said in full where they are said first: a protocol may have a dozen claims.
    const isFirst = claim === report.claims.find((one) => one.verdict === 'holds')
    const bounds = isFirst ? `bounds: ${boundsText(settings, universe, cut, boundsRead)}` : 'same bounds'
    return [`${paint.green(paint.bold(head))} (${healed}${bounds})`]
  }
  const reason = visible(why ?? 'the search does not say why')
  if (said === 'vacuous') return [`${paint.yellow(head)}: ${reason}, so nothing was proved`]
  const far = states === 0 ? 'nothing was searched' : `no violation in ${counted(states, 'state')}`
  return [`${paint.yellow(head)}: ${reason}; ${far}; this is no proof`]
}

function passRow({ pass, on, why, before, after, unit = '' }: PassReport): string[] {
  const counts =
    before === undefined || after === undefined ? [] : [`${thousands(before)} → ${thousands(after)} ${unit}`.trim()]
  const off = on ? [] : [visible(why ?? 'as requested')]
  return [pass, on ? 'on' : 'off', [...counts, ...off].join('; ')]
}

function universeText({ universe }: CheckReport): string[] {
  const { messages, closed, extent } = universe
  const types = Object.entries(extent).map(([type, how]) => `${visible(type)} ${how}`)
  if (messages === 0) return []
  const open = closed ? '' : '; there may be more, for the search for them was stopped'
  return [`universe: ${counted(messages, 'message')}${types.length > 0 ? ` (${types.join(', ')})` : ''}${open}`]
}

const ENDED = {
  time: '--time ended the search',
  signal: 'the caller ended the search',
  memory: 'the memory was nearly full, which ended the search; NODE_OPTIONS=--max-old-space-size=8192 gives it 8 GB',
}

/** What was searched, besides the verdicts. */
function coverage(report: CheckReport): string[] {
  const { states, transitions, seconds, closure, engine, engineWhy, cut, neverFired, notJudged, stoppedBy } = report
  const { audit } = report
  const finished = report.claims.every(({ verdict: said }) => said !== 'inconclusive')
  const rules = `rules that never fired ${finished ? 'within the bounds' : 'as far as the search got'}`
  return [
    'reductions',
    ...table(report.reductions.map(passRow), '  '),
    `${counted(states, 'state')}, ${counted(transitions, 'transition')}, ${duration(seconds)}`,
    ...(stoppedBy ? [ENDED[stoppedBy]] : []),
    ...(engine === 'reference'
      ? [`searched state by state on the reference semantics${engineWhy ? `: ${visible(engineWhy)}` : ''}`]
      : []),
    ...(closure
      ? [`closure: ${counted(closure.states, 'local state')}, ${counted(closure.calls, 'reducer call')}`]
      : []),
    ...universeText(report),
    ...(audit ? [auditText(audit)] : []),
    cut ? 'some step would have exceeded a bound' : 'no bound was hit',
    // The search over the reference semantics does not know which rules an arrival or a round fired.
    ...(neverFired.length > 0 ? [`${rules}: ${neverFired.join(', ')}`] : []),
    ...(neverFired.length === 0 && engine === 'tables' ? ['every rule fired'] : []),
    ...(notJudged.length > 0 ? [`not judged: ${notJudged.join(', ')} (--claim all judges them)`] : []),
  ]
}

/** Handlers are taken for functions: how far that was tried. */
function auditText({ transitions, audited }: NonNullable<CheckReport['audit']>): string {
  const all =
    audited === transitions ? `all ${thousands(transitions)}` : `${thousands(audited)} of ${thousands(transitions)}`
  return `audit: ${all} transitions were taken twice, with the same result`
}

function choicesText({ settings, searched }: CheckReport): string[] {
  if (searched >= settings.length) return []
  return [
    `${settings.length} choices of Byzantine replicas; ${searched} searched, the others are the same after renaming replicas`,
  ]
}

/** The lines that `check` prints. With `brief`, the verdicts only. */
export function checkText(report: CheckReport, paint: Paint = plain, brief = false): string[] {
  const [first] = report.settings
  const head = [
    `${paint.bold(report.subject)}: ${settingsText(report.settings)}`,
    ...(first ? surroundings(first, paint) : []),
    ...choicesText(report),
    '',
  ]
  const verdicts = report.claims.flatMap((claim) => verdict(claim, report, paint))
  if (brief) return verdicts
  return [...head, ...verdicts, '', ...coverage(report), ...smaller(report), `again: ${report.command}`]
}

/** Bounds that are the dearer the larger they are. */
const DEAR = ['views', 'slots', 'rounds', 'ballots', 'timeouts', 'restarts', 'flips']

/** What to try where the search did not end. */
function smaller({ claims, settings: [first, ...others] }: CheckReport): string[] {
  if (!first || claims.every((claim) => claim.verdict !== 'inconclusive')) return []
  const flags = DEAR.filter((name) => (first.bounds[name] ?? 0) > 1).map((name) => `--${name} 1`)
  if (others.length > 0) flags.push(`--byzantine ${first.byzantine.join()}`)
  return flags.length > 0 ? [`a smaller setting gets further: ${flags.join(' ')}`] : []
}

/** The object that `check --json` prints. */
export function checkJson(report: CheckReport): object {
  const { protocol, variant, settings, searched, states, transitions, reductions, universe, closure } = report
  const { cut, boundsRead = [], neverFired, engine, engineWhy, notJudged, stoppedBy, seconds, command, audit } = report
  return {
    command: 'check',
    protocol,
    variant,
    setting: settings.length === 1 ? settings[0] : null,
    settings,
    searched,
    bounds: settings[0]?.bounds ?? {},
    claims: report.claims.map(({ kind: _, kept: __, ...claim }) => claim),
    ...{ states, transitions, reductions, universe },
    closure: closure ?? null,
    audit: audit ?? null,
    ...{ cut, boundsRead, neverFired, engine },
    ...(engineWhy === undefined ? {} : { engineWhy }),
    ...{ notJudged, stopped: stoppedBy !== null, stoppedBy, seconds },
    reproduce: command,
  }
}
