import {
  brokenAfter,
  brokenIn,
  type Claim,
  type Facts,
  type Id,
  type Json,
  type Liveness,
  textOfOutput,
} from '../model/index.ts'
import { brokenBy, factsOf, factsOfHealed, type ReferenceRun } from '../system/index.ts'
import type { RunView } from '../view/run.ts'

/** An output, or a note, and the step that made it. */
export interface MadeOutput {
  readonly at: Id
  readonly output: Json
  /** A pseudo-output, which exists only for claims that read it. */
  readonly isNote: boolean
  readonly step: number
}

/**
 * The outputs that break an invariant: without any one of them the others do not. Those that came last are kept, for
 * they are what the run is about. None where the claim is about something else: what nobody does in a healed run, an
 * exception.
 */
export function breaking(claim: Claim<any>, run: RunView, taken: ReferenceRun): MadeOutput[] {
  if (claim.kind === 'liveness') return claim.reads.includes('held') ? forked(claim, run, taken) : []
  const { program, systems } = taken
  const [last, before] = [systems.at(-1)!, systems.at(-2)]
  if (claim.kind !== 'invariant') return []
  if (brokenBy(program, [claim], last, before).length === 0) return []
  const facts = factsOf(program, last, before)
  const holdsWithout = (outputs: Facts['outputs']): boolean => {
    const fresh = facts.fresh.filter((one) => outputs.includes(one) || outputs.some((said) => isSame(said, one)))
    return brokenIn(claim, { ...facts, outputs, fresh }) === undefined
  }
  return holdsWithout(facts.outputs) ? [] : placed(run, fewest(facts.outputs, holdsWithout))
}

/** The decisions for which too few are convicted, as far as they were made before the run was healed. */
function forked(claim: Liveness<any>, run: RunView, { program, systems, used }: ReferenceRun): MadeOutput[] {
  const last = systems.at(-1)!
  const [after, before] = [factsOfHealed(program, claim, last, used), factsOf(program, last)]
  const holdsWithout = (outputs: Facts['outputs']): boolean =>
    brokenAfter(claim, { ...after, outputs }, before) === undefined
  if (holdsWithout(after.outputs)) return []
  return placed(run, fewest(after.outputs, holdsWithout)).filter(({ step }) => step > 0)
}

function fewest(outputs: Facts['outputs'], holds: (some: Facts['outputs']) => boolean): Facts['outputs'] {
  let left = outputs
  for (const one of outputs) {
    const fewer = left.filter((other) => other !== one)
    if (!holds(fewer)) left = fewer
  }
  return left
}

const isSame = (one: Facts['outputs'][number], other: Facts['outputs'][number]): boolean =>
  one.at === other.at && textOfOutput(one.output) === textOfOutput(other.output)

/** Finds the step that made each output; of equal ones, the first made the first. */
function placed(run: RunView, outputs: Facts['outputs']): MadeOutput[] {
  const used = new Map<string, number>()
  return outputs.map(({ at, output }) => {
    const isNote = typeof output === 'object' && output !== null && 'note' in output
    const value = (isNote ? (output as { note: Json }).note : output) as Json
    const key = `${at} ${isNote} ${textOfOutput(value)}`
    const steps = run.events.flatMap((event) =>
      event.at === at
        ? (isNote ? event.notes : event.outputs)
            .filter((one) => textOfOutput(one) === textOfOutput(value))
            .map(() => event.number)
        : [],
    )
    const nth = used.get(key) ?? 0
    used.set(key, nth + 1)
    return { at, output: value, isNote, step: steps[nth] ?? 0 }
  })
}
