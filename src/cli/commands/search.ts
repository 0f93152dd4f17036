import type { Campaign, CampaignResult } from '../../fuzz/campaign/result.ts'
import { quoted } from '../../report/text/command-line.ts'
import { type FuzzReport, fuzzJson, fuzzText } from '../../report/text/fuzz-report.ts'
import { assertWritable } from '../files/trace-folder.ts'
import { EXIT, type ExitCode, worst } from '../terminal/exit-code.ts'
import type { Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'
import type { Engines } from '../workers/engines.ts'
import { FoundViolations, type SearchRequest } from './found-violations.ts'

/** Once something is found, so much of the time is left for shrinking it. */
const FOR_SHRINKING = 0.5

/** Searches, saves every violation as it was found, then shrinks them one after the other. */
export async function searchAndShrink(request: SearchRequest, engines: Engines, output: Output): Promise<FuzzReport> {
  const { resolved, settings, chosen, seed, time = Number.POSITIVE_INFINITY } = request
  const { now } = output.io
  if (!request.save) await assertWritable(output.io.cwd, request.out)
  const began = now()
  const due = (output.io.began ?? began) + time
  const cancelled = (): boolean => output.io.cancelled?.() === true
  const found = new FoundViolations(request, engines, output, () => now() >= due || cancelled())
  const reportOf = (result: CampaignResult): FuzzReport => {
    const { runs, steps, decided, cut, unfinished, states, neverFired } = result
    return {
      subject: resolved.asked,
      protocol: resolved.protocol.definition.name,
      variant: resolved.protocol.variantName ?? null,
      settings,
      seed,
      asked: request.runs,
      seconds: Math.round(now() - began) / 1_000,
      ...{ runs, steps, decided, cut, unfinished, neverFired, ...(states === undefined ? {} : { states }) },
      claims: result.claims.map((one) => found.report(one)),
      ...(request.never ? { never: request.never } : {}),
      notJudged: chosen.notJudged,
      ...(resolved.file === undefined ? {} : { file: quoted(resolved.file) }),
      command: request.command(runsOf(result)),
    }
  }
  // Whoever cuts the search off finds here what it would have printed.
  const keep = (result: CampaignResult): void =>
    output.keep(() => {
      const report = reportOf(result)
      const lines = fuzzText(report, output.paint, output.flags.quiet)
      return { lines, json: fuzzJson(report), code: exitOfSearch(report) }
    })
  keep(nothingYet(request))
  const result = await campaign(request, engines, output, due, async (so) => {
    for (const one of so.claims) if (one.found) await found.add(one.found, request.command(runsOf(so)), () => keep(so))
    keep(so)
  })
  for (const { found: one } of result.claims) {
    if (!one) continue
    await found.add(one, request.command(runsOf(result)), () => keep(result))
    keep(result)
    await found.shrink(one, request.command(runsOf(result)))
    keep(result)
  }
  return reportOf(result)
}

function nothingYet({ chosen, seed }: SearchRequest): CampaignResult {
  const claims = chosen.claims.map(({ name }) => ({ claim: name, verdict: 'vacuous' as const }))
  return { seed, runs: 0, steps: 0, decided: 0, cut: 0, unfinished: 0, neverFired: [], claims }
}

/** How many runs find all that was found: where the time was up, a run may have been ended in the middle. */
function runsOf({ runs, claims }: CampaignResult): number {
  return Math.max(1, runs, ...claims.map(({ found }) => (found ? found.run + 1 : 0)))
}

/** The exit code that a search ends with. */
export function exitOfSearch({ claims }: FuzzReport): ExitCode {
  const codes = { violated: EXIT.violated, 'not-found': EXIT.holds, vacuous: EXIT.inconclusive }
  return worst(claims.map(({ verdict }) => codes[verdict]))
}

async function campaign(
  request: SearchRequest,
  engines: Engines,
  output: Output,
  due: number,
  onFound: (result: CampaignResult) => Promise<void>,
): Promise<CampaignResult> {
  const { resolved, settings, chosen, runs, seed, strategies, schedulers, maxSteps, workers, time } = request
  const asked: Campaign = {
    subject: resolved.found,
    settings,
    claims: chosen.claims.map(({ name }) => name),
    firstRun: 0,
    ...{ runs, seed, strategies, schedulers, maxSteps, ...(request.learns ? { learns: true } : {}) },
    ...(request.never ? { never: request.never } : {}),
  }
  const bar = progress(output, runs, 'runs')
  const { cancelled } = output.io
  let hasFound = false
  const left = (): number => due - (hasFound ? FOR_SHRINKING * (time ?? 0) : 0) - output.io.now()
  try {
    return await engines.runCampaign(asked, resolved, {
      workers,
      onProgress: async (done) => {
        hasFound ||= done.violated.length > 0
        bar.update(done.runs, hasFound ? `violated: ${done.violated.join(', ')}` : '')
        await onFound(done.result())
        await output.io.rest?.()
      },
      ...(time === undefined && !cancelled ? {} : { stop: () => left() <= 0 || cancelled?.() === true }),
      ...(time === undefined ? {} : { left }),
    })
  } finally {
    bar.stop()
  }
}
