import { assertUnchanged, type Claim, HarnessError, type Program } from '../model/index.ts'
import { digestOf } from '../system/digest-of.ts'
import { apply, ClaimJudge, type Step, start, usedAfter } from '../system/index.ts'

/** What the reference semantics make of a trace. */
export interface Verified {
  readonly witness: string
  readonly digest: string
}

/**
 * Replays on `apply` from the start, twice.
 * @throws HarnessError where the claim is not broken by exactly these steps, or the two runs differ
 */
export function verified(program: Program, claim: Claim<any>, steps: readonly Step[]): Verified {
  const [first, second] = [replayed(program, claim, steps), replayed(program, claim, steps)]
  if (first.digest !== second.digest || first.witness !== second.witness) {
    throw new HarnessError(`two replays of one trace differ: ${first.digest} and ${second.digest}`)
  }
  return first
}

function replayed(program: Program, claim: Claim<any>, steps: readonly Step[]): Verified {
  const judge = new ClaimJudge(program, claim)
  let system = start(program)
  let witness = judge.atOnce(system)
  for (const step of steps) {
    if (witness) assertUnchanged(claim)
    if (witness) throw new HarnessError(`${claim.name} is broken before the last step`)
    const after = apply(program, system, step)
    witness = judge.step(system, after)
    system = after
  }
  if (judge.atEnd) {
    witness = judge.end(system, usedAfter(program, steps))
  }
  if (!witness) throw new HarnessError(`the shrunk steps do not break ${claim.name}`)
  return { witness, digest: digestOf(system) }
}
