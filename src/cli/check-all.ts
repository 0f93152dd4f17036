import { RenamedClaims } from '../check/renaming.ts'
import type { PassName, Progress } from '../check/result.ts'
import { HarnessError, program as inSetting, type Setting } from '../model/index.ts'
import type { CheckedReport, CheckReport } from '../report/check-report.ts'
import { thousands } from '../report/numbers.ts'
import { reproducesEagerly } from '../shrink/eager.ts'
import { told } from '../shrink/told.ts'
import { deliveries } from '../trace/index.ts'
import type { ChosenClaims } from './claim-names.ts'
import { quoted } from './command-line.ts'
import type { Engines } from './engines.ts'
import { saveReplayed } from './fresh-replay.ts'
import type { Output } from './io.ts'
import { type DistinctSetting, type MergedClaim, mergedChecks, type Searched } from './merged-checks.ts'
import { progress } from './progress.ts'
import { SearchEnd } from './search-end.ts'
import type { Resolved } from './subjects.ts'
import { assertWritable } from './trace-files.ts'
import { traceOf } from './violation-trace.ts'

/** Exhaustive searches of all settings of a command, and what is made of their violations. */
export interface CheckAllRequest {
  readonly resolved: Resolved
  readonly settings: readonly Setting[]
  readonly chosen: ChosenClaims
  readonly without: readonly PassName[]
  readonly maxStates: number
  readonly maxUniverse: number
  /** Milliseconds after which all searches stop. */
  readonly time?: number
  /** File or folder for the traces. */
  readonly out?: string
  /** The line that does the same again, given what ended the search. */
  readonly command: (stoppedBy: SearchEnd['by']) => string
}

/** Searches every setting, and saves the trace of each violated claim. */
export async function checkAll(request: CheckAllRequest, engines: Engines, output: Output): Promise<CheckReport> {
  const { resolved, settings, chosen } = request
  const { now } = output.io
  await assertWritable(output.io.cwd, request.out)
  const began = now()
  const end = new SearchEnd(output.io, began + (request.time ?? Number.POSITIVE_INFINITY))
  const distinct = distinctOf(request, engines, () => end.isOver())
  const searched = await searchAll([...distinct], end, request, engines, output)
  const merged = mergedChecks(
    chosen.claims.map(({ name }) => name),
    searched,
  )
  const command = request.command(end.by)
  const claims: CheckedReport[] = []
  for (const claim of merged.claims) claims.push(await reported(claim, request, command, output))
  return {
    ...merged,
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
    command,
  }
}

function distinctOf(
  { resolved, settings, chosen }: CheckAllRequest,
  engines: Engines,
  stops: () => boolean,
): readonly DistinctSetting[] {
  const each = settings.map((setting) => ({ setting, stands: 1 }))
  const distinct =
    settings.length > 1 ? (engines.distinctSettings?.(resolved.protocol, settings, chosen.claims, stops) ?? each) : each
  const stands = distinct.reduce((total, one) => total + one.stands, 0)
  if (stands === settings.length) return distinct
  throw new HarnessError(`of ${settings.length} settings, ${stands} are stood for`)
}

/** Searches one setting after the other; `left` grows where one turns out to stand for itself only. */
async function searchAll(
  left: DistinctSetting[],
  end: SearchEnd,
  request: CheckAllRequest,
  engines: Engines,
  output: Output,
): Promise<readonly Searched[]> {
  const { resolved, chosen, without, maxStates, maxUniverse } = request
  const { protocol, subject } = resolved
  const { now } = output.io
  // What a run should reach: a search that reaches none of it proves nothing.
  const guards = subject.properties.claims.filter(({ kind }) => kind === 'sometimes')
  const bar = progress(output, maxStates, 'states')
  const searched: Searched[] = []
  try {
    for (let i = 0; i < left.length; i++) {
      const one = left[i]!
      if (i > 0 && !end.next()) {
        searched.push(one)
        continue
      }
      const since = now()
      const renamed = new RenamedClaims([...chosen.claims, ...guards], one.setting, one.others ?? [])
      const result = engines.check({
        program: inSetting(protocol, one.setting),
        claims: renamed.claims,
        ...{ without, maxStates, maxUniverse },
        onProgress: (done) => {
          bar.update(done.states, progressText(done, (now() - since) / 1_000, i + 1, left.length))
          return end.isOver()
        },
      })
      const alone = renamed.minding.length > 0
      if (alone) left.push(...one.others!.map((setting) => ({ setting, stands: 1 })))
      searched.push({ ...one, ...(alone ? { stands: 1 } : {}), result })
    }
  } finally {
    bar.stop()
  }
  return searched
}

/** What stands behind the bar: phase, frontier, depth, rate and, of several choices, which one. */
export function progressText(done: Progress, seconds: number, choice: number, choices: number): string {
  const { phase, states, frontier, depth } = done
  const rate = seconds > 0 ? `, ${thousands(Math.round(states / seconds))} states/s` : ''
  const which = choices > 1 ? `, choice ${choice} of ${choices}` : ''
  return `${phase}: frontier ${thousands(frontier)}, depth ${depth}${rate}${which}`
}

/** What is said of a claim; of a violated one, after its trace was saved. */
async function reported(
  merged: MergedClaim,
  request: CheckAllRequest,
  command: string,
  output: Output,
): Promise<CheckedReport> {
  const { violation, shortest, ...rest } = merged
  const { protocol } = request.resolved
  const claim = request.chosen.claims.find(({ name }) => name === merged.claim)!
  if (!violation) return { ...rest, kind: claim.kind }
  const { setting } = violation
  const program = inSetting(protocol, setting)
  const { steps, witness } = told(program, claim, violation.steps)
  const eager = reproducesEagerly(program, claim, steps)
  const certified = violation.shortest === 'certified' ? 'certified' : (`bound reached; ${violation.shortest}` as const)
  const trace = traceOf(
    protocol,
    claim.name,
    { setting, steps, witness, shortest: certified, eager },
    { command, steps: steps.length },
  )
  const saved = await saveReplayed(trace, request.resolved, output, request.out)
  return {
    ...rest,
    kind: claim.kind,
    witness,
    steps: steps.length,
    deliveries: deliveries(program, steps),
    ...(shortest === undefined ? {} : { shortest }),
    ...{ eager, setting, trace: saved.path, kept: saved.kept },
  }
}
