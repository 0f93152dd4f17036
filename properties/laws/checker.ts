/** Laws that hold the exhaustive checker against the plain search of everything. */
import type { CheckedClaim, CheckRequest, CheckResult } from '../../src/check/result/result.ts'
import { type Claim, canonical, HarnessError, invariant, type Program } from '../../src/model/index.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  type ProvedMessage,
  type System,
  start,
  type Used,
  wordsOf,
} from '../../src/system/index.ts'
import { type PassName, REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import type { Reference } from './reference-search.ts'
import { withUsed } from './reference-search.ts'

export type Checker = (request: CheckRequest) => CheckResult

/** A protocol in one setting, some claims about it, and what the reference search, finished, says of them. */
export interface Known {
  readonly program: Program
  readonly claims: readonly Claim<any>[]
  readonly reference: Reference
}

const UNREDUCED = REDUCTIONS

/** Never broken, so that a search for it sees everything; it reads notes, so that a state is a state of the model. */
export const counted = invariant<any>(
  { name: 'counted', about: 'Nothing; all states are looked at.', reads: ['notes'] },
  () => undefined,
)

/** Law: the verdict on every claim is that of the reference, with all reductions and without any. */
export function verdictsAgree(check: Checker, known: Known): void {
  for (const without of [[], UNREDUCED]) sameVerdicts(known, run(check, known, without), without)
}

/** Law: what is called a shortest violation is one, with all reductions and without any. */
export function shortestIsShortest(check: Checker, known: Known): void {
  for (const without of [[], UNREDUCED]) sameLengths(known, run(check, known, without), without)
}

/** Law: every witness can be taken step by step on `apply`, and its last step is the first to break the claim. */
export function witnessesReplay(check: Checker, known: Known): void {
  for (const without of [[], UNREDUCED]) {
    for (const checked of run(check, known, without).claims) {
      if (checked.verdict === 'violated') assertReplays(known, checked, without)
    }
  }
}

/** Law: without reductions, states are those of the model; and no bound forbids anything unreported. */
export function statesAgree(check: Checker, { program, reference }: Known): void {
  // A message that is lost is never told from one that is late, so for safety the checker takes no loss at all.
  if (program.setting.network.lose) return
  const { states, cut } = check({ program, claims: [counted], without: UNREDUCED })
  assertEqual(states, reference.states, 'the distinct states of the unreduced search and of the reference')
  if (reference.cut && !cut) throw new HarnessError('a bound forbade a step, and the result does not say so')
}

/**
 * Law: without reductions there is a transition into every state but the first. How many there are is a matter of what
 * counts as one, so the exact number is held against other tools', for named protocols.
 */
export function transitionsAgree(check: Checker, { program, reference }: Known): void {
  if (program.setting.network.lose) return
  const { transitions } = check({ program, claims: [counted], without: UNREDUCED })
  if (transitions >= reference.states - 1) return
  throw new HarnessError(`${transitions} transitions cannot lead to ${reference.states} states`)
}

/** Law: one reduction alone, and all but one, change neither a verdict nor a length. */
export function everyPassAlone(check: Checker, known: Known): void {
  for (const pass of REDUCTIONS) {
    for (const without of [[pass], REDUCTIONS.filter((other) => other !== pass)]) {
      const result = run(check, known, without)
      sameVerdicts(known, result, without)
      sameLengths(known, result, without)
    }
  }
}

/** All that is claimed of a set of passes at once: what a mutant of a pass has to survive. */
export function agrees(check: Checker, known: Known, without: readonly PassName[] = []): void {
  const result = run(check, known, without)
  sameVerdicts(known, result, without)
  sameLengths(known, result, without)
}

function run(check: Checker, { program, claims }: Known, without: readonly PassName[]): CheckResult {
  return check({ program, claims, without })
}

function assertEqual(a: unknown, b: unknown, what: string): void {
  const [x, y] = [canonical(a), canonical(b)]
  if (x !== y) throw new HarnessError(`${what} differ:\n  ${x}\n  ${y}`)
}

function called(without: readonly PassName[]): string {
  return without.length > 0 ? `the search without ${without.join(', ')}` : 'the reduced search'
}

function judged({ claims }: CheckResult, name: string, without: readonly PassName[]): CheckedClaim {
  const checked = claims.filter(({ claim }) => claim === name)
  if (checked.length === 1) return checked[0]!
  throw new HarnessError(`${called(without)} says ${checked.length} times what became of ${name}`)
}

function sameVerdicts({ claims, reference }: Known, result: CheckResult, without: readonly PassName[]): void {
  const isVacuous = reference.claims.some(({ verdict }) => verdict === 'unreached')
  const kinds = new Map(claims.map(({ name, kind }) => [name, kind]))
  const expected = reference.claims.filter(({ claim }) => kinds.get(claim) !== 'sometimes')
  assertEqual(
    expected.map(({ claim }) => [claim, judged(result, claim, without).verdict]),
    expected.map(({ claim, verdict }) => [claim, verdict === 'holds' && isVacuous ? 'vacuous' : verdict]),
    `the verdicts of ${called(without)} and of the reference`,
  )
}

function sameLengths({ reference }: Known, result: CheckResult, without: readonly PassName[]): void {
  for (const { claim, steps } of reference.claims) {
    if (!steps) continue
    const checked = judged(result, claim, without)
    const length = [claim, checked.steps?.length, checked.shortest]
    assertEqual(length, [claim, steps.length, 'certified'], `the lengths of ${called(without)} and of the reference`)
  }
}

function assertReplays({ program, claims }: Known, checked: CheckedClaim, without: readonly PassName[]): void {
  const claim = claims.find(({ name }) => name === checked.claim)!
  const blame = `the witness of ${claim.name}, in ${called(without)}`
  let system = start(program)
  let used: readonly Used[] = []
  const said: ProvedMessage[] = []
  let broken = witness(program, claim, system, undefined, used)
  for (const [index, step] of checked.steps!.entries()) {
    if (broken) throw new HarnessError(`${blame}, breaks the claim after ${index} of ${checked.steps!.length} steps`)
    const after = apply(program, system, step, said)
    said.push(...wordsOf(program, step))
    used = withUsed(program, used, step)
    broken = witness(program, claim, after, system, used)
    system = after
  }
  if (!broken) throw new HarnessError(`${blame}, does not break the claim`)
  assertEqual(checked.witness, broken, `the sentence of ${blame}, and that of the replay`)
}

function witness(
  program: Program,
  claim: Claim<any>,
  system: System,
  before: System | undefined,
  used: readonly Used[],
): string | undefined {
  const safety = brokenBy(program, [claim], system, before)
  return [...safety, ...brokenAfterHealing(program, [claim], system, used)][0]?.witness
}
