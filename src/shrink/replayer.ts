import { type Claim, deepFreeze, type Program, remembered, type SentMessage, textOf } from '../model/index.ts'
import { ClaimJudge, type Step, type System, start, usedAfter } from '../system/index.ts'
import { FixedCoalition } from './coalition.ts'
import { retake, type StepTaken } from './retake.ts'

/**
 * What a step of another run stands for: just that; that with evidence of its own; or, where what it rests on was not
 * sent, whatever of this type was.
 */
type Fidelity = 'exactly' | 'afresh' | 'loosely'

/** Transitions kept before the memory is given back. */
const MOST_KEPT = 50_000

/** A run made of the steps of another one that were possible. */
export interface Replay {
  /** The steps that were taken, with fresh evidence; of an invariant's violation, up to the first one. */
  readonly taken: readonly Recorded[]
  readonly steps: readonly Step[]
  readonly system: System
  /** How the claim was broken, if it was. */
  readonly witness: string | undefined
}

/** A taken step with the state it was taken in. */
export interface Recorded extends Omit<StepTaken, 'step'> {
  readonly step: Step
  readonly before: System
  readonly witness: string | undefined
}

/**
 * Replays candidates: a step that is not possible is skipped, messages are matched by content, evidence and proofs are
 * found again. Transitions are remembered, so that candidates with a common beginning cost only their ends.
 */
export class Replayer {
  readonly program: Program
  readonly judge: ClaimJudge
  readonly coalition: FixedCoalition
  readonly start: System
  /** How many candidates were tried: the measure of all budgets. */
  replays = 0
  #kept = 0
  #memory = new WeakMap<System, Map<string, Recorded | undefined>>()

  constructor(program: Program, claim: Claim<any>, words: readonly SentMessage[]) {
    this.program = program
    this.judge = new ClaimJudge(program, claim)
    this.coalition = new FixedCoalition(program, words)
    this.start = start(program)
  }

  replay(steps: readonly Step[], how: Fidelity = 'exactly'): Replay {
    this.replays++
    const taken: Recorded[] = []
    let system = this.start
    // What is broken from the start is broken in no steps.
    let witness = this.judge.atOnce(this.start)
    for (const step of witness ? [] : steps) {
      const recorded = how === 'loosely' ? this.#loosely(system, step) : this.take(system, step, how === 'afresh')
      if (!recorded) continue
      taken.push(recorded)
      system = recorded.after
      witness = recorded.witness
      if (witness) break
    }
    const kept = taken.map((recorded) => recorded.step)
    if (this.judge.atEnd) {
      witness = this.judge.end(system, usedAfter(this.program, kept))
    }
    return { taken, steps: kept, system, witness }
  }

  #loosely(system: System, step: Step): Recorded | undefined {
    const taken = this.take(system, step)
    if (taken || !('on' in step)) return taken
    const { on } = step
    for (const { from, message } of system.soup) {
      if (from !== on.from || message.type !== on.message.type) continue
      const other = this.take(system, deepFreeze({ ...step, on: { from, message } }))
      if (other) return other
    }
    return undefined
  }

  /** One step, or nothing where it is not possible. */
  take(system: System, step: Step, fresh = false): Recorded | undefined {
    if (this.#kept > MOST_KEPT) {
      this.#memory = new WeakMap()
      this.#kept = 0
    }
    const known = remembered(this.#memory, system, () => new Map())
    const key = fresh ? `fresh ${textOf(step)}` : textOf(step)
    if (known.has(key)) return known.get(key)
    const taken = retake(this.program, system, step, this.coalition, fresh)
    const recorded = taken && {
      ...taken,
      step: deepFreeze(taken.step()),
      before: system,
      witness: this.judge.step(system, taken.after),
    }
    known.set(key, recorded)
    if (recorded && !fresh) known.set(textOf(recorded.step), recorded)
    this.#kept++
    return recorded
  }
}
