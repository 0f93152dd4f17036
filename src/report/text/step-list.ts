import type { Program } from '../../model/index.ts'
import { apply, type Step, start } from '../../system/index.ts'
import { type Paint, plain } from './paint.ts'
import { type StepFacts, stepFacts } from './step-facts.ts'

/** Every step of a run in words. The run is taken on `apply`, which checks each step. */
export function factsOfSteps(program: Program, steps: readonly Step[]): StepFacts[] {
  let system = start(program)
  return steps.map((step, i) => {
    const after = apply(program, system, step)
    const facts = stepFacts(program, i + 1, step, system, after)
    system = after
    return facts
  })
}

function joined(label: string, items: readonly string[]): string[] {
  return items.length ? [`${label} ${items.join('; ')}`] : []
}

function lines(facts: StepFacts, width: number, paint: Paint): string[] {
  const indent = ' '.repeat(width + 4)
  const number = String(facts.number).padStart(width)
  const rule = facts.rule ? ` [${facts.rule}]` : ''
  const headline = `${number}${facts.byzantineMessage ? ' ! ' : '   '} ${facts.what}${rule}`
  return [
    facts.byzantineMessage ? paint.red(headline) : headline,
    ...joined('evidence', facts.evidence).map((line) => paint.dim(indent + line)),
    ...joined('receives', facts.hears ?? []).map((line) => paint.dim(indent + line)),
    ...facts.knows.map((line) => indent + line),
    ...joined('sends', facts.says).map((line) => indent + line),
    ...joined('notes', facts.notes).map((line) => paint.dim(indent + line)),
    ...facts.decides.map((line) => paint.bold(`${indent}DECIDES ${line}`)),
  ]
}

/** Steps as a list to read; a step that uses a word of the coalition is marked `!`. */
export function stepList(facts: readonly StepFacts[], paint: Paint = plain): string[] {
  const width = String(facts.length).length
  return facts.flatMap((step) => lines(step, width, paint))
}
