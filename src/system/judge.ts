import {
  type Claim,
  canonical,
  correctIds,
  type Id,
  type Invariant,
  invariant,
  type Json,
  type Local,
  nameOf,
  type Outcome,
  type Program,
  type Said,
} from '../model/index.ts'
import type { System } from './system.ts'

/** What claims may see of a state; `before` tells which outputs are fresh. */
export function outcomeOf(program: Program, system: System, before?: System): Outcome<any> {
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
    setting,
    correct,
    outputs: both(system),
    fresh: both(system, before),
    soup: system.soup.filter(({ from }) => honest(from)),
  }
}

/** Checked beside every protocol's own claims: an exception inside a handler is a finding. */
export const noException: Invariant<any> = invariant(
  {
    name: 'no-exception',
    about: 'No rule of a correct replica throws, whatever well-typed message it gets.',
    promised: 'always',
  },
  () => undefined,
)

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
  const outcome = outcomeOf(program, system, before)
  for (const claim of claims) {
    if (claim.kind !== 'invariant') continue
    const witness = claim.name === noException.name ? thrown(program, system) : claim.broken(outcome)
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

/** An output as a sentence shows it. */
export function shown(output: unknown): string {
  return typeof output === 'string' ? output : canonical(output)
}
