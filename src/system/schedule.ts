import { type Claim, HarnessError, type Program } from '../model/index.ts'
import { apply, usedAfter } from './apply.ts'
import { brokenAfterHealing } from './heal.ts'
import type { Used } from './healed-inboxes.ts'
import { Impossible } from './impossible.ts'
import { brokenBy } from './judge.ts'
import type { Step } from './step.ts'
import { type System, start } from './system.ts'

/** A run on the reference: every state that it goes through, and what of the coalition's was used. */
export interface ReferenceRun {
  readonly program: Program
  /** The state before the first step, then the one after each. */
  readonly systems: readonly System[]
  readonly used: readonly Used[]
  /** Steps that could not be taken, by their place in the list, with the reason. */
  readonly refused: readonly { readonly index: number; readonly why: string }[]
}

/** Takes what can be taken of a schedule, in its order. */
export function take(program: Program, steps: readonly Step[]): ReferenceRun {
  const systems = [start(program)]
  let used: readonly Used[] = []
  const refused: { index: number; why: string }[] = []
  for (const [index, step] of steps.entries()) {
    try {
      systems.push(apply(program, systems.at(-1)!, step))
      used = usedAfter(program, [step], used)
    } catch (error) {
      // A message of the coalition's may be one that another variant's code cannot read.
      if (error instanceof HarnessError) throw error
      refused.push({ index, why: error instanceof Impossible ? error.message : 'it cannot be taken there' })
    }
  }
  return { program, systems, used, refused }
}

/** How a run breaks a claim, if it does, at any of its steps or in the healed run from its last state. */
export function brokenBySteps(claim: Claim<any>, { program, systems, used }: ReferenceRun): string | undefined {
  if (claim.kind === 'liveness') return brokenAfterHealing(program, [claim], systems.at(-1)!, used)[0]?.witness
  for (const [i, system] of systems.entries()) {
    const [broken] = brokenBy(program, [claim], system, systems[i - 1])
    if (broken) return broken.witness
  }
  return undefined
}
