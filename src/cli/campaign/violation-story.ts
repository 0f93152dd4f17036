import { causeOf, type ShardViolation } from '../../campaign/violations.ts'
import { svg } from '../../report/diagrams/svg.ts'
import { factsOfSteps, stepList } from '../../report/text/step-list.ts'
import { stepsOf, traceOf } from '../../trace/violation-trace.ts'
import { view } from '../../view/view.ts'
import { rerun } from '../commands/trace-facts.ts'
import { resolveSubject } from '../subjects/subjects.ts'

/** A violation for people who watch: as its shard has made it. */
export interface ViolationStory {
  readonly cause: string
  readonly claim: string
  readonly witness: string
  readonly where: string
  readonly story: readonly string[]
  /** A space-time diagram; nothing where there are too many steps to look at. */
  readonly svg?: string
}

const MOST_LINES = 200
/** Steps of a run that is drawn. */
const MOST_DRAWN = 150

export async function storyOf(violation: ShardViolation): Promise<ViolationStory> {
  const { claim, witness, setting, steps, shortest } = violation
  const { protocol, subject } = await resolveSubject(violation.subject, '/')
  const known = { setting, steps, witness, shortest, eager: 'not-found' } as const
  const trace = traceOf(protocol, claim, known, { command: '', stepsBeforeShrinking: steps.length })
  const one = rerun(trace, () => subject)
  // Whoever prints the result has more to say about it.
  const { reproduced } = one.replayed
  const lines = reproduced ? stepList(factsOfSteps(one.program, stepsOf(trace))) : ['it does not happen again']
  const { n, byzantine } = setting
  return {
    cause: causeOf(violation),
    ...{ claim, witness },
    where: `${protocol.subject}, n = ${n}, Byzantine: ${byzantine.map((id) => `r${id}`).join(', ') || 'none'}; ${steps.length} steps`,
    story: lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'] : lines,
    ...(reproduced && steps.length <= MOST_DRAWN ? { svg: svg(view(one, { truths: true, healed: true })) } : {}),
  }
}
