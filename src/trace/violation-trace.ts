import { byzantineCount, program as inSetting, type Protocol, type Setting } from '../model/index.ts'
import type { Shrunk } from '../shrink/result.ts'
import type { Step } from '../system/index.ts'
import { FORMAT, type Origin, record, type Trace } from './index.ts'

/** A title for a trace that nobody has given one yet. */
function titleOf(protocol: Protocol, claim: string, setting: Setting): string {
  return `${protocol.subject} breaks ${claim} with n = ${setting.n}, f = ${setting.f}, b = ${byzantineCount(setting)}`
}

/** What is said of a violation that is not the coalition's work. */
const UNCORRUPTED = 'No Byzantine replica is needed: the same steps break the claim without one.'

/** The trace of a violation that was found, and is as short as it gets. */
export function traceOf(protocol: Protocol, claim: string, shrunk: Omit<Shrunk, 'stages'>, found: Origin): Trace {
  const { setting, steps, witness, shortest, eager = 'not-found' } = shrunk
  return {
    turncoat: FORMAT,
    title: titleOf(protocol, claim, setting),
    ...(shrunk.uncorrupted ? { story: UNCORRUPTED } : {}),
    protocol: protocol.definition.name,
    ...(protocol.variantName ? { variant: protocol.variantName } : {}),
    setting,
    claim,
    origin: found,
    shortest,
    eager,
    steps: record(inSetting(protocol, setting), steps),
    witness: witness,
  }
}

/** A trace that was shrunk again: title, story and how it was found stay. */
export function shrunkTrace(trace: Trace, protocol: Protocol, shrunk: Shrunk): Trace {
  const { setting, steps, witness, shortest, eager = 'not-found' } = shrunk
  return { ...trace, setting, shortest, eager, steps: record(inSetting(protocol, setting), steps), witness: witness }
}

/** The steps of a trace without their digests. */
export function stepsOf(trace: Trace): Step[] {
  return trace.steps.map(({ digest: _, ...step }) => step as Step)
}
