import { type Claim, HarnessError, program as inSetting, type Program, type Subject } from '../../model/index.ts'
import { factsOfSteps } from '../../report/text/step-list.ts'
import type { TraceFacts } from '../../report/text/trace-text.ts'
import { type FindSubject, type Replayed, replay, type Trace } from '../../trace/index.ts'
import { stepsOf } from '../../trace/violation-trace.ts'
import { claimsOf } from '../subjects/claim-names.ts'

/** A trace that was read and run again, with what it is about. */
export interface Rerun {
  readonly trace: Trace
  readonly program: Program
  readonly subject: Subject
  readonly claim: Claim<any>
  readonly claims: readonly Claim<any>[]
  readonly replayed: Replayed
}

/**
 * Runs a trace again before anything else is done with it: a file is believed only as far as it replays.
 * @throws UsageError where its protocol, variant or claim does not exist, or its setting makes no sense
 */
export function rerun(trace: Trace, findSubject: FindSubject): Rerun {
  const replayed = replay(trace, findSubject)
  const subject = findSubject(trace.protocol)
  const protocol =
    trace.variant === undefined
      ? subject?.protocol
      : subject?.variants.find(({ variantName }) => variantName === trace.variant)
  const claim = subject && claimsOf(subject).find(({ name }) => name === trace.claim)
  if (!protocol || !claim) throw new HarnessError('a trace was replayed for a protocol that does not exist')
  const { claims } = subject.properties
  return { trace, program: inSetting(protocol, trace.setting), subject, claim, claims, replayed }
}

/** The steps of a trace in words, as far as it replays. */
export function factsOfTrace(one: Rerun): TraceFacts {
  const steps = stepsOf(one.trace).slice(0, one.replayed.steps)
  return { ...one, steps: factsOfSteps(one.program, steps) }
}
