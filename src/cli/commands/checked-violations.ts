import type { MergedClaim, ShortestViolation } from '../../check/settings/merged-checks.ts'
import { type Claim, program as inSetting, type Program } from '../../model/index.ts'
import type { CheckedReport } from '../../report/text/check-report.ts'
import { Cut } from '../../shrink/cut.ts'
import { reproducesEagerly } from '../../shrink/eager.ts'
import { type ReadableRun, readable } from '../../shrink/readable.ts'
import type { Eager, Shrunk } from '../../shrink/result.ts'
import { verified } from '../../shrink/verify.ts'
import type { Step } from '../../system/index.ts'
import { deliveries } from '../../trace/index.ts'
import { traceOf } from '../../trace/violation-trace.ts'
import type { SavedTrace } from '../files/trace-files.ts'
import type { Output } from '../terminal/io.ts'
import type { CheckAllRequest } from '../workers/engines.ts'
import { saveReplayed } from '../workers/fresh-replay.ts'

/** What was said of a violation, and by which steps it was known. */
interface Told {
  readonly of: readonly Step[]
  readonly report: CheckedReport
  readonly isSaved: boolean
}

/** The violations of a check: each is saved as it was found, then put into a reader's order and saved again. */
export class CheckedViolations {
  readonly #request: CheckAllRequest
  readonly #output: Output
  readonly #stop: () => boolean
  readonly #saved = new Map<string, SavedTrace>()
  readonly #found = new Map<string, Told>()

  constructor(request: CheckAllRequest, output: Output, stop: () => boolean) {
    this.#request = request
    this.#output = output
    this.#stop = stop
  }

  /** What is said of a violation while the search goes on, before it is saved, which takes time. */
  async seen(merged: MergedClaim): Promise<CheckedReport> {
    const violation = merged.violation!
    const { steps } = violation
    const before = this.#found.get(merged.claim)
    if (before?.of === steps) return before.report
    const { witness } = verified(this.#program(violation), this.#claim(merged), steps)
    const report = this.#report(merged, { steps, witness })
    this.#found.set(merged.claim, { of: steps, report, isSaved: false })
    return report
  }

  /** The same once it is saved as it was found. */
  async found(merged: MergedClaim, command: string): Promise<CheckedReport> {
    const { steps } = merged.violation!
    const { witness } = await this.seen(merged)
    const before = this.#found.get(merged.claim)!
    if (before.isSaved) return before.report
    const report = await this.#savedReport(merged, { steps, witness: witness! }, undefined, command)
    this.#found.set(merged.claim, { of: steps, report, isSaved: true })
    return report
  }

  /** The same in the end: steps in a reader's order, and whether any of them has to wait, as far as there is time. */
  async told(merged: MergedClaim, command: string): Promise<CheckedReport> {
    const violation = merged.violation!
    const { steps } = violation
    const program = this.#program(violation)
    const asked = this.#claim(merged)
    const cut = new Cut(asked, this.#stop)
    // What is one run of a strategy stays in the order in which the coins were known.
    const isOneRun = asked.kind === 'invariant' && asked.forced !== undefined
    const story = cut.do<ReadableRun | undefined>(
      () => (isOneRun ? undefined : readable(program, cut.claim, steps)),
      undefined,
    )
    const known = story ?? { steps, witness: verified(program, asked, steps).witness }
    const eager = cut.do<Eager | undefined>(() => reproducesEagerly(program, cut.claim, known.steps), undefined)
    return this.#savedReport(merged, known, eager, command)
  }

  #program({ setting }: ShortestViolation): Program {
    return inSetting(this.#request.resolved.protocol, setting)
  }

  #claim({ claim }: Pick<MergedClaim, 'claim'>): Claim<any> {
    return this.#request.chosen.claims.find(({ name }) => name === claim)!
  }

  #report(merged: MergedClaim, { steps, witness }: ReadableRun, eager?: Eager): CheckedReport {
    const { violation, shortest, ...rest } = merged
    return {
      ...rest,
      kind: this.#claim(merged).kind,
      witness,
      steps: steps.length,
      deliveries: deliveries(this.#program(violation!), steps),
      ...(shortest === undefined ? {} : { shortest }),
      ...(eager === undefined ? {} : { eager }),
      setting: violation!.setting,
    }
  }

  async #savedReport(
    merged: MergedClaim,
    run: ReadableRun,
    eager: Eager | undefined,
    command: string,
  ): Promise<CheckedReport> {
    const { violation, claim } = merged
    const { resolved, out, save } = this.#request
    const known = { ...run, setting: violation!.setting, shortest: shortestOf(violation!), ...(eager ? { eager } : {}) }
    const trace = traceOf(resolved.protocol, claim, known, { command, stepsBeforeShrinking: run.steps.length })
    const before = this.#saved.get(claim)
    const { saved, unsaved } = await (save?.(trace, before) ?? saveReplayed(trace, resolved, this.#output, out, before))
    if (saved) this.#saved.set(claim, saved)
    return {
      ...this.#report(merged, run, eager),
      ...(saved ? { trace: saved.path, kept: saved.kept } : {}),
      ...(unsaved === undefined ? {} : { unsaved }),
    }
  }
}

function shortestOf({ shortest }: ShortestViolation): Shrunk['shortest'] {
  return shortest === 'certified' ? 'certified' : `bound reached; ${shortest}`
}
