import type { MergedClaim, ShortestViolation } from '../../check/settings/merged-checks.ts'
import { type Claim, program as inSetting, type Program } from '../../model/index.ts'
import type { CheckedReport } from '../../report/text/check-report.ts'
import { Cut } from '../../shrink/cut.ts'
import { reproducesEagerly } from '../../shrink/eager.ts'
import { type ReadableRun, readable } from '../../shrink/readable.ts'
import type { Shrunk } from '../../shrink/result.ts'
import { verified } from '../../shrink/verify.ts'
import type { Step } from '../../system/index.ts'
import { deliveries } from '../../trace/index.ts'
import { traceOf } from '../../trace/violation-trace.ts'
import type { SavedTrace } from '../files/trace-files.ts'
import type { Output } from '../terminal/io.ts'
import type { CheckAllRequest } from '../workers/engines.ts'
import { saveReplayed } from '../workers/fresh-replay.ts'

/** The violations of a check: each is saved as it was found, then put into a reader's order and saved again. */
export class CheckedViolations {
  readonly #request: CheckAllRequest
  readonly #output: Output
  readonly #stop: () => boolean
  readonly #saved = new Map<string, SavedTrace>()
  readonly #found = new Map<string, { readonly of: readonly Step[]; readonly report: CheckedReport }>()

  constructor(request: CheckAllRequest, output: Output, stop: () => boolean) {
    this.#request = request
    this.#output = output
    this.#stop = stop
  }

  /** What is said of a claim while the search goes on; a violation is saved as it was found. */
  async found(merged: MergedClaim, command: string): Promise<CheckedReport> {
    const violation = merged.violation!
    const before = this.#found.get(merged.claim)
    if (before?.of === violation.steps) return before.report
    const { witness } = verified(this.#program(violation), this.#claim(merged), violation.steps)
    const report = await this.#report(merged, { steps: violation.steps, witness }, 'not-found', command)
    this.#found.set(merged.claim, { of: violation.steps, report })
    return report
  }

  /** The same in the end: steps in a reader's order, and whether any of them has to wait, as far as there is time. */
  async told(merged: MergedClaim, command: string): Promise<CheckedReport> {
    const violation = merged.violation!
    const { steps } = violation
    const program = this.#program(violation)
    const asked = this.#claim(merged)
    const cut = new Cut(asked, this.#stop)
    const story = cut.do<ReadableRun | undefined>(() => readable(program, cut.claim, steps), undefined)
    const known = story ?? { steps, witness: verified(program, asked, steps).witness }
    const eager = cut.do<Shrunk['eager']>(() => reproducesEagerly(program, cut.claim, known.steps), 'not-found')
    return this.#report(merged, known, eager, command)
  }

  #program({ setting }: ShortestViolation): Program {
    return inSetting(this.#request.resolved.protocol, setting)
  }

  #claim({ claim }: Pick<MergedClaim, 'claim'>): Claim<any> {
    return this.#request.chosen.claims.find(({ name }) => name === claim)!
  }

  async #report(
    merged: MergedClaim,
    { steps, witness }: ReadableRun,
    eager: Shrunk['eager'],
    command: string,
  ): Promise<CheckedReport> {
    const { violation, shortest, ...rest } = merged
    const { resolved, out } = this.#request
    const { setting } = violation!
    const known = { setting, steps, witness, shortest: shortestOf(violation!), eager }
    const trace = traceOf(resolved.protocol, rest.claim, known, { command, stepsBeforeShrinking: steps.length })
    const before = this.#saved.get(rest.claim)
    const { saved, unsaved } = await saveReplayed(trace, resolved, this.#output, out, before)
    if (saved) this.#saved.set(rest.claim, saved)
    return {
      ...rest,
      kind: this.#claim(merged).kind,
      witness,
      steps: steps.length,
      deliveries: deliveries(this.#program(violation!), steps),
      ...(shortest === undefined ? {} : { shortest }),
      ...{ eager, setting },
      ...(saved ? { trace: saved.path, kept: saved.kept } : {}),
      ...(unsaved === undefined ? {} : { unsaved }),
    }
  }
}

function shortestOf({ shortest }: ShortestViolation): Shrunk['shortest'] {
  return shortest === 'certified' ? 'certified' : `bound reached; ${shortest}`
}
