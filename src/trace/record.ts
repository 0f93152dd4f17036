import type { Program } from '../model/index.ts'
import { digestOf } from '../system/digest-of.ts'
import { apply, type ProvedMessage, type Step, start, wordsOf } from '../system/index.ts'
import type { TracedStep } from './trace.ts'

/**
 * A possible run with the digest of the state after each step, as a trace keeps it.
 * @throws Impossible where a step cannot be taken
 */
export function record(program: Program, steps: readonly Step[]): TracedStep[] {
  const coalition: ProvedMessage[] = []
  let system = start(program)
  return steps.map((step) => {
    system = apply(program, system, step, coalition)
    coalition.push(...wordsOf(program, step))
    return { ...step, digest: digestOf(system) }
  })
}
