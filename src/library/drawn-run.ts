import { type Claim, canonical, nameOf, type Program, UsageError } from '../model/index.ts'
import { didYouMean } from '../model/nearest.ts'
import { commandLine } from '../report/text/command-line.ts'
import { factsOfSteps, stepList } from '../report/text/step-list.ts'
import { shrink } from '../shrink/shrink.ts'
import { brokenBySteps, type Step, take } from '../system/index.ts'
import type { Trace } from '../trace/index.ts'
import { traceOf } from '../trace/violation-trace.ts'
import { type RunState, stateAfter } from './state.ts'

/** What shrinking one run for one claim may look at. */
export const SHRINK = { maxStates: 2_000, maxReplays: 2_000 }

const nameOfClaim = ({ name }: Claim<any>): string => name

/** A claim that a run breaks, and how. */
export interface BrokenClaim {
  readonly claim: string
  readonly witness: string
}

/** A random run of a protocol: a list of steps, each enabled after the ones before. */
export class DrawnRun {
  readonly program: Program
  readonly steps: readonly Step[]
  readonly #claims: readonly Claim<any>[]

  constructor(program: Program, steps: readonly Step[], claims: readonly Claim<any>[]) {
    this.program = program
    this.steps = steps
    this.#claims = claims
  }

  /** The claims that it is judged by. */
  get claims(): readonly Claim<any>[] {
    return this.#claims
  }

  /** The state after its last step. */
  get state(): RunState {
    return stateAfter(this.program, this.steps)
  }

  /** The claims that it breaks, at any of its steps or, for liveness, in the healed run from its last state. */
  get broken(): readonly BrokenClaim[] {
    const taken = take(this.program, this.steps)
    return this.#claims.flatMap((claim) => {
      const witness = brokenBySteps(claim, taken)
      return witness === undefined ? [] : [{ claim: claim.name, witness }]
    })
  }

  /**
   * How it breaks a claim, as short as it can be made: for `encode`, `explain` and `toMermaid`.
   * @throws UsageError where it does not break that claim
   */
  trace(name: string): Trace {
    const { program, steps } = this
    const claim = this.#claims.find((one) => one.name === name)
    if (!claim)
      throw new UsageError(`this run is not judged by ${name}`, didYouMean(name, this.#claims.map(nameOfClaim)))
    const { protocol, setting } = program
    const { n, f } = setting
    const byzantine = setting.byzantine.filter((id) => id < n)
    const command = commandLine('fuzz', protocol.subject, { n, f, byzantine, claim: name })
    return traceOf(protocol, name, shrink(program, claim, steps, SHRINK), {
      command,
      stepsBeforeShrinking: steps.length,
    })
  }

  /** The run in words, as a failing property prints it. */
  toString(): string {
    const { program, steps } = this
    const { n, f, byzantine } = program.setting
    const who = byzantine.length > 0 ? byzantine.map((id) => nameOf(id, n)).join(', ') : 'nobody'
    const broken = this.broken.map(({ claim, witness }) => `violated ${claim}: ${witness}`)
    return [
      `${program.protocol.subject}, n = ${n}, f = ${f}, Byzantine: ${who}`,
      ...stepList(factsOfSteps(program, steps)),
      ...broken,
    ].join('\n')
  }

  /** Equal runs have equal keys. */
  get key(): string {
    return canonical({ setting: this.program.setting, steps: this.steps } as never)
  }
}
