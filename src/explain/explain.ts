import { type Claim, Effort, isPromised, lawOf, type Subject, UsageError } from '../model/index.ts'
import { type Step, take } from '../system/index.ts'
import { MOST_WORK, type TracedStep } from '../trace/index.ts'
import type { RunView } from '../view/run.ts'
import type { Viewed } from '../view/view.ts'
import { breaking } from './breaking.ts'
import { byzantineMessages, equivocations, needlessSteps } from './byzantine-messages.ts'
import { decision, intersections } from './decisions.ts'
import type { Explanation } from './explanation.ts'
import { convictions } from './forensics.ts'
import { locks } from './locks.ts'
import { others } from './others.ts'
import { waiting } from './stuck.ts'

/**
 * Why a trace breaks its claim: every fact is computed from its steps, by running them, or others, on the reference.
 * @throws UsageError where that takes more work than any trace may
 */
export function explain(
  run: RunView,
  { trace, program: plain, replayed }: Viewed,
  subject: Subject,
  claim: Claim<any>,
): Explanation {
  // One amount of work for all the runs that are tried: a file of a stranger may ask for many.
  const most = 5 * MOST_WORK
  const refusal = (): Error =>
    new UsageError(`explaining this trace takes more work than ${most} looks at messages`, 'shrink it first')
  const program = { ...plain, effort: new Effort(most, refusal) }
  const steps = trace.steps.slice(0, replayed.steps).map(({ digest: _, ...step }: TracedStep) => step as Step)
  const taken = take(program, steps)
  const last = taken.systems.at(-1)!
  const law = lawOf(subject, program.protocol)
  const decisions = breaking(claim, run, taken)
    .sort((one, other) => one.step - other.step)
    .map((made) => decision(run, made))
  const told = byzantineMessages(run, program, claim, steps)
  return {
    subject: run.subject,
    claim: run.claim,
    witness: run.witness ?? '',
    isPromised: isPromised(claim, run.setting),
    decisions,
    intersections: intersections(run, decisions),
    byzantineMessages: told,
    equivocations: equivocations(run, law),
    silent: run.setting.byzantine.filter((id) => !told.some(({ envelope }) => run.envelopes[envelope]!.from === id)),
    locks: locks(run, decisions),
    needless: needlessSteps(program, claim, steps),
    others: others(subject, program, claim, steps),
    evidence: run.setting.auth,
    isLawKnown: law !== undefined,
    convictions: convictions(run, program, subject.protocol, last, taken.used, law),
    waiting: waiting(program, claim, last, taken.used),
  }
}
