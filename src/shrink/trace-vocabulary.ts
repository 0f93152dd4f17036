import type { StateSpace } from '../check/reference/explore.ts'
import {
  byText,
  headsOf,
  type Id,
  isLockstep,
  type Program,
  partAt,
  runningIds,
  type SentMessage,
  textOf,
} from '../model/index.ts'
import {
  type Acting,
  attempt,
  byArrival,
  bySender,
  canBeShown,
  canCome,
  choices,
  deliversOnce,
  distinctWords,
  everyWay,
  firstOfEach,
  isActing,
  type Offered,
  type ProvedMessage,
  roundSteps,
  type Step,
  type System,
  textOfWord,
  triggerOf,
  wasSaid,
} from '../system/index.ts'
import { echoedWords, FixedCoalition, signatureOf } from './coalition.ts'
import { fireOn, isPossible, isRunning, knownTo, type StepTaken } from './retake.ts'

/** Choices that are tried for one `take`; beyond them a search is not exhaustive. */
const MOST_CHOICES = 256

/** What a second search may use: the words, rules, inputs, timers and coins of a trace, in any combination. */
export class TraceVocabulary implements StateSpace {
  readonly program: Program
  readonly coalition: FixedCoalition
  capped = false
  readonly #alone: readonly Step[]
  readonly #losses: readonly Step[]
  readonly #rules: readonly string[]
  readonly #messages: ReadonlySet<string>
  readonly #own: ReadonlySet<string> | undefined
  /** What the coalition may say to each replica in each round of a lockstep protocol. */
  readonly #offered: readonly Offered[]

  /** With `own`, only the very steps of the trace may be taken, in any order; else whatever its words allow. */
  constructor(program: Program, steps: readonly Step[], own = false) {
    this.program = program
    this.coalition = new FixedCoalition(program, echoedWords(program, steps))
    this.#own = own ? new Set(steps.map(signatureOf)) : undefined
    const running = runningIds(program.setting)
    const alone = new Map<string, Step>()
    const losses = new Map<string, Step>()
    const rules = new Set<string>()
    const messages = new Set<string>()
    const hear = (word: SentMessage): void => {
      messages.add(textOf(word.message))
      for (const { name } of program.replica.byType.get(word.message.type) ?? [])
        if (byArrival(program)) rules.add(name)
    }
    for (const step of steps) {
      if ('round' in step) continue
      if ('rule' in step) rules.add(step.rule)
      if ('on' in step) hear(step.on)
      else if ('lose' in step) losses.set(textOf(step), step)
      else if ('crash' in step) alone.set(textOf(step), step)
      else if ('restart' in step) {
        for (const at of program.setting.restart ?? []) alone.set(textOf({ at, restart: true }), { at, restart: true })
      } else {
        const { with: _, ...rest } = step
        for (const at of running) alone.set(textOf({ ...rest, at }), { ...rest, at })
      }
    }
    this.#alone = [...alone.values()].sort((a, b) => a.at - b.at || byText(textOf(a), textOf(b)))
    this.#losses = [...losses.values()]
    this.#rules = [...rules].sort(byText)
    this.#messages = messages
    this.#offered = running.flatMap((to) => this.coalition.words.map((word) => ({ ...word, to })))
  }

  /** Every step within the vocabulary, with the state it leads to, in canonical order. */
  *successors(system: System): Generator<StepTaken> {
    const { program } = this
    for (const step of [...this.#alone, ...this.#losses]) {
      // A look at the state spares `apply` most of them.
      if (!this.#allows(step) || (isActing(step) && !isPossible(program, system, step))) continue
      if (isActing(step) && !byArrival(program) && !isLockstep(program.protocol)) {
        yield* this.#results(system, step, knownTo(program, system, step.at, this.coalition))
        continue
      }
      const after = attempt(program, system, step)
      if (after) yield { after, used: [], step: () => step }
    }
    for (const step of roundSteps(program, system, this.#offered)) {
      const after = attempt(program, system, step)
      if (after) yield { after, used: step.with ?? [], step: () => step }
    }
    for (const at of runningIds(program.setting)) {
      if (!isRunning(system, at) || isLockstep(program.protocol)) continue
      if (byArrival(program)) yield* this.#arrivals(system, at)
      else yield* this.#firings(system, at)
    }
  }

  #allows(step: Step): boolean {
    return this.#own === undefined || this.#own.has(signatureOf(step))
  }

  *#arrivals(system: System, at: Id): Generator<StepTaken> {
    const { program } = this
    const once = deliversOnce(program) || program.setting.network.fifo
    const underWay: readonly SentMessage[] = once
      ? [
          ...system.pending.filter((word) => word.to === at),
          ...system.soup.filter((word) => canBeShown(program, word.message)),
        ]
      : system.soup.filter((word) => wasSaid(program, system, at, word))
    const found = new Map<string, ProvedMessage>()
    for (const { from, message } of underWay) {
      if (this.#messages.has(textOf(message))) found.set(textOfWord({ from, message }), { from, message })
    }
    for (const word of this.coalition.sayable(system))
      if (!found.has(textOfWord(word))) found.set(textOfWord(word), word)
    for (const on of found.values()) {
      if (!this.#allows({ at, on })) continue
      const after = attempt(program, system, { at, on })
      if (after) yield { after, used: [on], step: () => ({ at, on }) }
    }
  }

  *#firings(system: System, at: Id): Generator<StepTaken> {
    const { program } = this
    const known = knownTo(program, system, at, this.coalition)
    const triggers = distinctWords(known).filter(
      (on) => this.#messages.has(textOf(on.message)) && (on.from !== at || canCome(program, system, at, on)),
    )
    for (const rule of this.#rules) {
      const type = partAt(program, at).byName.get(rule)?.type
      for (const on of triggers) {
        if (on.message.type !== type || !this.#allows({ at, rule, on })) continue
        yield* this.#results(system, { at, rule, on }, known)
      }
    }
  }

  /** One firing for every choice that its `take`s leave. */
  *#results(system: System, base: Acting, known: readonly ProvedMessage[]): Generator<StepTaken> {
    if (!isRunning(system, base.at)) return
    const cap = (): void => {
      this.capped = true
    }
    for (const choose of everyWay<ProvedMessage[]>(MOST_CHOICES, cap)) {
      const taken = fireOn(this.program, system, base, (ask) => {
        if (ask.kind === 'need') return firstOfEach(this.program, ask, [...triggerOf(base), ...known])
        const options = [...choices(bySender(this.program, ask, known), headsOf(ask.q), MOST_CHOICES)]
        if (options.length === MOST_CHOICES) cap()
        return choose(options)
      })
      if (taken) yield taken
    }
  }
}
