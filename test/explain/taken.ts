import type { Claim, Program } from '../../src/model/index.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  type Step,
  type System,
  start,
  type Used,
  wordsOf,
} from '../../src/system/index.ts'

export interface Taken {
  readonly systems: readonly System[]
  readonly used: readonly Used[]
  readonly isBroken: boolean
  readonly refused: readonly number[]
}

/** Takes what can be taken, in another way than the program does: claims are judged as it goes. */
export function taken(program: Program, claim: Claim<any>, steps: readonly Step[]): Taken {
  const systems = [start(program)]
  const used: Used[] = []
  const refused: number[] = []
  let isBroken = brokenBy(program, [claim], systems[0]!).length > 0
  for (const [i, step] of steps.entries()) {
    const before = systems.at(-1)!
    try {
      const after = apply(program, before, step)
      systems.push(after)
      used.push(...wordsOf(program, step).map((word) => ({ at: step.at, word })))
      isBroken ||= brokenBy(program, [claim], after, before).length > 0
    } catch {
      refused.push(i + 1)
    }
  }
  isBroken ||= brokenAfterHealing(program, [claim], systems.at(-1)!, used).length > 0
  return { systems, used, isBroken, refused }
}
