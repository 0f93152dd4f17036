import {
  brokenIn,
  type Claim,
  correctIds,
  type Facts,
  type Id,
  type Json,
  type Local,
  nameOf,
  noException,
  type Program,
  type Said,
} from '../model/index.ts'
import type { System } from './system.ts'

export { noException }

/** What is known of a state, for claims; `before` tells which outputs are fresh: without it, all of them. */
export function factsOf(program: Program, system: System, before?: System): Facts {
  const { setting } = program
  const correct = correctIds(setting)
  const list = (of: readonly (readonly Json[])[], old?: readonly (readonly Json[])[]): Said<Json>[] =>
    correct.flatMap((at) => of[at]!.slice(old?.[at]?.length ?? 0).map((output) => ({ at, output })))
  const both = (s: System, old?: System): Said<Json>[] => [
    ...list(s.outputs, old?.outputs),
    ...list(s.notes, old?.notes).map(({ at, output }) => ({ at, output: { note: output } as Json })),
  ]
  const honest = (from: Id): boolean => correct.includes(from)
  return {
    setting: program.seen ?? setting,
    correct,
    isReference: true,
    outputs: both(system),
    fresh: both(system, before),
    soup: system.soup.filter(({ from }) => honest(from)),
  }
}

/** A claim that was broken, with the sentence that says how. */
export interface Violation {
  readonly claim: string
  readonly witness: string
}

/** The safety claims that a step broke. `before` is the state it was taken in. */
export function brokenBy(
  program: Program,
  claims: readonly Claim<any>[],
  system: System,
  before?: System,
): Violation[] {
  const violations: Violation[] = []
  const facts = factsOf(program, system, before)
  for (const claim of claims) {
    if (claim.kind !== 'invariant') continue
    const witness = claim.name === noException.name ? thrown(program, system) : brokenIn(claim, facts)
    if (witness) violations.push({ claim: claim.name, witness })
  }
  return violations
}

function thrown(program: Program, system: System): string | undefined {
  for (const at of correctIds(program.setting)) {
    const witness = nameOfThrown(system.locals[at]!, at, program.setting.n)
    if (witness) return witness
  }
  return undefined
}

/** How a handler's exception is reported, if there was one. */
export function nameOfThrown({ threw }: Local, at: Id, n: number): string | undefined {
  return threw === undefined ? undefined : `a rule of ${nameOf(at, n)} threw ${threw}`
}
