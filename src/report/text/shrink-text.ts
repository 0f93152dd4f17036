import type { Stage } from '../../shrink/result.ts'
import type { Trace } from '../../trace/index.ts'
import { counted } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { whoText } from './setting-text.ts'
import { table } from './table.ts'
import { visible } from './visible.ts'

/** What `shrink` made of a trace. */
export interface ShrinkReport {
  readonly file: string
  readonly before: Trace
  readonly after: Trace
  readonly stages: readonly Stage[]
  readonly changed: boolean
}

/** The lines that `shrink` prints. */
export function shrinkText({ file, before, after, stages, changed }: ShrinkReport, paint: Paint = plain): string[] {
  const worked = stages.filter((stage) => stage.after < stage.before)
  return [
    `${paint.bold(file)}: ${counted(before.steps.length, 'step')} before, ${after.steps.length} now; shortest: ${visible(after.shortest)}`,
    ...table(
      worked.map((stage) => [stage.stage, `${stage.before} to ${stage.after}`]),
      '  ',
    ),
    `  ${whoText(after.setting)}`,
    `  violated ${after.claim}: ${visible(after.witness)}`,
    changed ? '  The file was written anew; its title and story stay.' : '  Nothing to change.',
  ]
}

/** The object that `shrink --json` prints. */
export function shrinkJson({ file, before, after, stages, changed }: ShrinkReport): object {
  const { protocol, variant = null, setting, claim } = after
  const lengths = {
    before: before.steps.length,
    steps: after.steps.length,
    shortest: after.shortest,
    eager: after.eager,
  }
  return {
    ...{ command: 'shrink', trace: file, protocol, variant, setting, bounds: setting.bounds, claim },
    ...{ ...lengths, witness: after.witness, changed, stages, result: after },
  }
}
