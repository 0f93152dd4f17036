import {
  AuthorError,
  assertClaims,
  assertCounted,
  type Claim,
  canonical,
  Effort,
  HarnessError,
  type Program,
  type Protocol,
  program as programOf,
  type Subject,
  UsageError,
} from '../model/index.ts'
import { nearest } from '../model/nearest.ts'
import { assertKind, fits, type Kind, listOf, OBJECT, TEXT } from '../model/shape.ts'
import { registry } from '../protocols/index.ts'
import { digestOf } from '../system/digest-of.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  coalitionSpeaksAs,
  enabled,
  Impossible,
  noException,
  type ProvedMessage,
  type Step,
  type System,
  start,
  type Used,
  usedAfter,
  wordsOf,
} from '../system/index.ts'
import { Deliveries } from './deliveries.ts'
import { excess } from './excess.ts'
import { assertSetting } from './setting.ts'
import type { Trace } from './trace.ts'

/** Finds a protocol by its own name. */
export type FindSubject = (name: string) => Subject | undefined

/**
 * Work that a trace may take: messages that are looked at, with what else is done counted as so many of them. Seven
 * seconds and 500 MB on a small machine; what is saved in `traces/` takes less than a hundredth.
 */
export const MOST_WORK = 200_000_000

/** How many possible steps are listed where a replay diverges. */
const MOST_POSSIBLE = 10

/** The replayed run is the same, state by state, and breaks the claim in the same way. */
export interface Reproduced {
  readonly reproduced: true
  readonly claim: string
  readonly steps: number
  readonly deliveries: number
  /** Of the last state. */
  readonly digest: string
  readonly witness: string
}

/** Where the run of today leaves the one that was saved. */
export interface Divergence {
  /** The first step that differs, counted from 1; 0 if there are no steps. */
  readonly step: number
  readonly why: string
  readonly expected?: string
  readonly got?: string
  /** Steps that can be taken there, as a trace writes them. */
  readonly possible: readonly string[]
  /** The command to run next. */
  readonly next: string
}

/** The replayed run is another one. */
export interface Diverged {
  readonly reproduced: false
  readonly claim: string
  /** Steps that were the same. */
  readonly steps: number
  readonly deliveries: number
  readonly digest: string
  readonly divergence: Divergence
}

/** The result of a replay. */
export type Replayed = Reproduced | Diverged

const TRACE: Kind = {
  words: 'what `decode` returns',
  is: fits({ protocol: TEXT, claim: TEXT, setting: OBJECT, steps: listOf(OBJECT) }),
}

/**
 * Replays a trace and compares every state. The replay checks the evidence of each step, and never searches for other evidence.
 * @throws UsageError where the protocol, the variant or the claim is gone, or the setting makes no sense
 */
export function replay(trace: Trace, findSubject: FindSubject = registered): Replayed {
  assertKind('the trace', TRACE, trace)
  const { protocol, claim } = meant(trace, findSubject)
  assertSetting(protocol, trace.setting)
  assertCounted([claim], trace.setting)
  return new Run(boundedTo(MOST_WORK, protocol, trace.setting), claim, trace).result()
}

/** The program, which refuses to do more than so much. */
function boundedTo(most: number, protocol: Protocol, setting: Trace['setting']): Program {
  const refusal = (): UsageError =>
    new UsageError(
      `the trace takes more work to replay than any trace may: more than ${most} messages are looked at, with n = ${setting.n}`,
      'choose a smaller n, fewer values or less room within the bounds, and find the violation again',
    )
  return { ...programOf(protocol, setting), effort: new Effort(most, refusal) }
}

function registered(name: string): Subject | undefined {
  return registry.find(({ protocol }) => protocol.definition.name === name)
}

function meant(trace: Trace, findSubject: FindSubject): { protocol: Protocol; claim: Claim<any> } {
  const found = findSubject(trace.protocol)
  const gone = (what: string, name: string, known: readonly string[]): UsageError => {
    const near = nearest(name, known)
    const list = near.length > 0 ? `the nearest that there are: ${near.join(', ')}` : 'there are none'
    return new UsageError(`the trace is of the ${what} ${name.slice(0, 100)}, which does not exist (any more)`, list)
  }
  if (!found) {
    const known = registry.map(({ protocol }) => protocol.definition.name)
    throw gone('protocol', trace.protocol, known)
  }
  const { variant } = trace
  const protocol = variant === undefined ? found.protocol : found.variants.find((one) => one.variantName === variant)
  if (!protocol)
    throw gone(
      `${trace.protocol} variant`,
      variant!,
      found.variants.map((one) => one.variantName!),
    )
  assertClaims(found.properties.claims, trace.protocol, [found.protocol, ...found.variants])
  const claims = [...found.properties.claims, noException].filter(({ kind }) => kind !== 'sometimes')
  const claim = claims.find(({ name }) => name === trace.claim)
  if (!claim)
    throw gone(
      `${trace.protocol} claim`,
      trace.claim,
      claims.map(({ name }) => name),
    )
  return { protocol, claim }
}

class Run {
  readonly #program: Program
  readonly #claim: Claim<any>
  readonly #trace: Trace
  readonly #coalition: ProvedMessage[] = []
  #used: readonly Used[] = []
  readonly #deliveries: Deliveries
  #system: System

  constructor(program: Program, claim: Claim<any>, trace: Trace) {
    this.#program = program
    this.#claim = claim
    this.#trace = trace
    this.#deliveries = new Deliveries(program)
    this.#system = start(program)
  }

  result(): Replayed {
    const { steps, witness: expected } = this.#trace
    let witness = brokenBy(this.#program, [this.#claim], this.#system)[0]?.witness
    if (witness !== undefined && steps.length > 0) {
      return this.#diverged(
        0,
        this.#system,
        `the claim ${this.#claim.name} is broken before the first step: ${witness}`,
      )
    }
    for (const [i, { digest, ...rest }] of steps.entries()) {
      const step = rest as Step
      const before = this.#system
      const after = this.#after(step)
      if (typeof after === 'string') return this.#diverged(i + 1, before, after, step)
      const got = digestOf(after)
      if (got !== digest) {
        const why = 'the step is possible, but it leads to another state: the protocol or the file has changed since'
        return this.#diverged(i + 1, before, why, step, { expected: digest, got })
      }
      this.#refuseExcess(i + 1, step)
      this.#take(step, after)
      witness = brokenBy(this.#program, [this.#claim], after, before)[0]?.witness
      if (witness !== undefined && i + 1 < steps.length) {
        return this.#diverged(i + 1, after, `the claim ${this.#claim.name} is broken here already: ${witness}`)
      }
    }
    // Not monotone, unlike an invariant: a healed run from an earlier state says nothing about this one.
    witness ??= brokenAfterHealing(this.#program, [this.#claim], this.#system, this.#used)[0]?.witness
    if (witness === undefined) {
      const why = `every step is the same, but the claim ${this.#claim.name} is not broken at the end`
      return this.#diverged(steps.length, this.#system, why)
    }
    if (witness !== expected) {
      const why = `the claim ${this.#claim.name} is broken, but not as the trace says`
      return this.#diverged(steps.length, this.#system, why, undefined, { expected, got: witness })
    }
    const { name: claim } = this.#claim
    return { reproduced: true, claim, ...this.#length(steps.length), witness }
  }

  /** The state after a step, or why it cannot be taken. */
  #after(step: Step): System | string {
    const { n, clients } = this.#program.setting
    if (step.at >= n + clients) return `there is no participant ${step.at}: the ids are 0 to ${n + clients - 1}`
    try {
      return apply(this.#program, this.#system, step, this.#coalition)
    } catch (error) {
      if (error instanceof Impossible) {
        return 'rule' in step && error.message === 'the step changes nothing'
          ? `rule ${step.rule} cannot fire here: its guard does not hold, or its evidence is not enough`
          : error.message
      }
      const isHarmless = error instanceof AuthorError || !(error instanceof UsageError || error instanceof HarnessError)
      if (!isHarmless) throw error
      // A proof or a match of the protocol's met contents that it never expected: nobody can have sent this.
      return `the protocol cannot read this message: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  #refuseExcess(number: number, step: Step): void {
    const what = excess(this.#program, this.#system, step)
    if (what) throw new UsageError(`step ${number}: ${what}`, 'take it out of the trace')
  }

  #take(step: Step, after: System): void {
    this.#deliveries.add(this.#system, step)
    this.#system = after
    this.#coalition.push(...wordsOf(this.#program, step))
    this.#used = usedAfter(this.#program, [step], this.#used)
  }

  #length(steps: number): Pick<Diverged, 'steps' | 'deliveries' | 'digest'> {
    return { steps, deliveries: this.#deliveries.count, digest: digestOf(this.#system) }
  }

  #diverged(
    step: number,
    at: System,
    why: string,
    failed?: Step,
    differs: Pick<Divergence, 'expected' | 'got'> = {},
  ): Diverged {
    const { origin, claim } = this.#trace
    const possible = this.#possible(at, failed)
    const same = failed ? step - 1 : step
    return {
      reproduced: false,
      claim,
      ...this.#length(same),
      divergence: { step, why, ...differs, possible, next: origin.command },
    }
  }

  /** What can be taken instead, at the same participant first. The coalition offers what it says in this trace. */
  #possible(system: System, failed: Step | undefined): string[] {
    const spoken = this.#trace.steps.flatMap((step) =>
      wordsOf(this.#program, step).map((word) => ({ ...word, to: step.at })),
    )
    const offered = spoken.filter((word) => coalitionSpeaksAs(this.#program, word.from))
    const listed = (words: typeof offered): Step[] => {
      try {
        return enabled(this.#program, system, words)
      } catch (error) {
        if (error instanceof HarnessError) throw error
        // A message from a hostile file made the protocol's own code fail; what correct participants send is still
        // worth listing.
        return words.length > 0 ? listed([]) : []
      }
    }
    const steps = listed(offered)
    const near = steps.filter(({ at }) => at === failed?.at)
    const far = steps.filter(({ at }) => at !== failed?.at)
    return [...near, ...far].slice(0, MOST_POSSIBLE).map((step) => canonical(step))
  }
}
