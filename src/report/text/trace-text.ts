import { byzantineCount, type Claim, isPromised, type Program, type Setting } from '../../model/index.ts'
import type { Replayed, Trace } from '../../trace/index.ts'
import { counted } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { surroundings, whoText } from './setting-text.ts'
import type { StepFacts } from './step-facts.ts'
import { stepList } from './step-list.ts'
import { wrapped } from './table.ts'
import { visible } from './visible.ts'

/** A trace with all its steps in words. */
export interface TraceFacts {
  readonly trace: Trace
  readonly program: Program
  readonly claim: Claim<any>
  readonly steps: readonly StepFacts[]
  readonly replayed: Replayed
}

/** Nobody is to take a violation for more than it is: beyond its promise a claim may break. */
function beyond(claim: Claim<any>, setting: Setting): string {
  if (isPromised(claim, setting)) return ''
  return claim.promise
    ? ' Not in this setting.'
    : ` Not in this setting: b = ${byzantineCount(setting)}, f = ${setting.f}.`
}

function ending({ trace, claim, replayed }: TraceFacts, paint: Paint): string[] {
  if (!replayed.reproduced) {
    return [`The run diverges from the file at step ${replayed.divergence.step}: ${visible(replayed.divergence.why)}`]
  }
  const healed = claim.kind === 'liveness' ? 'in the healed run from here, ' : ''
  const needs = {
    reproduced: 'Also happens with eager rules.',
    'not-found': '',
    excluded: 'Some rule has to wait.',
  }
  return [
    `${paint.red(paint.bold(`violated ${claim.name}`))}: ${healed}${visible(replayed.witness)}`,
    ...wrapped(`${claim.name}: ${claim.about} Promised: ${claim.promised}.${beyond(claim, trace.setting)}`),
    `${counted(replayed.steps, 'step')}, ${counted(replayed.deliveries, 'delivery', 'deliveries')}; shortest: ${visible(trace.shortest)}. ${needs[trace.eager]}`.trim(),
  ]
}

/**
 * The lines that `show FILE` prints.
 * @param lanes the steps with a column for each participant, in place of the list
 */
export function traceText(facts: TraceFacts, paint: Paint = plain, lanes?: readonly string[]): string[] {
  const { trace, program, steps } = facts
  return [
    paint.bold(visible(trace.title)),
    ...(trace.story ? wrapped(visible(trace.story)) : []),
    '',
    `${program.protocol.subject}: ${whoText(trace.setting)}`,
    ...surroundings(trace.setting, paint),
    '',
    ...(lanes ?? stepList(steps, paint)),
    '',
    ...(steps.some(({ byzantineMessage }) => byzantineMessage) ? ['! marks a message of a Byzantine replica.'] : []),
    ...ending(facts, paint),
  ]
}

/** The object that `show FILE --json` prints. */
export function traceJson({ trace, program, steps, replayed }: TraceFacts, file: string): object {
  const { title, story, setting, claim } = trace
  const { definition, variantName } = program.protocol
  return {
    command: 'show',
    trace: file,
    title,
    ...(story ? { story } : {}),
    protocol: definition.name,
    variant: variantName ?? null,
    setting,
    bounds: setting.bounds,
    claim,
    steps,
    reproduced: replayed.reproduced,
    digest: replayed.digest,
    ...(replayed.reproduced ? { witness: replayed.witness } : { witness: null, divergence: replayed.divergence }),
  }
}
