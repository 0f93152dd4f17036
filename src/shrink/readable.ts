import type { Claim, Program } from '../model/index.ts'
import type { Step } from '../system/index.ts'
import { echoedWords } from './coalition.ts'
import { inReadersOrder } from './order.ts'
import { Replayer } from './replayer.ts'
import type { Shrunk } from './result.ts'
import { verified } from './verify.ts'

/** A violation in the order in which a reader follows it. */
export type ReadableRun = Pick<Shrunk, 'steps' | 'witness'>

/**
 * Puts a violation that is short already into the order of one that was shrunk.
 * @throws HarnessError where the steps, replayed on `apply`, do not break the claim with the last of them
 */
export function readable(program: Program, claim: Claim<any>, steps: readonly Step[]): ReadableRun {
  verified(program, claim, steps)
  const ordered = inReadersOrder(new Replayer(program, claim, echoedWords(program, steps)), steps)
  return { steps: ordered, witness: verified(program, claim, ordered).witness }
}
