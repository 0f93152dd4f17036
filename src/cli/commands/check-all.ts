import type { CheckResult, SearchProgress } from '../../check/result/result.ts'
import {
  type MergedClaim,
  mergedChecks,
  type SearchedStanding,
  type StandingSetting,
} from '../../check/settings/merged-checks.ts'
import { searchSetting } from '../../check/settings/search-setting.ts'
import { HarnessError } from '../../model/index.ts'
import { type CheckedReport, type CheckReport, checkJson, checkText } from '../../report/text/check-report.ts'
import { quoted } from '../../report/text/command-line.ts'
import { thousands } from '../../report/text/numbers.ts'
import { assertWritable } from '../files/trace-folder.ts'
import type { ChosenClaims } from '../subjects/claim-names.ts'
import { EXIT, type ExitCode, worst } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'
import { counting } from '../terminal/progress.ts'
import { SearchEnd } from '../terminal/search-end.ts'
import type { CheckAllRequest, Engines } from '../workers/engines.ts'
import type { CheckedViolations } from './checked-violations.ts'

/** Milliseconds that replaying and saving a violation may take beyond --time. */
const SAVING = 5_000
/** Milliseconds after which what is known by then is printed again. */
const EVERY = 500

/** Searches every setting, and saves the trace of each violated claim. */
export async function checkAll(request: CheckAllRequest, engines: Engines, output: Output): Promise<CheckReport> {
  const { resolved, settings, chosen } = request
  const { now } = output.io
  if (!request.save) await assertWritable(output.io.cwd, request.out)
  const began = now()
  const end = new SearchEnd(output.io, (output.io.began ?? began) + (request.time ?? Number.POSITIVE_INFINITY))
  const names = chosen.claims.map(({ name }) => name)
  // Where everything holds nobody waits for what shrinks and replays to be loaded.
  let violations: CheckedViolations | undefined
  const told = async (how: 'seen' | 'found' | 'told', one: MergedClaim): Promise<CheckedReport> => {
    const { violation, shortest: _, ...rest } = one
    if (!violation) return { ...rest, kind: chosen.claims.find(({ name }) => name === one.claim)!.kind }
    // A violation that the end of --time has brought to light is still replayed and saved.
    if (request.time !== undefined)
      output.io.within?.(Math.max(request.time, now() - (output.io.began ?? began) + SAVING))
    violations ??= new (await import('./checked-violations.ts')).CheckedViolations(request, output, () => end.isOver())
    return violations[how](one, request.command(end.by))
  }
  const reportOf = (searched: readonly SearchedStanding[], claims: readonly CheckedReport[]): CheckReport => ({
    ...mergedChecks(names, searched),
    subject: resolved.asked,
    protocol: resolved.protocol.definition.name,
    variant: resolved.protocol.variantName ?? null,
    settings,
    searched: searched.length,
    claims,
    notJudged: chosen.notJudged,
    seconds: Math.round(now() - began) / 1_000,
    stoppedBy: end.by,
    ...(resolved.file === undefined ? {} : { file: quoted(resolved.file) }),
    command: request.command(end.by),
  })
  const keep = (searched: readonly SearchedStanding[], claims: readonly CheckedReport[]): void =>
    output.keep(() => {
      const report = reportOf(searched, claims)
      const lines = [...checkText(report, output.paint, true), `again: ${report.command}`]
      return { lines, json: checkJson(report), code: exitOfCheck(report) }
    })
  let latest: readonly CheckedReport[] = []
  // Whoever cuts the search off finds there what is known by then; and each violation, in its file.
  const known = async (searched: readonly SearchedStanding[]): Promise<void> => {
    const merged = mergedChecks(names, searched).claims
    const tell = async (how: 'seen' | 'found'): Promise<void> => {
      const claims: CheckedReport[] = []
      for (const one of merged) claims.push(await told(how, one))
      latest = claims
      keep(searched, claims)
    }
    await tell('seen')
    if (merged.some(({ violation }) => violation)) await tell('found')
  }
  await known(settings.map((setting) => ({ setting, stands: 1, result: cutOff(chosen.claims) })))
  const distinct = await distinctOf(request, engines, () => end.isOver())
  await engines.prepare?.(request.resolved.protocol, chosen.claims)
  // In the middle of a search nothing is new but how much was searched.
  const further = (searched: readonly SearchedStanding[]): void => keep(searched, latest)
  const searched = await searchAll([...distinct], end, request, engines, output, { known, further })
  const merged = mergedChecks(names, searched).claims
  // It takes time to tell a violation, and nothing else does.
  if (merged.some(({ violation }) => violation)) await known(searched)
  const claims: CheckedReport[] = []
  for (const one of merged) claims.push(await told('told', one))
  return reportOf(searched, claims)
}

/** The exit code that a check ends with. */
export function exitOfCheck({ claims }: CheckReport): ExitCode {
  const { holds, violated, inconclusive } = EXIT
  const codes = { holds, violated, inconclusive, vacuous: inconclusive }
  return worst(claims.map(({ verdict }) => codes[verdict]))
}

async function distinctOf(
  { resolved, settings, chosen }: CheckAllRequest,
  engines: Engines,
  stops: () => boolean,
): Promise<readonly StandingSetting[]> {
  const each = settings.map((setting) => ({ setting, stands: 1 }))
  const distinct =
    settings.length > 1
      ? ((await engines.distinctSettings?.(resolved.protocol, settings, chosen.claims, stops)) ?? each)
      : each
  const stands = distinct.reduce((total, one) => total + one.stands, 0)
  if (stands === settings.length) return distinct
  throw new HarnessError(`of ${settings.length} settings, ${stands} are stood for`)
}

/** How one who may be cut off leaves what is known by then. */
interface Telling {
  /** Whenever more is known of a claim. */
  readonly known: (searched: readonly SearchedStanding[]) => Promise<void>
  /** In between. */
  readonly further: (searched: readonly SearchedStanding[]) => void
}

/** Searches one setting after the other; `left` grows where one turns out to stand for itself only. */
async function searchAll(
  left: StandingSetting[],
  end: SearchEnd,
  request: CheckAllRequest,
  engines: Engines,
  output: Output,
  { known, further }: Telling,
): Promise<readonly SearchedStanding[]> {
  const { resolved, chosen, without, maxStates, maxUniverse } = request
  const { protocol, subject } = resolved
  const { now } = output.io
  const bar = counting(output, { total: maxStates, unit: 'states', isLimit: true })
  const searched: SearchedStanding[] = []
  // Where others search, all that are known of begin at once.
  const elsewhere = engines.searchElsewhere?.(request)
  const begun = elsewhere ? left.map(elsewhere) : []
  // Of one setting, all that is known by now has been told.
  let next = left.length > 1 ? 0 : now() + EVERY
  try {
    for (let i = 0; i < left.length; i++) {
      const one = left[i]!
      await output.io.rest?.()
      if (i > 0 && !end.next()) {
        searched.push(one)
        continue
      }
      const since = now()
      if (since >= next) {
        await known([...searched, { ...one, result: cutOff(chosen.claims) }, ...left.slice(i + 1)])
        next = now() + EVERY
      }
      let kept = now()
      const onProgress = (done: SearchProgress): boolean => {
        bar.update(done.states, progressText(done, (now() - since) / 1_000, i + 1, left.length))
        if (done.phase === 'search' && now() >= kept + EVERY) {
          further([...searched, { ...one, result: cutOff(chosen.claims, done.states) }, ...left.slice(i + 1)])
          kept = now()
        }
        return end.isOver()
      }
      const how = { protocol, subject, claims: chosen.claims, without, maxStates, maxUniverse, onProgress }
      const { result, minds } =
        (await (begun[i] ?? engines.searchApart?.(one, how))) ?? searchSetting(one, how, engines.check)
      if (minds) {
        const alone = one.others!.map((setting): StandingSetting => ({ setting, stands: 1 }))
        left.push(...alone)
        if (elsewhere) begun.push(...alone.map(elsewhere))
      }
      searched.push({ ...one, ...(minds ? { stands: 1 } : {}), result })
    }
  } finally {
    bar.stop()
  }
  return searched
}

/** What stands behind the bar: phase, frontier, depth, rate and, of several choices, which one. */
export function progressText(done: SearchProgress, seconds: number, choice: number, choices: number): string {
  const { phase, states, frontier, depth } = done
  const rate = seconds > 0 ? `, ${thousands(Math.round(states / seconds))} states/s` : ''
  const which = choices > 1 ? `, choice ${choice} of ${choices}` : ''
  return `${phase}: frontier ${thousands(frontier)}, depth ${depth}${rate}${which}`
}

/** The result of a search of which nothing is known yet but that so many states were looked at. */
function cutOff(claims: ChosenClaims['claims'], states = 0): CheckResult {
  const why = 'the search was cut off'
  return {
    claims: claims.map(({ name }) => ({ claim: name, verdict: 'inconclusive', why })),
    ...{ states, transitions: 0, reductions: [], cut: true, neverFired: [], engine: 'tables' },
    universe: { messages: 0, closed: false, extent: {} },
  }
}
