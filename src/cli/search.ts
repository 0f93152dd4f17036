import type { Campaign, CampaignResult, ClaimResult, Found } from '../fuzz/result.ts'
import { type Claim, program as inSetting, type Setting } from '../model/index.ts'
import type { ClaimReport, FuzzReport } from '../report/fuzz-report.ts'
import { certify } from '../shrink/certify.ts'
import type { Shrunk } from '../shrink/result.ts'
import { shrink } from '../shrink/shrink.ts'
import { deliveries } from '../trace/index.ts'
import type { ChosenClaims } from './claim-names.ts'
import { quoted } from './command-line.ts'
import type { Engines } from './engines.ts'
import { saveReplayed } from './fresh-replay.ts'
import type { Output } from './io.ts'
import { progress } from './progress.ts'
import type { Resolved } from './subjects.ts'
import { assertWritable } from './trace-files.ts'
import { traceOf } from './violation-trace.ts'

/** One search: a campaign, and what is made of its violations. */
export interface SearchRequest {
  readonly resolved: Resolved
  readonly settings: readonly Setting[]
  readonly chosen: ChosenClaims
  readonly runs: number
  readonly seed: number
  readonly strategies: readonly string[]
  readonly schedulers: readonly string[]
  readonly maxSteps: number
  readonly workers: number
  /** Milliseconds after which no further run begins. */
  readonly time?: number
  /** States that the search for something shorter may look at. */
  readonly maxStates?: number
  /** States that the exhaustive search may look at for something shorter; without it, it is not asked. */
  readonly certifyStates?: number
  /** File or folder for the traces. */
  readonly out?: string
  /** The line that does the same again, given how many runs it took. */
  readonly command: (runs: number) => string
}

/** Searches, shrinks every violated claim, and saves its trace. */
export async function search(request: SearchRequest, engines: Engines, output: Output): Promise<FuzzReport> {
  const { resolved, settings, chosen, seed } = request
  const { now } = output.io
  await assertWritable(output.io.cwd, request.out)
  const began = now()
  const result = await campaign(request, engines, output)
  const command = request.command(result.runs)
  const claims: ClaimReport[] = []
  for (const one of result.claims) claims.push(await reported(one, request, command, engines, output))
  const { runs, steps, decided, cut, unfinished, neverFired } = result
  return {
    subject: resolved.asked,
    protocol: resolved.protocol.definition.name,
    variant: resolved.protocol.variantName ?? null,
    settings,
    seed,
    asked: request.runs,
    seconds: Math.round(now() - began) / 1_000,
    ...{ runs, steps, decided, cut, unfinished, neverFired },
    claims,
    notJudged: chosen.notJudged,
    ...(resolved.file === undefined ? {} : { file: quoted(resolved.file) }),
    command,
  }
}

async function campaign(request: SearchRequest, engines: Engines, output: Output): Promise<CampaignResult> {
  const { resolved, settings, chosen, runs, seed, strategies, schedulers, maxSteps, workers, time } = request
  const began = output.io.now()
  const asked: Campaign = {
    subject: resolved.found,
    settings,
    claims: chosen.claims.map(({ name }) => name),
    firstRun: 0,
    ...{ runs, seed, strategies, schedulers, maxSteps },
  }
  const bar = progress(output, runs, 'runs')
  try {
    return await engines.runCampaign(asked, resolved, {
      workers,
      onProgress: (done) =>
        bar.update(done.runs, done.violated.length > 0 ? `violated: ${done.violated.join(', ')}` : ''),
      ...(time === undefined ? {} : { stop: () => output.io.now() - began >= time }),
    })
  } finally {
    bar.stop()
  }
}

/** Stages that shrinking usually goes through: what its bar counts up to. */
const USUAL_STAGES = 15

async function reported(
  one: ClaimResult,
  request: SearchRequest,
  command: string,
  engines: Engines,
  output: Output,
): Promise<ClaimReport> {
  const { claim, verdict, found } = one
  if (!found) return { claim, verdict }
  const { protocol } = request.resolved
  const judged = request.chosen.claims.find(({ name }) => name === claim)!
  const shrunk = await shrinkFound(found, judged, request, engines, output)
  const trace = traceOf(protocol, claim, shrunk, {
    command,
    seed: request.seed,
    run: found.run,
    strategy: found.strategies,
    scheduler: found.scheduler,
    steps: found.steps.length,
  })
  const saved = await saveReplayed(trace, request.resolved, output, request.out)
  return {
    claim,
    verdict,
    witness: shrunk.witness,
    firstRun: found.run,
    strategies: found.strategies,
    scheduler: found.scheduler,
    rawSteps: found.steps.length,
    steps: shrunk.steps.length,
    deliveries: deliveries(inSetting(protocol, shrunk.setting), shrunk.steps),
    shortest: shrunk.shortest,
    eager: shrunk.eager,
    ...(shrunk.uncorrupted ? { uncorrupted: true } : {}),
    setting: shrunk.setting,
    trace: saved.path,
    kept: saved.kept,
  }
}

async function shrinkFound(
  found: Found,
  claim: Claim<any>,
  request: SearchRequest,
  engines: Engines,
  output: Output,
): Promise<Shrunk> {
  const { resolved, maxStates, certifyStates } = request
  const bar = progress(output, USUAL_STAGES, 'stages')
  let stages = 0
  try {
    return shrink(inSetting(resolved.protocol, found.setting), claim, found.steps, {
      ...(maxStates === undefined ? {} : { maxStates }),
      ...(certifyStates === undefined ? {} : { certify: certify({ maxStates: certifyStates, run: engines.check }) }),
      onStage: ({ stage, after }) =>
        bar.update(Math.min(++stages, USUAL_STAGES), `shrinking ${claim.name}: ${stage}, ${after} steps`),
    })
  } finally {
    bar.stop()
  }
}
