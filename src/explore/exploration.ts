import type { Scene, Strategy } from '../adversary/index.ts'
import { ReferenceSpace } from '../check/reference/reference.ts'
import { universeOf } from '../check/result/universe.ts'
import { sceneOf } from '../fuzz/campaign/lockstep.ts'
import { type Choices, drawnChoices } from '../fuzz/schedule/choices.ts'
import {
  type Claim,
  program as inSetting,
  type Program,
  type Protocol,
  runningIds,
  type Setting,
  type Subject,
  UsageError,
} from '../model/index.ts'
import { type StepFacts, stepFacts } from '../report/text/step-facts.ts'
import {
  apply,
  brokenBy,
  ClaimJudge,
  enabled,
  noException,
  type Step,
  type System,
  start,
  TooManyChoices,
  type Used,
  usedAfter,
} from '../system/index.ts'
import { decode } from '../trace/decode.ts'
import { encode } from '../trace/encode.ts'
import { record, replay } from '../trace/index.ts'
import { traceOf } from '../trace/violation-trace.ts'
import { HealedAnswers, type RunView, viewOfSteps } from '../view/index.ts'
import { FollowedPlan } from './followed-plan.ts'

/** A step that can be taken, in words, with what comes of it. */
export interface Choice {
  readonly step: Step
  readonly kind: 'message' | 'byzantine' | 'alone'
  readonly facts: StepFacts
  /** Claims that it breaks, and that were not broken before. */
  readonly breaks: readonly string[]
}

/** What can happen in a state. */
export interface PossibleSteps {
  readonly choices: readonly Choice[]
  /** Why not every choice is listed, where that is so. */
  readonly leftOut?: string
}

/** A run with the state that it leads to. */
interface Reached {
  readonly system: System
  readonly used: readonly Used[]
}

/** What is said where the universe is not closed. */
export const UNFINISHED = 'Byzantine replicas may be able to send more: the search for all messages was stopped'

/** Messages, and local states, beyond which what the coalition may send is not worked out further. */
const MOST_MESSAGES = 2_000

/** All that can be explored of a protocol in one setting, on the reference semantics. */
export class Exploration {
  readonly protocol: Protocol
  readonly subject: Subject
  readonly program: Program
  readonly space: ReferenceSpace
  /** Are all messages known that a Byzantine replica could ever send? If not, nothing can be said to hold. */
  readonly hasAllMessages: boolean
  /** Claims that can be broken. */
  readonly claims: readonly Claim<any>[]
  readonly #command: string
  readonly #start: System
  readonly #answers: HealedAnswers
  /** What strategies know. */
  #scene: Scene | undefined
  /** The run that was looked at last, with the state after each of its steps: the next one mostly begins like it. */
  #path: { readonly step: Step; readonly reached: Reached }[] = []

  constructor(subject: Subject, protocol: Protocol, setting: Setting, command: string) {
    this.subject = subject
    this.protocol = protocol
    this.program = inSetting(protocol, setting)
    this.claims = judgedClaims(subject)
    const { messages, report } = universeOf(this.program, MOST_MESSAGES, () => undefined)
    this.space = new ReferenceSpace(this.program, messages)
    this.hasAllMessages = report.closed
    this.#command = command
    this.#start = start(this.program)
    this.#answers = new HealedAnswers(this.program)
  }

  /** The state after some steps; steps that were taken last time are not taken again. */
  reached(steps: readonly Step[]): Reached {
    const differs = steps.findIndex((step, i) => this.#path[i]?.step !== step && !isSame(this.#path[i]?.step, step))
    const path = this.#path.slice(0, differs < 0 ? steps.length : differs)
    for (const step of steps.slice(path.length)) {
      const { system, used } = path.at(-1)?.reached ?? { system: this.#start, used: [] }
      const after = apply(this.program, system, step)
      path.push({ step, reached: { system: after, used: usedAfter(this.program, [step], used) } })
    }
    this.#path = path
    return path.at(-1)?.reached ?? { system: this.#start, used: [] }
  }

  /** A run as data. It breaks the first claim that its last state breaks, if there is one. */
  view(steps: readonly Step[]): RunView {
    const { program, subject } = this
    const told = { title: this.protocol.subject, claim: '', witness: null, shortest: '', command: this.#command }
    const traced = record(program, steps)
    const answers = this.#answers
    const { claims } = subject.properties
    const run = viewOfSteps({ program, claims, steps: traced, told, answers }, { healed: true })
    const truths = new Map(
      [...run.truths, ...run.events.flatMap((event) => event.truths)].map((one) => [one.claim, one]),
    )
    const broken = this.claims.flatMap(({ name }) => truths.get(name) ?? []).find(({ is }) => is === 'violated')
    return broken ? { ...run, claim: broken.claim, witness: broken.witness ?? '' } : run
  }

  /** What can happen after some steps. */
  choices(steps: readonly Step[]): PossibleSteps {
    const { system } = this.reached(steps)
    try {
      const successors = this.space.successors(system)
      const broken = brokenBy(this.program, this.claims, system).map(({ claim }) => claim)
      const judges = this.#judges(this.claims.filter(({ name }) => !broken.includes(name)))
      const choices = successors.map(({ after, step }) => this.#choice(system, after, step(), steps.length + 1, judges))
      return this.hasAllMessages ? { choices } : { choices, leftOut: UNFINISHED }
    } catch (error) {
      if (!(error instanceof TooManyChoices)) throw error
      return { choices: [], leftOut: error.message }
    }
  }

  #choice(before: System, after: System, step: Step, number: number, judges: readonly ClaimJudge[]): Choice {
    const facts = stepFacts(this.program, number, step, before, after)
    const breaks = judges.flatMap((judge) => (judge.step(before, after) ? [judge.claim.name] : []))
    const kind = facts.byzantineMessage ? 'byzantine' : 'on' in step || 'round' in step ? 'message' : 'alone'
    return { step, kind, facts, breaks }
  }

  #judges(claims = this.claims): ClaimJudge[] {
    return claims.filter(({ kind }) => kind === 'invariant').map((claim) => new ClaimJudge(this.program, claim))
  }

  /** Goes on at random until nothing is possible, one of the claims is broken, or enough steps are taken. */
  walk(steps: readonly Step[], seed: number, most: number, claims = this.claims, strategy?: Strategy): Step[] {
    const choices = drawnChoices(seed, steps.length)
    if (strategy) this.#scene ??= sceneOf(this.protocol, this.program.setting)
    const plan = strategy && new FollowedPlan(this.#scene!, strategy, choices)
    const judges = this.#judges(claims)
    const path = [...steps]
    let { system } = this.reached(path)
    while (path.length < steps.length + most) {
      const possible = this.#some(system, choices, plan)
      if (possible.length === 0) break
      const step = possible[choices.below(possible.length)]!
      const after = apply(this.program, system, step)
      path.push(step)
      if (judges.some((judge) => judge.step(system, after))) break
      system = after
    }
    return path
  }

  /** Steps that can be taken, with what the coalition says to one of the participants: to try what it says takes most time. */
  #some(system: System, choices: Choices, plan: FollowedPlan | undefined): Step[] {
    const all = this.space.offered(system)
    const offered = plan ? plan.among(system, all) : all
    const ids = runningIds(this.program.setting)
    const to = ids[choices.below(ids.length)]!
    const some = enabled(
      this.program,
      system,
      offered.filter((word) => word.to === to),
    )
    return some.length > 0 ? some : enabled(this.program, system, offered)
  }

  /** The first step after which a claim is broken, and how; of a liveness claim, the last one. */
  brokenAt(
    claim: Claim<any>,
    steps: readonly Step[],
  ): { readonly length: number; readonly witness: string } | undefined {
    const judge = new ClaimJudge(this.program, claim)
    const atOnce = judge.atOnce(this.#start)
    if (atOnce) return { length: 0, witness: atOnce }
    let before = this.#start
    for (const [i, step] of steps.entries()) {
      const after = apply(this.program, before, step)
      const witness = judge.step(before, after)
      if (witness) return { length: i + 1, witness }
      before = after
    }
    const witness = judge.end(before, usedAfter(this.program, steps))
    return witness ? { length: steps.length, witness } : undefined
  }

  /**
   * The text of a trace of the run, up to where it breaks the claim. It is read and replayed before it is handed out.
   * @throws UsageError where the run does not break the claim, or would not replay
   */
  async trace(steps: readonly Step[], name: string): Promise<string> {
    const claim = this.claims.find((one) => one.name === name)
    const broken = claim && this.brokenAt(claim, steps)
    if (!claim || !broken)
      throw new UsageError(`this run does not break ${name}`, 'a trace is a run that breaks a claim')
    const known = {
      setting: this.program.setting,
      steps: steps.slice(0, broken.length),
      witness: broken.witness,
      shortest: 'bound reached; made by hand' as const,
      eager: 'not-found' as const,
    }
    const origin = { command: this.#command, stepsBeforeShrinking: broken.length }
    const text = encode(traceOf(this.protocol, name, known, origin))
    const replayed = replay(await decode(text), () => this.subject)
    if (!replayed.reproduced) {
      throw new UsageError(`the trace would not replay: ${replayed.divergence.why}`, 'take the run back a few steps')
    }
    return text
  }
}

/** The claims of a subject that a run can break, the one that every protocol has included; those about single states first. */
export function judgedClaims({ properties }: Subject): readonly Claim<any>[] {
  const own = properties.claims.filter(
    (claim) => claim.kind !== 'sometimes' && !(claim.kind === 'invariant' && claim.forced),
  )
  const all = own.some(({ name }) => name === noException.name) ? own : [...own, noException]
  return [...all.filter(({ kind }) => kind === 'invariant'), ...all.filter(({ kind }) => kind !== 'invariant')]
}

function isSame(a: Step | undefined, b: Step): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b)
}
