import type { Setting } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import type { Answer, BlocksAnswer, PointAnswer, SettingAnswer, Shard } from './shard.ts'

/** A violation as a shard has found it. */
export interface ShardViolation {
  readonly subject: string
  readonly claim: string
  readonly witness: string
  readonly setting: Setting
  readonly steps: readonly Step[]
}

/** What an answer says of broken claims. */
export function violationsIn(shard: Shard, answer: Answer): readonly ShardViolation[] {
  if (shard.kind === 'blocks') {
    const { subject } = shard.campaign
    return (answer as BlocksAnswer).flatMap(({ found }) =>
      found.map(({ claim, witness, setting, steps }) => ({ subject, claim, witness, setting, steps })),
    )
  }
  if (shard.kind === 'setting') {
    const { subject, setting } = shard
    return (answer as SettingAnswer).result.claims.flatMap(({ claim, verdict, witness = '', steps }) =>
      verdict === 'violated' && steps ? [{ subject, claim, witness, setting, steps }] : [],
    )
  }
  const { grid, point } = shard.task
  const subject = grid.subjects.find((one) => one.subject === point.subject)!.found
  return (answer as PointAnswer).traces.map(({ trace: { claim, violation, setting, steps } }) => ({
    ...{ subject, claim, witness: violation, setting },
    steps: steps.map(({ digest: _, ...step }) => step as Step),
  }))
}

/** One cause, told once: the same claim of the same subject, broken with as many replicas and as many of them Byzantine. */
export function causeOf({ subject, claim, setting }: ShardViolation): string {
  return `${subject} ${claim} n=${setting.n} b=${setting.byzantine.length}`
}
