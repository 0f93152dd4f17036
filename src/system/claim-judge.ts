import { type Claim, noException, type Program, UsageError } from '../model/index.ts'
import { brokenAfterHealing } from './heal.ts'
import type { Used } from './healed-inboxes.ts'
import { brokenBy } from './judge.ts'
import type { System } from './system.ts'
import { Table } from './table.ts'
import { forHealing } from './unbounded.ts'

/** Says whether one claim is broken: an invariant by a step, a liveness claim at the end of all steps. */
export class ClaimJudge {
  readonly claim: Claim<any>
  readonly atEnd: boolean
  readonly #program: Program
  /** A claim over outputs cannot be broken by a step that outputs nothing. */
  readonly #everyStep: boolean
  /** What was worked out in one healed run counts in the next. */
  #healing: Table | undefined

  constructor(program: Program, claim: Claim<any>) {
    if (claim.kind === 'sometimes') {
      throw new UsageError(`the claim ${claim.name} has no violation`, 'name an invariant or a liveness claim')
    }
    this.#program = program
    this.claim = claim
    this.atEnd = claim.kind === 'liveness'
    this.#everyStep = claim.name === noException.name || claim.reads.includes('soup')
  }

  /** The witness where an invariant is broken before the first step. */
  atOnce(start: System): string | undefined {
    return this.atEnd ? undefined : brokenBy(this.#program, [this.claim], start)[0]?.witness
  }

  /** The witness where this step broke an invariant. */
  step(before: System, after: System): string | undefined {
    if (this.atEnd) return undefined
    if (!this.#everyStep && before.outputs === after.outputs && before.notes === after.notes) return undefined
    return brokenBy(this.#program, [this.claim], after, before)[0]?.witness
  }

  /** The witness where the healed run from here breaks a liveness claim. Not monotone: each state is judged afresh. */
  end(system: System, used: readonly Used[]): string | undefined {
    if (!this.atEnd) return undefined
    this.#healing ??= new Table(forHealing(this.#program))
    return brokenAfterHealing(this.#program, [this.claim], system, used, this.#healing)[0]?.witness
  }
}
