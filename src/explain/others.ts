import { type Claim, HarnessError, program as inSetting, type Program, type Subject } from '../model/index.ts'
import { apply, brokenBySteps, isActing, type Step, start, take } from '../system/index.ts'
import { type Called, Recorder } from '../view/recorder.ts'
import type { Other, Unanswered } from './explanation.ts'

/**
 * The same schedule on the protocol itself, or, where it is the protocol itself that breaks, on each of its variants.
 * What they do not take is left out, and the rest goes on.
 */
export function others(
  { protocol, variants }: Subject,
  broken: Program,
  claim: Claim<any>,
  steps: readonly Step[],
): Other[] {
  const { setting, effort } = broken
  const tried = broken.protocol.subject === protocol.subject ? variants : [protocol]
  return tried.flatMap((one) => {
    try {
      return [other({ ...inSetting(one, setting), ...(effort ? { effort } : {}) }, claim, steps)]
    } catch (error) {
      // A variant that is not made for this setting has nothing to say about it.
      if (error instanceof HarnessError) throw error
      return []
    }
  })
}

function other(program: Program, claim: Claim<any>, schedule: readonly Step[]): Other {
  const steps = withOwnVotes(program, schedule)
  const taken = take(program, steps)
  const [first] = taken.refused
  const { subject, about } = program.protocol
  return {
    subject,
    about,
    isBroken: brokenBySteps(claim, taken) !== undefined,
    ...(first
      ? { refused: { step: first.index + 1, why: first.why, ...unanswered(program, steps.slice(0, first.index + 1)) } }
      : {}),
  }
}

/** A step names no more votes than it needs. Where more are needed, that of the replica itself is there, too. */
function withOwnVotes(program: Program, steps: readonly Step[]): Step[] {
  let system = start(program)
  return steps.map((step) => {
    const isMore = isActing(step) && !step.with?.includes(step.at)
    const more = isMore ? { ...step, with: [...(step.with ?? []), step.at] } : step
    for (const one of [step, more]) {
      try {
        system = apply(program, system, one)
        return one
      } catch (error) {
        if (error instanceof HarnessError) throw error
      }
    }
    return step
  })
}

/** What the last of some steps asked in vain, if that is why it cannot be taken. */
function unanswered(program: Program, steps: readonly Step[]): { asked?: Unanswered } {
  const recorder = new Recorder(program)
  let system = start(recorder.program)
  for (const step of steps) {
    recorder.calls()
    try {
      system = apply(recorder.program, system, step)
    } catch {
      // Why is read off what it asked.
    }
  }
  const asked = unansweredQuestion(recorder.calls())
  return asked ? { asked } : {}
}

/** The question that nobody, or too few, answered. */
export function unansweredQuestion(calls: readonly Called[]): Unanswered | undefined {
  const answer = calls.flatMap(({ answers }) => answers).find(({ satisfied }) => !satisfied)
  if (!answer) return undefined
  const { q, weights, matched } = answer
  const senders = [...new Set(matched.map(({ from }) => from))].sort((a, b) => a - b)
  return { q, ...(weights ? { weights } : {}), senders }
}
