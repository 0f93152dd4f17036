import { type Claim, canonical, FEWEST_COUNTED, HarnessError, type Program, reachedIn } from '../model/index.ts'
import { digestOf } from '../system/digest-of.ts'
import { brokenAfterHealing, brokenBy, factsOf, forHealing, type System, Table, type Used } from '../system/index.ts'
import type { Truth } from './run.ts'

/** A healed run from each of more states takes too long. */
const MOST_HEALED = 60

/** Answers that are kept; a person does not make more states. */
const MOST_KEPT = 5_000

/** What is worked out about healed runs, for many runs of one program: they share most of their states. */
export class HealedAnswers {
  readonly table: Table
  readonly #known = new Map<string, Truth>()

  constructor(program: Program) {
    this.table = new Table(forHealing(program))
  }

  of(claim: string, system: System, used: readonly Used[], judge: () => Truth): Truth {
    const key = `${claim} ${digestOf(system)} ${canonical(used as never)}`
    const known = this.#known.get(key)
    if (known) return known
    if (this.#known.size === MOST_KEPT) this.#known.clear()
    const truth = judge()
    this.#known.set(key, truth)
    return truth
  }
}

/** The verdicts of claims on each state of a run. Only changes are listed. */
export class Truths {
  readonly #program: Program
  readonly #claims: readonly Claim<any>[]
  readonly #heals: boolean
  readonly #answers: HealedAnswers
  readonly #now = new Map<string, Truth>()

  /** @param steps how many there will be: in a long run the claims about healed runs are judged at its end only */
  constructor(
    program: Program,
    claims: readonly Claim<any>[],
    steps: number,
    answers: HealedAnswers = new HealedAnswers(program),
  ) {
    this.#program = program
    this.#claims = claims
    this.#heals = steps <= MOST_HEALED
    this.#answers = answers
  }

  /** What has changed in a state. `isLast` is the state that the run ends in. */
  after(system: System, before: System | undefined, used: readonly Used[], isLast: boolean): Truth[] {
    return this.#claims.flatMap((claim) => {
      const old = this.#now.get(claim.name)
      const now = this.#judge(claim, system, before, used, isLast, old)
      if (old && old.is === now.is && old.witness === now.witness) return []
      this.#now.set(claim.name, now)
      return [now]
    })
  }

  #judge(
    claim: Claim<any>,
    system: System,
    before: System | undefined,
    used: readonly Used[],
    isLast: boolean,
    old: Truth | undefined,
  ): Truth {
    const { name } = claim
    // What is broken stays broken, and what is reached stays reached.
    if (claim.kind !== 'liveness' && (old?.is === 'violated' || old?.is === 'reached')) return old
    if ((claim.counts ?? FEWEST_COUNTED) > (this.#program.setting.counts ?? FEWEST_COUNTED)) return unknown(name)
    if (claim.kind === 'liveness' && !this.#heals && !isLast) return unknown(name)
    const quiet =
      before && system.outputs === before.outputs && system.notes === before.notes && !claim.reads.includes('soup')
    if (claim.kind !== 'liveness' && claim.name !== 'no-exception' && quiet && old) return old
    try {
      if (claim.kind === 'sometimes') {
        return { claim: name, is: reachedIn(claim, factsOf(this.#program, system)) ? 'reached' : 'pending' }
      }
      if (claim.kind === 'liveness')
        return this.#answers.of(name, system, used, () => this.#healed(claim, system, used))
      const [broken] = brokenBy(this.#program, [claim], system, before)
      return broken ? { claim: name, is: 'violated', witness: broken.witness } : { claim: name, is: 'holds' }
    } catch (error) {
      // A claim of the author's own, or a healed run that takes more work than any may: the run is shown all the same.
      if (error instanceof HarnessError) throw error
      return unknown(name)
    }
  }

  #healed(claim: Claim<any>, system: System, used: readonly Used[]): Truth {
    const [broken] = brokenAfterHealing(this.#program, [claim], system, used, this.#answers.table)
    return broken ? { claim: claim.name, is: 'violated', witness: broken.witness } : { claim: claim.name, is: 'holds' }
  }
}

const unknown = (claim: string): Truth => ({ claim, is: 'not judged' })
