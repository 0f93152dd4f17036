import {
  type Claim,
  canonical,
  Effort,
  type Id,
  type Json,
  nameOf,
  type Program,
  range,
  runningIds,
  UsageError,
} from '../model/index.ts'
import {
  apply,
  fire,
  forHealing,
  heal,
  inboxOf,
  noException,
  type Step,
  type System,
  start,
  type Used,
  usedAfter,
} from '../system/index.ts'
import { MOST_WORK, type Replayed, type Trace, type TracedStep } from '../trace/index.ts'
import { fireOf, hearingOf, kindOfEvent, kindOfStep, outcomeOfStep, sendsOf } from './events.ts'
import { SentInRun } from './post.ts'
import { type Called, Recorder } from './recorder.ts'
import type { Lane, RunEvent, RunView } from './run.ts'
import { type HealedAnswers, Truths } from './truth.ts'

/** A trace that was replayed, with the claims of its protocol. */
export interface Viewed {
  readonly trace: Trace
  readonly program: Program
  readonly claims: readonly Claim<any>[]
  readonly replayed: Replayed
}

/** What is left out: what a picture does not show need not be worked out. */
export interface Skipped {
  /** The truth of claims at each step: a healed run from each state takes most of the time. */
  readonly truths?: boolean
  /** The healed run of a liveness violation. */
  readonly healed?: boolean
}

/** A run that need not be a violation: what is known of it besides its steps. */
export interface ViewedSteps extends Pick<Viewed, 'program' | 'claims'> {
  readonly steps: readonly TracedStep[]
  /** What is known already of healed runs, by those who look at many runs. */
  readonly answers?: HealedAnswers
  readonly told: Pick<RunView, 'title' | 'story' | 'claim' | 'witness' | 'divergence' | 'shortest' | 'command'>
}

/**
 * A trace as data. Its steps are taken once more on the reference, as far as it replays.
 * @throws UsageError where that takes more work than any trace may
 */
export function view({ trace, program, claims, replayed }: Viewed, skipped: Skipped = {}): RunView {
  const { title, story, claim, origin, shortest } = trace
  const told = {
    title,
    ...(story === undefined ? {} : { story }),
    claim,
    witness: replayed.reproduced ? replayed.witness : null,
    ...(replayed.reproduced ? {} : { divergence: { step: replayed.divergence.step, why: replayed.divergence.why } }),
    shortest,
    command: origin.command,
  }
  return viewOfSteps({ program, claims, steps: trace.steps.slice(0, replayed.steps), told }, skipped)
}

/**
 * Steps as data, whether or not they break a claim.
 * @throws UsageError where that takes more work than any trace may
 */
export function viewOfSteps({ program, claims, steps, told, answers }: ViewedSteps, skipped: Skipped = {}): RunView {
  const all = [...claims, ...(claims.some(({ name }) => name === noException.name) ? [] : [noException])]
  const taken = new Taking(program, skipped.truths ? [] : all, steps, answers)
  const { title, story, ...rest } = told
  return {
    title,
    ...(story === undefined ? {} : { story }),
    subject: program.protocol.subject,
    about: program.protocol.about,
    setting: program.setting,
    lanes: lanesOf(program),
    claims: all.map(({ name, about, promised, kind }) => ({ name, about, promised, kind })),
    ...rest,
    ...taken.run(),
    healed: rest.witness !== null && !skipped.healed ? taken.healed(all.find(({ name }) => name === rest.claim)!) : [],
    states: taken.states,
    envelopes: taken.post.envelopes(),
  }
}

/** A program that refuses to do more than so much: what is shown may be a stranger's file. */
function bounded(program: Program, most: number): Program {
  const refusal = (): Error =>
    new UsageError(`showing this trace takes more work than ${most} looks at messages`, 'shrink it')
  return { ...program, effort: new Effort(most, refusal) }
}

function lanesOf({ setting }: Program): Lane[] {
  const { n, clients, byzantine, crash } = setting
  return range(n + clients).map((id) => ({
    id,
    name: nameOf(id, n),
    role: id < n ? 'replica' : 'client',
    fault: byzantine.includes(id) ? 'byzantine' : crash.includes(id) ? 'crash' : 'correct',
  }))
}

/** Takes a run step by step and writes down what happens. */
class Taking {
  readonly post: SentInRun
  readonly states: Json[] = []
  readonly #program: Program
  readonly #recorder: Recorder
  readonly #truths: Truths
  readonly #steps: readonly TracedStep[]
  readonly #numbers = new Map<string, number>()
  #used: readonly Used[] = []
  /** The last step of each participant. */
  readonly #last = new Map<Id, number>()
  #system: System

  constructor(program: Program, claims: readonly Claim<any>[], steps: readonly TracedStep[], answers?: HealedAnswers) {
    this.#program = program
    this.#steps = steps
    this.#recorder = new Recorder(bounded(program, 5 * MOST_WORK))
    this.#truths = new Truths(bounded(program, 5 * MOST_WORK), claims, steps.length, answers)
    this.post = new SentInRun(program)
    this.#system = start(program)
    for (const { from, to, message, round } of this.#system.soup) this.post.send(from, to, message, 0, round)
  }

  run(): Pick<RunView, 'truths' | 'initial' | 'events'> {
    const initial = this.#system.locals.map((local) => local && this.#number(local.state))
    const truths = this.#truths.after(this.#system, undefined, [], this.#steps.length === 0)
    const events = this.#steps.map((step, i) => this.#take(step, i + 1))
    this.post.close(runningIds(this.#program.setting))
    // Frozen now: what the healed run delivers is no part of it.
    return { initial, truths, events }
  }

  #take({ digest, ...rest }: TracedStep, number: number): RunEvent {
    const step = rest as Step
    const { at } = step
    const before = this.#system
    this.#recorder.calls()
    const after = apply(this.#recorder.program, before, step)
    const calls = this.#recorder.effective()
    const hearing = hearingOf(this.#program, this.post, number, before, step, calls)
    this.#system = after
    this.#used = usedAfter(this.#program, [step], this.#used)
    const truths = this.#truths.after(after, before, this.#used, number === this.#steps.length)
    return this.#event({ ...kindOfStep(step), number, at, digest, truths }, before, after, calls, hearing)
  }

  #event(
    known: Pick<RunEvent, 'number' | 'at' | 'kind' | 'name' | 'value' | 'digest' | 'truths'>,
    before: System,
    after: System,
    calls: readonly Called[],
    { trigger, receives, fires, uses }: ReturnType<typeof hearingOf>,
  ): RunEvent {
    const { at, number } = known
    const envelopes = uses.map((id) => this.post.get(id))
    const behind = envelopes.flatMap(({ restsOn }) => restsOn.map((id) => this.post.get(id)))
    const causes = [this.#last.get(at) ?? 0, ...[...envelopes, ...behind].map(({ sent }) => sent ?? 0)]
    this.#last.set(at, number)
    return {
      ...known,
      ...(trigger === undefined ? {} : { trigger }),
      receives,
      fires,
      sends: sendsOf(this.#program, this.post, number, before, after, calls),
      ...outcomeOfStep(before, after, at),
      state: this.#number(after.locals[at]!.state),
      byzantineMessage: envelopes.some(({ origin }) => origin !== 'correct'),
      causes: [...new Set(causes)].filter((cause) => cause > 0 && cause < number).sort((a, b) => a - b),
    }
  }

  /** What the healed run of a liveness claim does. */
  healed(claim: Claim<any>): RunEvent[] {
    if (claim.kind !== 'liveness') return []
    const events: RunEvent[] = []
    const recorder = new Recorder(bounded(forHealing(this.#program), MOST_WORK))
    heal(bounded(this.#program, MOST_WORK), this.#system, this.#used, claim.healing, undefined, (step) => {
      const { at, event, words, before, after } = step
      const number = this.#steps.length + events.length + 1
      recorder.calls()
      fire(recorder.program, at, before.locals[at]!, event, inboxOf(recorder.program, words))
      const calls = recorder.effective()
      const fires = calls.map((call) => fireOf(this.post, call))
      const heard = event.kind === 'round' ? event.inbox.filter(({ from }) => from !== at) : []
      const uses = [
        ...fires.flatMap(({ on, quorums }) => [
          ...(on === undefined ? [] : [on]),
          ...quorums.flatMap((one) => one.envelopes),
        ]),
        ...heard.map((word) => this.post.heard(word, at, 'any')),
      ]
      const hearing = {
        trigger: fires[0]?.on,
        fires,
        uses: [...new Set(uses)],
        receives: [...new Set(uses)].filter((id) => this.post.arrive(id, at, number)),
      }
      events.push(
        this.#event({ ...kindOfEvent(event), number, at, digest: '', truths: [] }, before, after, calls, hearing),
      )
    })
    return events
  }

  #number(state: Json): number {
    const text = canonical(state)
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.states.length
      this.states.push(state)
      this.#numbers.set(text, number)
    }
    return number
  }
}
