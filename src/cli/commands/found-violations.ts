import { offends, type Restriction } from '../../adversary/index.ts'
import type { ClaimResult, Found } from '../../fuzz/campaign/result.ts'
import type { Law, Setting } from '../../model/index.ts'
import { program as inSetting } from '../../model/index.ts'
import type { ClaimReport } from '../../report/text/fuzz-report.ts'
import { certify } from '../../shrink/certify.ts'
import type { Shrunk } from '../../shrink/result.ts'
import { shrink } from '../../shrink/shrink.ts'
import { deliveries, type Trace } from '../../trace/index.ts'
import { traceOf } from '../../trace/violation-trace.ts'
import type { SavedTrace, Saving } from '../files/trace-files.ts'
import type { ChosenClaims } from '../subjects/claim-names.ts'
import type { Resolved } from '../subjects/resolved.ts'
import type { Output } from '../terminal/io.ts'
import { progress } from '../terminal/progress.ts'
import type { Engines, SaveViolation } from '../workers/engines.ts'
import { saveReplayed } from '../workers/fresh-replay.ts'

/** Stages that shrinking usually goes through: what its bar counts up to. */
const USUAL_STAGES = 15

interface Violation extends Saving {
  readonly found: Found
  readonly shrunk?: Shrunk
}

/** The violations of one search, as far as each has come: found and saved as it is, then shrunk and saved again. */
export class FoundViolations {
  readonly #request: SearchRequest
  readonly #engines: Engines
  readonly #output: Output
  readonly #stop: () => boolean
  readonly #byClaim = new Map<string, Violation>()

  constructor(request: SearchRequest, engines: Engines, output: Output, stop: () => boolean) {
    this.#request = request
    this.#engines = engines
    this.#output = output
    this.#stop = stop
  }

  /**
   * Saves a violation as it was found, unless that is done already.
   * @param onKnown called before it is saved: whoever is cut off while that goes on has it to print
   */
  async add(found: Found, command: string, onKnown: () => void): Promise<void> {
    if (this.#byClaim.has(found.claim)) return
    this.#byClaim.set(found.claim, { found, saved: undefined })
    onKnown()
    const { setting, steps, witness } = found
    const shortest = 'bound reached; not shrunk' as const
    const raw = { setting, steps, witness, shortest, uncorrupted: false } as const
    const trace = this.#trace(found, raw, command)
    this.#byClaim.set(found.claim, { found, ...(await this.#save(trace)) })
  }

  /** Shrinks a violation, as far as there is time, and puts the result in the place of what was saved before. */
  async shrink(found: Found, command: string): Promise<void> {
    const shrunk = await this.#shrunk(found)
    const before = this.#byClaim.get(found.claim)?.saved
    const after = await this.#save(this.#trace(found, shrunk, command), before)
    this.#byClaim.set(found.claim, { found, shrunk, ...after })
  }

  /** What is to be said of a claim by now. */
  report({ claim, verdict }: ClaimResult): ClaimReport {
    const violation = this.#byClaim.get(claim)
    if (!violation) return { claim, verdict }
    const { found, shrunk, saved, unsaved } = violation
    const { protocol } = this.#request.resolved
    const { setting, steps, witness } = shrunk ?? found
    const length = { steps: steps.length, deliveries: deliveries(inSetting(protocol, setting), steps) }
    return {
      claim,
      verdict,
      witness,
      firstRun: found.run,
      strategies: found.strategies,
      scheduler: found.scheduler,
      rawSteps: found.steps.length,
      ...(shrunk ? { ...length, shortest: shrunk.shortest } : {}),
      ...(shrunk?.eager ? { eager: shrunk.eager } : {}),
      ...(shrunk?.uncorrupted ? { uncorrupted: true } : {}),
      setting,
      ...(saved ? { trace: saved.path, kept: saved.kept } : {}),
      ...(unsaved === undefined ? {} : { unsaved }),
    }
  }

  #trace(found: Found, known: Omit<Shrunk, 'stages'>, command: string): Trace {
    return traceOf(this.#request.resolved.protocol, found.claim, known, {
      command,
      seed: this.#request.seed,
      run: found.run,
      strategy: found.strategies,
      scheduler: found.scheduler,
      stepsBeforeShrinking: found.steps.length,
    })
  }

  #save(trace: Trace, before?: SavedTrace): Promise<Saving> {
    const { resolved, out, save } = this.#request
    return save?.(trace, before) ?? saveReplayed(trace, resolved, this.#output, out, before)
  }

  async #shrunk(found: Found): Promise<Shrunk> {
    const { resolved, chosen, maxStates, certifyStates, never, law } = this.#request
    if (this.#engines.shrinkElsewhere) {
      const most = {
        ...(maxStates === undefined ? {} : { maxStates }),
        ...(certifyStates === undefined ? {} : { certifyStates }),
      }
      return this.#engines.shrinkElsewhere({ resolved, found, ...most })
    }
    const claim = chosen.claims.find(({ name }) => name === found.claim)!
    const bar = progress(this.#output, USUAL_STAGES, 'stages')
    await this.#engines.prepare?.(resolved.protocol, [claim])
    const run: Engines['check'] = (asked) => this.#engines.check({ ...asked, onProgress: this.#stop })
    let stages = 0
    try {
      return shrink(inSetting(resolved.protocol, found.setting), claim, found.steps, {
        ...(maxStates === undefined ? {} : { maxStates }),
        // The exhaustive search knows no restrictions: what it finds, or proves, is about a coalition without any.
        ...(certifyStates === undefined || never ? {} : { certify: certify({ maxStates: certifyStates, run }) }),
        ...(never ? { allows: (program, steps) => !offends(program, steps, never, law) } : {}),
        stop: this.#stop,
        onStage: ({ stage, after }) =>
          bar.update(Math.min(++stages, USUAL_STAGES), `shrinking ${claim.name}: ${stage}, ${after} steps`),
      })
    } finally {
      bar.stop()
    }
  }
}

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
  /** Do runs learn from those of the rounds before? */
  readonly learns?: boolean
  /** What the coalition never does, and by what law. */
  readonly never?: readonly Restriction[]
  readonly law?: Law | undefined
  /** Milliseconds that all of it may take. */
  readonly time?: number
  /** States that the search for something shorter may look at. */
  readonly maxStates?: number
  /** States that the exhaustive search may look at for something shorter; without it, it is not asked. */
  readonly certifyStates?: number
  /** File or folder for the traces. */
  readonly out?: string
  readonly save?: SaveViolation
  /** The line that does the same again, given how many runs it took. */
  readonly command: (runs: number) => string
}
