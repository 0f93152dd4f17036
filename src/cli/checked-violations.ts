import { type Claim, program as inSetting } from '../model/index.ts'
import type { CheckedReport } from '../report/check-report.ts'
import { Cut } from '../shrink/cut.ts'
import { reproducesEagerly } from '../shrink/eager.ts'
import type { Shrunk } from '../shrink/result.ts'
import { type Told, told } from '../shrink/told.ts'
import { verified } from '../shrink/verify.ts'
import { deliveries } from '../trace/index.ts'
import type { CheckAllRequest } from './check-all.ts'
import type { Output } from './io.ts'
import type { MergedClaim, ShortestViolation } from './merged-checks.ts'
import { type SavedTrace, saveTrace, trySaving } from './trace-files.ts'
import { traceOf } from './violation-trace.ts'

/** The violations of a check: each is saved as it was found, then put into a reader's order and saved again. */
export class CheckedViolations {
  readonly #request: CheckAllRequest
  readonly #output: Output
  readonly #stop: () => boolean
  readonly #saved = new Map<string, SavedTrace>()

  constructor(request: CheckAllRequest, output: Output, stop: () => boolean) {
    this.#request = request
    this.#output = output
    this.#stop = stop
  }

  /** Saves a violation as it was found. */
  add(merged: MergedClaim, command: string): Promise<CheckedReport> {
    const { setting, steps } = merged.violation!
    const { witness } = verified(inSetting(this.#request.resolved.protocol, setting), this.#claim(merged), steps)
    return this.#report(merged, { steps, witness }, 'not-found', command)
  }

  /** Puts its steps into a reader's order, and looks whether any of them has to wait, as far as there is time. */
  async settle(merged: MergedClaim, command: string): Promise<CheckedReport> {
    const { setting, steps } = merged.violation!
    const program = inSetting(this.#request.resolved.protocol, setting)
    const asked = this.#claim(merged)
    const cut = new Cut(asked, this.#stop)
    const story = cut.do<Told | undefined>(() => told(program, cut.claim, steps), undefined)
    const known = story ?? { steps, witness: verified(program, asked, steps).witness }
    const eager = cut.do<Shrunk['eager']>(() => reproducesEagerly(program, cut.claim, known.steps), 'not-found')
    return this.#report(merged, known, eager, command)
  }

  #claim({ claim }: MergedClaim): Claim<any> {
    return this.#request.chosen.claims.find(({ name }) => name === claim)!
  }

  async #report(merged: MergedClaim, { steps, witness }: Told, eager: Shrunk['eager'], command: string) {
    const { violation, shortest, ...rest } = merged
    const { resolved, out } = this.#request
    const { setting } = violation!
    const known = { setting, steps, witness, shortest: shortestOf(violation!), eager }
    const trace = traceOf(resolved.protocol, rest.claim, known, { command, steps: steps.length })
    const before = this.#saved.get(rest.claim)
    const { saved, unsaved } = await trySaving(() => saveTrace(trace, this.#output.io.cwd, out, before), before)
    if (saved) this.#saved.set(rest.claim, saved)
    return {
      ...rest,
      kind: this.#claim(merged).kind,
      witness,
      steps: steps.length,
      deliveries: deliveries(inSetting(resolved.protocol, setting), steps),
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
