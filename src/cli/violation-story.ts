import { causeOf, type ShardViolation } from '../campaign/violations.ts'
import { program as inSetting } from '../model/index.ts'
import { factsOf, stepList } from '../report/step-list.ts'
import { resolveSubject } from './subjects.ts'

/** A violation for people who watch: as it was found, not shrunk. */
export interface ViolationStory {
  readonly cause: string
  readonly claim: string
  readonly witness: string
  readonly where: string
  readonly story: readonly string[]
}

const MOST_LINES = 200

export async function storyOf(violation: ShardViolation): Promise<ViolationStory> {
  const { subject, claim, witness, setting, steps } = violation
  const { protocol } = await resolveSubject(subject, '/')
  const lines = stepList(factsOf(inSetting(protocol, setting), steps))
  const { n, byzantine } = setting
  return {
    cause: causeOf(violation),
    ...{ claim, witness },
    where: `${protocol.subject}, n = ${n}, Byzantine: ${byzantine.map((id) => `r${id}`).join(', ') || 'none'}; ${steps.length} steps as found`,
    story: lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'] : lines,
  }
}
