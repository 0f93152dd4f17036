import { Healer } from '../../kernel/healed/index.ts'
import { brokenAfter, type Facts, type Liveness, type Program, remembered } from '../../model/index.ts'
import type { RecordLayout } from '../../tables/automaton/evaluate.ts'
import type { RecordJudge } from '../../tables/automaton/record-judge.ts'
import type { Closed } from '../../tables/closure/closed.ts'
import { arrangements, NotSymmetric } from '../../tables/passes/symmetry.ts'
import type { LiveClasses } from './live-classes.ts'
import { RecoveryStarts } from './recovery-starts.ts'
import { type Puts, renamedEnd } from './renamed-end.ts'
import type { Numbered } from './uses.ts'

/** Judges liveness claims in a state: heals it, and looks at what comes of that. */
export class LiveJudge {
  readonly #program: Program
  readonly #closed: Closed
  readonly #classes: LiveClasses
  readonly #places: RecordLayout
  readonly #puts: RecordJudge
  readonly #recoveryStarts = new Map<string, RecoveryStarts>()
  readonly #asTheyAre: readonly number[]
  /** Outcomes whose arrangements are known to be judged alike. */
  readonly #alike = new Set<string>()
  /** What claims see of a state, by what participants have output. */
  readonly #outcomes = new Map<string, Facts>()
  /** By claim, the outcome before and, if it looks at that, the one after healing: does it fail? */
  readonly #known = new Map<Liveness<any>, Map<Facts, Map<object, boolean>>>()
  /** By number: sets of messages that were used. */
  #used: readonly (readonly Numbered[])[] = []

  constructor(program: Program, closed: Closed, classes: LiveClasses, places: RecordLayout, puts: RecordJudge) {
    this.#program = program
    this.#closed = closed
    this.#classes = classes
    this.#places = places
    this.#puts = puts
    this.#asTheyAre = places.ids.map((_, p) => p)
  }

  /** @throws NotSymmetric where sorted participants make a difference to the claim */
  fails(claim: Liveness<any>, state: Int32Array, used: readonly (readonly Numbered[])[]): boolean {
    this.#used = used
    return this.#classes.groups.length === 0
      ? this.#failsIn(claim, state, this.#asTheyAre).fails
      : this.#failsSorted(claim, state)
  }

  #recoveryStartsOf({ healing }: Liveness<any>): RecoveryStarts {
    let recoveryStarts = this.#recoveryStarts.get(healing)
    if (!recoveryStarts) {
      const healer = new Healer(this.#program, healing, this.#closed.table)
      recoveryStarts = new RecoveryStarts(this.#closed, this.#classes, this.#places, this.#puts, healer)
      this.#recoveryStarts.set(healing, recoveryStarts)
    }
    return recoveryStarts
  }

  /** Does the claim fail, and has it looked at what comes of the healed run? */
  #failsIn(claim: Liveness<any>, state: Int32Array, order: readonly number[]): { fails: boolean; healed: boolean } {
    const recoveryStarts = this.#recoveryStartsOf(claim)
    let after: Facts | undefined
    const heal = (): Facts => {
      after ??= recoveryStarts.healed(state, order, this.#used)
      return after
    }
    const before = this.#outcome(state, order)
    const judged = (): boolean => brokenAfter(claim, lazily(before, recoveryStarts.healer, heal), before) !== undefined
    if (claim.reads.includes('held')) return { fails: judged(), healed: after !== undefined }
    // Its verdict depends on both outcomes; where it has not looked at the latter, on the former alone.
    const known = remembered(remembered(this.#known, claim, newMap), before, newMap)
    let fails = known.get(NOTHING) ?? (known.size > 0 ? known.get(heal()) : undefined)
    if (fails === undefined) {
      fails = judged()
      known.set(after ?? NOTHING, fails)
    }
    return { fails, healed: after !== undefined }
  }

  /** Judges one arrangement of interchangeable participants, having seen that all others would be judged alike. */
  #failsSorted(claim: Liveness<any>, state: Int32Array): boolean {
    const { stride, ids } = this.#places
    const looks = (p: number): string => state.subarray(p * stride, (p + 1) * stride).join()
    const { healer } = this.#recoveryStartsOf(claim)
    const { fails, healed } = this.#failsIn(claim, state, this.#asTheyAre)
    // Where the order of firings is nothing, the others end as this one does, under other names: unless the healed run,
    // which knows no bounds, goes where nobody has seen that they are alike.
    const isRenamed = healed && !this.#closed.cut && healer.isDeterminate()
    const puts = (p: number): string => `${state[p * stride + 1]} ${isRenamed ? healer.putsKey(ids[p]!) : ''}`
    const key = isRenamed || !healed ? `${claim.name} ${this.#asTheyAre.map(puts)}` : ''
    if (key !== '' && this.#alike.has(key)) return fails
    const ends = isRenamed ? new Map(ids.map((id) => [id, healer.puts(id)])) : undefined
    // Where another one is healed, and this one is not, what comes of that is no part of the key.
    let isKnown = key !== ''
    for (const order of arrangements(this.#classes.groups, ids.length, looks)) {
      const renamed = ends && { fails: this.#failsRenamed(claim, state, order, ends), healed: false }
      const other = renamed ?? this.#failsIn(claim, state, order)
      if (other.fails !== fails) throw new NotSymmetric(`${claim.name} depends on which replica does what`)
      isKnown &&= !other.healed
    }
    if (isKnown) this.#alike.add(key)
    return fails
  }

  /** Judges the end of a healed run with the participants' names exchanged. */
  #failsRenamed(claim: Liveness<any>, state: Int32Array, order: readonly number[], puts: Puts): boolean {
    const before = this.#outcome(state, order)
    return brokenAfter(claim, renamedEnd(before, this.#places.ids, order, puts), before) !== undefined
  }

  #outcome(state: Int32Array, order: readonly number[]): Facts {
    const { stride } = this.#places
    const key = order.map((p) => state[p * stride + 1]).join()
    const outcome = this.#outcomes.get(key) ?? this.#puts.factsOf(this.#places, state, order)
    this.#outcomes.set(key, outcome)
    return outcome
  }
}

/** Stands for an outcome that a claim does not look at. */
const NOTHING = {}
const newMap = <K, V>(): Map<K, V> => new Map()

/** Facts that are worked out when a claim looks at them: most claims look at the state before first. */
function lazily(before: Facts, healer: Healer, make: () => Facts): Facts {
  return Object.defineProperties(
    { ...before },
    {
      outputs: { get: () => make().outputs },
      held: { get: () => make() && healer.held() },
    },
  )
}
